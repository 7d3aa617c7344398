"""A death as staff learn of it."""

from wtforms import HiddenField, StringField

from app.i18n import lazy_gettext
from app.operations import events
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, TypedDate, stripped
from app.web.staff.record import SENT_BEFORE, RecordForm, known_as


class DeathForm(RecordForm):
    """When; the date may be partly known."""

    title = lazy_gettext("Report a death")
    button = lazy_gettext("Report the death")
    done = lazy_gettext("The death is reported. No reminder goes out any more; it waits for a reading.")
    explanation = lazy_gettext("All reminders stop as soon as a death is reported.")
    date_field = "started"
    says = SENT_BEFORE

    report_id = HiddenField("")
    started = TypedDate(
        lazy_gettext("Died"),
        needed=lazy_gettext("Enter the date of death, or at least the year."),
        whole=False,
        description=lazy_gettext("Leave the day or the month empty if it is not known."),
    )
    reason = StringField(lazy_gettext("Cause, as it was reported"), [AtMost(500)])

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Report it."""
        events.report_event(
            desk.session,
            participant_id=participant.id,
            kind="death",
            started=self.started.partly_known,
            reason=stripped(self.reason.data),
            report_id=known_as(self.report_id.data),
            actor=desk.actor,
            now=desk.now,
        )
