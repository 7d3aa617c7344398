"""One member of staff: changed, deactivated, trained, delegated, and signed out from afar."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, StringField

from app import clock
from app.delivery.password_links import mail_password_link
from app.domain.account import PasswordLinkKind
from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import account_changes, qualifications, sessions
from app.queries import audit, audit_words, email_changes
from app.queries import people as queries
from app.queries.people import PersonRow
from app.web import messages
from app.web.gate import staff_only
from app.web.staff import blueprint, scope, words
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, TypedDate, choices, stripped
from app.web.staff.pages import page
from app.web.staff.password_mail import fate_words
from app.web.staff.saving import SavingForm
from app.web.transactions import settings

LAST_ENTRIES = 50
ADDRESS = "/people/<int:account_id>"


class PersonForm(SavingForm[PersonRow]):
    """One about a member of staff."""

    def fill(self, person: PersonRow) -> None:
        """Put in what there is."""


def reason_box() -> StringField:
    """Return the box for why something is done."""
    return StringField(
        lazy_gettext("Reason"), [Needed(lazy_gettext("Say why, for those who read it later.")), AtMost(200)]
    )


class ChangeForm(PersonForm):
    """Name, role, what may be seen."""

    title = lazy_gettext("Change the account")
    button = lazy_gettext("Save")
    done = lazy_gettext("The account is changed.")

    name = StringField(lazy_gettext("Name"), [Needed(lazy_gettext("Enter the name.")), AtMost(120)])
    role = SelectField(lazy_gettext("Role"))
    scope = SelectField(
        lazy_gettext("May see"), description=lazy_gettext("A coordinator belongs to one site.")
    )
    unblinded = BooleanField(
        lazy_gettext("Unblinded: may open reports that tell the arms of a blinded study")
    )
    reason = reason_box()

    def prepare(self, desk: Desk, person: PersonRow) -> None:  # noqa: ARG002 - others look at whom it is about
        """Offer what the one who administers may give."""
        self.role.choices = choices((role, str(words.ROLES[role])) for role in ROLES)
        self.scope.choices = choices(scope.offered(desk))

    def fill(self, person: PersonRow) -> None:
        """Put in what there is."""
        self.name.data, self.role.data = person.name, person.role
        self.scope.data = scope.chosen(person.study_id, person.site)
        self.unblinded.data = person.unblinded

    def save(self, desk: Desk, person: PersonRow) -> None:
        """Change it."""
        study_id, site = scope.parsed(self.scope.data)
        account_changes.change_account(
            desk.session,
            account_id=person.account_id,
            name=stripped(self.name.data),
            role=self.role.data,
            study_id=study_id,
            site=site,
            unblinded=self.unblinded.data,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )


class DeactivationForm(PersonForm):
    """A reason."""

    title = lazy_gettext("Deactivate the account")
    button = lazy_gettext("Deactivate")
    done = lazy_gettext("The account is deactivated, and signed out everywhere.")

    reason = reason_box()

    def save(self, desk: Desk, person: PersonRow) -> None:
        """Deactivate it."""
        account_changes.deactivate(
            desk.session,
            account_id=person.account_id,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )


class ReactivationForm(PersonForm):
    """A reason."""

    title = lazy_gettext("Reactivate the account")
    button = lazy_gettext("Reactivate")
    done = lazy_gettext("The account is active again.")

    reason = reason_box()

    def save(self, desk: Desk, person: PersonRow) -> None:
        """Reactivate it."""
        account_changes.reactivate(
            desk.session,
            account_id=person.account_id,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )


class QualificationForm(PersonForm):
    """What, from when, until when."""

    title = lazy_gettext("Record a training or a delegation")
    button = lazy_gettext("Record")
    done = lazy_gettext("It is recorded.")

    kind = RadioField(
        # Translators: heads the choice between a training and a delegation
        lazy_gettext("Kind"),
        [Needed(lazy_gettext("Choose one of the options."))],
        choices=choices((kind, said) for kind, said in words.QUALIFICATIONS.items()),
    )
    what = StringField(
        # Translators: what someone is trained or delegated for
        lazy_gettext("For what"),
        [Needed(lazy_gettext("Write what it is for.")), AtMost(200)],
        description=lazy_gettext("Such as: Good Clinical Practice; consent; data entry."),
    )
    started_on = TypedDate(lazy_gettext("From"), needed=lazy_gettext("Enter the first day."))
    ended_on = TypedDate(lazy_gettext("Until"), description=lazy_gettext("Leave it empty if no end is set."))

    def save(self, desk: Desk, person: PersonRow) -> None:
        """Record it."""
        qualifications.record_qualification(
            desk.session,
            account_id=person.account_id,
            kind=self.kind.data,
            what=stripped(self.what.data),
            started_on=self.started_on.whole_day,
            ended_on=self.ended_on.whole_day if self.ended_on.data else None,
            actor=desk.actor,
            now=desk.now,
        )


FORMS: dict[str, type[PersonForm]] = {
    "change": ChangeForm,
    "deactivate": DeactivationForm,
    "reactivate": ReactivationForm,
    "qualification": QualificationForm,
}
FORM_ADDRESS = f"{ADDRESS}/<any({', '.join(map(repr, FORMS))}):thing>"
AT = {
    Code.SITE_NEEDED: "scope",
    Code.UNKNOWN_CODE: "scope",
    Code.REASON_NEEDED: "reason",
    Code.DATE_OUT_OF_ORDER: "ended_on",
    Code.LAST_ADMINISTRATOR: None,
}


@blueprint.get(ADDRESS)
@staff_only("administrator")
def person(account_id: int) -> ResponseReturnValue:
    """Show what they may do, their training and delegations, browsers, links, and what was changed."""
    with at_desk() as desk:
        row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
        entries = audit.of_account(desk.session, account_id=account_id, limit=LAST_ENTRIES)
        return page(
            "person.html",
            desk,
            person=row,
            today=desk.today,
            waiting=email_changes.waiting(desk.session, account_id=account_id, now=desk.now),
            links=queries.links(desk.session, account_id=account_id),
            browsers=queries.browsers(desk.session, account_id=account_id, now=desk.now),
            entries=entries,
            action=audit_words.action,
            content=audit_words.content,
        )


@blueprint.get(FORM_ADDRESS)
@staff_only("administrator")
def change_person(account_id: int, thing: str) -> ResponseReturnValue:
    """Show one of the forms."""
    form = FORMS[thing]()
    with at_desk() as desk:
        row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
        form.prepare(desk, row)
        form.fill(row)
        return page("person_form.html", desk, person=row, form=form)


@blueprint.post(FORM_ADDRESS)
@staff_only("administrator")
def save_person(account_id: int, thing: str) -> ResponseReturnValue:
    """Save it, or show what is wrong."""
    form = FORMS[thing](request.form)
    try:
        with at_desk(writing=True) as desk:
            row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
            form.prepare(desk, row)
            if form.validate():
                form.save(desk, row)
                flash(str(form.done))
                return redirect(url_for("staff.person", account_id=account_id), 303)
    except Refusal as refusal:
        if refusal.code not in AT:
            raise
        form.refuse(refusal, AT[refusal.code])
    with at_desk() as desk:
        row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
        form.prepare(desk, row)
        return page("person_form.html", desk, person=row, form=form), 422


@blueprint.post(f"{ADDRESS}/link")
@staff_only("administrator")
def mail_password(account_id: int) -> ResponseReturnValue:
    """Mail a link for choosing a password: the invitation again, or a way back for who forgot."""
    with at_desk() as desk:
        row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
    kind: PasswordLinkKind = "invitation" if row.state == "invited" else "reset"
    try:
        fate = mail_password_link(
            settings(), account_id=account_id, kind=kind, actor=g.staff.actor, clock=clock.now
        )
    except Refusal as refusal:
        if refusal.code != Code.DEACTIVATED:
            raise
        flash(messages.words(refusal).title, "warn")
    else:
        flash(fate_words(fate), "good" if fate == "sent" else "warn")
    return redirect(url_for("staff.person", account_id=account_id), 303)


@blueprint.post(f"{ADDRESS}/sessions")
@staff_only("administrator")
def end_browsers_of(account_id: int) -> ResponseReturnValue:
    """Sign somebody out: in one browser, or everywhere."""
    with at_desk(writing=True) as desk:
        queries.one(desk.session, actor=desk.actor, account_id=account_id)
        sessions.end_sessions(
            desk.session,
            account_id=account_id,
            mark=request.form.get("browser") or None,
            actor=desk.actor,
            now=desk.now,
        )
    flash(gettext("Signed out."))
    return redirect(url_for("staff.person", account_id=account_id), 303)


@blueprint.post(f"{ADDRESS}/qualification/<int:qualification_id>/end")
@staff_only("administrator")
def end_qualification(account_id: int, qualification_id: int) -> ResponseReturnValue:
    """Let a training or a delegation end today; one that has not begun ends on its first day."""
    with at_desk(writing=True) as desk:
        row = queries.one(desk.session, actor=desk.actor, account_id=account_id)
        began = next(
            (each.period.started_on for each in row.qualifications if each.id == qualification_id), desk.today
        )
        qualifications.end_qualification(
            desk.session,
            account_id=account_id,
            qualification_id=qualification_id,
            ended_on=max(began, desk.today),
            actor=desk.actor,
            now=desk.now,
        )
    flash(gettext("It ends today."))
    return redirect(url_for("staff.person", account_id=account_id), 303)
