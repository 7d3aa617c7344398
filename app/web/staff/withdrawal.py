"""A withdrawal of contact, of answers, or of follow-up: three different things."""

from wtforms import RadioField, TextAreaField

from app.errors import Code
from app.i18n import lazy_gettext
from app.operations import consents
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, Needed, TypedDate, choices, stripped
from app.web.staff.record import RecordForm
from app.web.staff.words import SCOPES


class WithdrawalForm(RecordForm):
    """What is withdrawn, from when on, and why."""

    title = lazy_gettext("Record a withdrawal")
    button = lazy_gettext("Record the withdrawal")
    done = lazy_gettext("The withdrawal is recorded.")
    explanation = lazy_gettext(
        "What was collected before the withdrawal is kept. No reminder goes out after any of the three."
    )
    date_field = "withdrawn_on"
    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("This withdrawal is recorded already."),
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date that is not before the enrolment."),
    }

    scope = RadioField(
        lazy_gettext("What is withdrawn"),
        [Needed(lazy_gettext("Choose what is withdrawn."))],
        choices=choices(SCOPES.items()),
    )
    withdrawn_on = TypedDate(
        lazy_gettext("Withdrawn on"), needed=lazy_gettext("Enter the date of the withdrawal.")
    )
    reason = TextAreaField(
        lazy_gettext("Reason"),
        [AtMost(500)],
        description=lazy_gettext("Only if the participant gives one."),
    )

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        consents.record_withdrawal(
            desk.session,
            participant_id=participant.id,
            scope=self.scope.data,
            withdrawn_on=self.withdrawn_on.whole_day,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )
