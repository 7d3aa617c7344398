"""Contact details: to open the page is to read them, and stands in the trail."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, HiddenField, StringField, TelField
from wtforms.validators import Email, ValidationError
from wtforms.validators import Optional as OrEmpty

from app import clock
from app.domain.partial_date import typed_number
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.i18n import gettext, lazy_gettext
from app.operations import contacts
from app.queries import contact_preferences
from app.queries.participants import ParticipantRow
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, NumberBetween, StaffForm, stripped
from app.web.staff.pages import page
from app.web.transactions import settings

ADDRESS = "/participants/<code>/contact"


class ContactForm(StaffForm):
    """Name, year of birth, and at least one way to reach someone."""

    name = StringField(lazy_gettext("Name"), [Needed(lazy_gettext("Enter the name.")), AtMost(120)])
    birth_year = StringField(
        lazy_gettext("Year of birth"),
        [
            NumberBetween(
                1900,
                lambda: clock.now().year,
                lazy_gettext("Enter the year of birth in four digits, such as 1958."),
            )
        ],
        description=lazy_gettext("The participant enters it to open the link."),
    )
    email = EmailField(
        lazy_gettext("E-mail address"),
        [OrEmpty(), AtMost(254), Email(lazy_gettext("Enter an e-mail address such as name@example.org."))],
        description=lazy_gettext("Reminders go there."),
    )
    phone = TelField(
        lazy_gettext("Telephone"),
        [AtMost(40)],
        description=lazy_gettext("With the country code, such as +34, so that text messages arrive."),
    )

    def validate_phone(self, field: TelField) -> None:
        """Ask for one of the two, and for digits in a number."""
        typed = stripped(field.data)
        if not typed and not stripped(self.email.data):
            raise ValidationError(
                str(lazy_gettext("Enter an e-mail address or a telephone number, or both."))
            )
        if typed and sum(sign.isdecimal() for sign in typed) < 5:
            raise ValidationError(str(lazy_gettext("Enter a telephone number with its digits.")))

    @property
    def details(self) -> ContactDetails:
        """Return what a form that was found without fault says."""
        return ContactDetails(
            name=stripped(self.name.data),
            email=stripped(self.email.data) or None,
            phone=stripped(self.phone.data) or None,
            birth_year=typed_number(self.birth_year.data or ""),
        )


class ContactChangeForm(ContactForm):
    """The details as they were when the page was opened, and what they are to be."""

    says = {  # noqa: RUF012 - read, never changed
        Code.CHANGED_MEANWHILE: lazy_gettext(
            "Someone changed these details since you opened the page. "
            "Look at them in another window before you save yours."
        ),
    }

    seen = HiddenField("")


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def contact(code: str) -> ResponseReturnValue:
    """Show the details, and leave the entry that they were seen."""
    with at_desk(writing=True) as desk:
        desk.refuse_undelegated()
        participant = desk.participant(code)
        details = contacts.read_contact(
            desk.session,
            participant_id=participant.id,
            actor=desk.actor,
            now=desk.now,
            contact_keys=settings().contact_keys,
        )
        form = ContactChangeForm(obj=details)
        form.seen.data = contacts.mark(desk.session, participant_id=participant.id)
        return _page(desk, participant, form)


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def change_contact(code: str) -> ResponseReturnValue:
    """Replace the details, or show what is wrong."""
    form = ContactChangeForm(request.form)
    try:
        with at_desk(writing=True) as desk:
            participant = desk.participant(code)
            if form.validate():
                contacts.change_contact(
                    desk.session,
                    participant_id=participant.id,
                    details=form.details,
                    actor=desk.actor,
                    now=desk.now,
                    contact_keys=settings().contact_keys,
                    seen=form.seen.data,
                )
                flash(gettext("The contact details are saved."))
                return redirect(url_for("staff.participant", code=code), 303)
    except Refusal as refusal:
        if refusal.code != Code.CHANGED_MEANWHILE:
            raise
        form.refuse(refusal)
    with at_desk() as desk:
        participant = desk.participant(code)
        if form.refusals:
            form.seen.data = contacts.mark(desk.session, participant_id=participant.id)
        return _page(desk, participant, form), 422


def _page(desk: Desk, participant: ParticipantRow, form: ContactChangeForm) -> str:
    chosen = contact_preferences.preference(desk.session, participant_id=participant.id)
    return page(
        "contact.html",
        desk,
        participant=participant,
        form=form,
        chosen=chosen,
        paused=chosen.paused(civil_date(desk.now, participant.time_zone)),
    )
