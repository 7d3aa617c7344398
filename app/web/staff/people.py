"""Everyone who works with the study: who may do what where, and who is invited, trained and delegated."""

from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import Email

from app import clock
from app.delivery.password_links import send_password_link
from app.domain.account import ACCOUNT_STATES
from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.i18n import gettext, languages, lazy_gettext, own_name
from app.operations.account_changes import invite
from app.operations.password_links import issue_password_link
from app.queries import people as queries
from app.queries.people import PersonRow
from app.web.gate import staff_only
from app.web.staff import blueprint, scope, table_file, words
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, choices, stripped
from app.web.staff.pages import page
from app.web.staff.password_mail import fate_words
from app.web.transactions import settings

PER_PAGE = 50


class InvitationForm(StaffForm):
    """Who is invited, as what, to see what."""

    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("Someone has this address already."),
    }

    email = EmailField(
        lazy_gettext("E-mail address"),
        [
            Needed(lazy_gettext("Enter an e-mail address such as name@example.org.")),
            AtMost(254),
            Email(lazy_gettext("Enter an e-mail address such as name@example.org.")),
        ],
        description=lazy_gettext("The invitation goes there."),
    )
    name = StringField(lazy_gettext("Name"), [Needed(lazy_gettext("Enter the name.")), AtMost(120)])
    role = SelectField(lazy_gettext("Role"), [Needed(lazy_gettext("Choose one of the options."))])
    scope = SelectField(
        lazy_gettext("May see"),
        [Needed(lazy_gettext("Choose one of the options."))],
        description=lazy_gettext("A coordinator belongs to one site."),
    )
    language = SelectField(lazy_gettext("Language"))

    def offer(self, desk: Desk) -> None:
        """Offer what the one who invites may give."""
        empty = [("", gettext("Choose"))]
        self.role.choices = choices([*empty, *((role, str(words.ROLES[role])) for role in ROLES)])
        self.scope.choices = choices([*empty, *scope.offered(desk)])
        self.language.choices = choices((tag, own_name(tag)) for tag in languages())


AT = {Code.ALREADY_RECORDED: "email", Code.SITE_NEEDED: "scope", Code.UNKNOWN_CODE: "scope"}


@blueprint.get("/people")
@staff_only("administrator")
def people() -> ResponseReturnValue:
    """Show everyone within what the one who administers may see."""
    asked = {name: request.args.get(name, "").strip() for name in ("search", "role", "state")}
    kept: dict[str, Any] = {name: each for name, each in asked.items() if each}
    with at_desk() as desk:
        actor, today = desk.actor, desk.today
        if table_file.wanted():
            return table_file.table_file(
                desk, "people", _columns(desk), lambda session: queries.listed(session, actor=actor, **asked)
            )
        return page(
            "people.html",
            desk,
            found=queries.paged(
                desk.session,
                actor=actor,
                page=request.args.get("page", 1, type=int),
                per_page=PER_PAGE,
                **asked,
            ),
            asked=asked,
            address=partial(url_for, "staff.people", **kept),
            roles=ROLES,
            states=ACCOUNT_STATES,
            today=today,
        )


def _columns(desk: Desk) -> table_file.Columns[PersonRow]:
    today = desk.today
    return {
        "account": lambda row: row.account_id,
        "name": lambda row: row.name,
        "email": lambda row: row.email,
        "role": lambda row: row.role,
        "study": lambda row: row.study,
        "site": lambda row: row.site,
        "state": lambda row: row.state,
        "signed_in_at": lambda row: row.signed_in_at,
        "second_factor": lambda row: row.second_factor,
        "trained_on": lambda row: row.trained_on,
        "delegation": lambda row: row.delegation(today),
        "delegated_from": lambda row: row.delegated.started_on if row.delegated else None,
        "delegated_until": lambda row: row.delegated.ended_on if row.delegated else None,
        "unblinded": lambda row: row.unblinded,
        "deactivated_at": lambda row: row.deactivated_at,
    }


@blueprint.get("/people/invite")
@staff_only("administrator")
def invite_person() -> ResponseReturnValue:
    """Show the form."""
    with at_desk() as desk:
        form = InvitationForm()
        form.offer(desk)
        form.language.data = desk.staff.language
        return page("invitation.html", desk, form=form)


@blueprint.post("/people/invite")
@staff_only("administrator")
def send_invitation() -> ResponseReturnValue:
    """Add the account and mail the link, with no transaction open meanwhile."""
    form = InvitationForm(request.form)
    mail = None
    try:
        with at_desk(writing=True) as desk:
            form.offer(desk)
            if form.validate():
                study_id, site = scope.parsed(form.scope.data)
                account_id = invite(
                    desk.session,
                    email=stripped(form.email.data),
                    name=stripped(form.name.data),
                    role=form.role.data,
                    study_id=study_id,
                    site=site,
                    language=form.language.data,
                    actor=desk.actor,
                    now=desk.now,
                )
                mail = issue_password_link(
                    desk.session, account_id=account_id, kind="invitation", actor=desk.actor, now=desk.now
                )
    except Refusal as refusal:
        if refusal.code not in AT:
            raise
        form.refuse(refusal, AT[refusal.code])
    if mail is None:
        with at_desk() as desk:
            form.offer(desk)
            return page("invitation.html", desk, form=form), 422
    fate = send_password_link(settings(), mail=mail, actor=g.staff.actor, clock=clock.now)
    flash(fate_words(fate), "good" if fate == "sent" else "warn")
    return redirect(url_for("staff.person", account_id=mail.account_id), 303)
