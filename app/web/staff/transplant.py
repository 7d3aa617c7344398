"""A liver transplant as staff learn of it: the operation, not the listing."""

from wtforms import HiddenField, StringField

from app.i18n import lazy_gettext
from app.operations import events
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, TypedDate, stripped
from app.web.staff.record import SENT_BEFORE, RecordForm, known_as


class TransplantForm(RecordForm):
    """When and where; the date may be partly known."""

    title = lazy_gettext("Report a liver transplant")
    button = lazy_gettext("Report the transplant")
    done = lazy_gettext("The transplant is reported. It waits for a reading.")
    explanation = lazy_gettext("The day of the operation, not of the listing.")
    date_field = "started"
    says = SENT_BEFORE

    report_id = HiddenField("")
    started = TypedDate(
        lazy_gettext("Transplanted"),
        needed=lazy_gettext("Enter the date of the operation, or at least the year."),
        whole=False,
        description=lazy_gettext("Leave the day or the month empty if it is not known."),
    )
    place = StringField(lazy_gettext("Hospital"), [AtMost(200)])

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Report it."""
        events.report_event(
            desk.session,
            participant_id=participant.id,
            kind="transplant",
            started=self.started.partly_known,
            place=stripped(self.place.data),
            report_id=known_as(self.report_id.data),
            actor=desk.actor,
            now=desk.now,
        )
