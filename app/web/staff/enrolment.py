"""Enrolment in one form, then straight to the link."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from app.domain.study import Site
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext, own_name
from app.operations import contacts, links, participants
from app.queries import languages
from app.queries.roster import next_code
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.contact import ContactForm
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, TypedDate, choices, stripped
from app.web.staff.pages import page
from app.web.transactions import settings

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]*", re.ASCII)


class EnrolmentForm(ContactForm):
    """Everything that is needed to begin."""

    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("This code is taken. Choose another."),
    }

    code = StringField(
        lazy_gettext("Participant code"), [Needed(lazy_gettext("Enter a participant code.")), AtMost(40)]
    )
    language = SelectField(lazy_gettext("Language"), [Needed(lazy_gettext("Choose a language."))])
    consent_version = RadioField(
        lazy_gettext("Version of the consent form"),
        [Needed(lazy_gettext("Choose the version that was signed."))],
    )
    consented_on = TypedDate(
        lazy_gettext("Consent signed on"),
        needed=lazy_gettext("Enter the date on which the consent was signed."),
    )

    def offer(self, desk: Desk) -> None:
        """Fill in the study's choices."""
        self.language.choices = choices(
            [
                ("", gettext("Choose")),
                *(
                    (tag, own_name(tag))
                    for tag in languages.offered_to_new(desk.session, study_id=desk.study_id)
                ),
            ]
        )
        self.consent_version.choices = choices(
            [(version, version) for version in desk.study.consent_versions]
        )

    def validate_code(self, field: StringField) -> None:
        """Keep codes to what can be read out on the telephone and stands in an address as it is."""
        if field.data and not CODE.fullmatch(self.wanted_code):
            raise ValidationError(gettext("Use letters A to Z, digits, dots and hyphens."))

    @property
    def wanted_code(self) -> str:
        """Return the code as it will be stored."""
        return stripped(self.code.data).upper()


@blueprint.get("/participants/new")
@staff_only("coordinator", "administrator")
def enrol() -> ResponseReturnValue:
    """Show the form for one site, with the next free code; who works for several chooses the site first."""
    with at_desk() as desk:
        site = _site(desk)
        if site is None:
            return page("enrolment_site.html", desk)
        form = EnrolmentForm()
        form.code.data = next_code(desk.session, study_id=desk.study_id, site=site.code)
        return _form(desk, form, site)


@blueprint.post("/participants/new")
@staff_only("coordinator", "administrator")
def save_enrolment() -> ResponseReturnValue:
    """Enrol and make the link; the same form sent twice leads to the same participant."""
    form = EnrolmentForm(request.form)
    try:
        with at_desk(writing=True) as desk:
            site = _needed_site(desk)
            form.offer(desk)
            if form.validate():
                _enrol(desk, form, site)
                return _to_link(form)
    except Refusal as refusal:
        if refusal.code not in (Code.ALREADY_RECORDED, Code.DATE_IN_FUTURE):
            raise
        if refusal.code == Code.ALREADY_RECORDED and _is_the_same(form):
            return _to_link(form)
        form.refuse(refusal, "code" if refusal.code == Code.ALREADY_RECORDED else "consented_on")
    with at_desk() as desk:
        return _form(desk, form, _needed_site(desk)), 422


def _enrol(desk: Desk, form: EnrolmentForm, site: Site) -> None:
    participant_id = participants.enrol_participant(
        desk.session,
        study_id=desk.study_id,
        code=form.wanted_code,
        site=site.code,
        language=form.language.data,
        contact=form.details,
        consent_version=form.consent_version.data,
        consented_on=form.consented_on.whole_day,
        actor=desk.actor,
        now=desk.now,
        contact_keys=settings().contact_keys,
    )
    links.issue_link(desk.session, participant_id=participant_id, actor=desk.actor, now=desk.now)


def _is_the_same(form: EnrolmentForm) -> bool:
    """Return whether the code belongs to the very person on the form: it was sent twice."""
    with at_desk(writing=True) as desk:
        try:
            there = desk.participant(form.wanted_code)
        except Refusal:
            return False
        details = contacts.read_contact(
            desk.session,
            participant_id=there.id,
            actor=desk.actor,
            now=desk.now,
            contact_keys=settings().contact_keys,
        )
        return (
            details == form.details
            and there.site == _needed_site(desk).code
            and (form.consent_version.data, form.consented_on.data) in there.consents
        )


def _to_link(form: EnrolmentForm) -> ResponseReturnValue:
    return redirect(url_for("staff.link", code=form.wanted_code), 303)


def _site(desk: Desk) -> Site | None:
    if len(desk.sites) == 1:
        return desk.sites[0]
    wanted = request.values.get("site", "")
    return next((site for site in desk.sites if site.code == wanted), None)


def _needed_site(desk: Desk) -> Site:
    site = _site(desk)
    if site is None:
        raise Refusal(Code.UNKNOWN_CODE, "site")
    return site


def _form(desk: Desk, form: EnrolmentForm, site: Site) -> str:
    form.offer(desk)
    return page("enrolment.html", desk, form=form, site=site)
