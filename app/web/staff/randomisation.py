"""The arm and day 0, once."""

from wtforms import RadioField

from app.domain.actor import Role
from app.domain.study import Study
from app.errors import Code
from app.i18n import lazy_gettext
from app.operations import participants
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, TypedDate, choices
from app.web.staff.record import RecordForm


class RandomisationForm(RecordForm):
    """Arm and date."""

    title = lazy_gettext("Record the randomisation")
    button = lazy_gettext("Record the randomisation")
    done = lazy_gettext("The randomisation is recorded and the visits are planned.")
    explanation = lazy_gettext(
        "The visits are planned from this day. In a blinded study the arm is not shown again on any page."
    )
    date_field = "randomised_on"
    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("The randomisation is recorded already. It cannot be changed."),
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date that is not before the consent."),
        Code.NO_CONSENT: lazy_gettext("Record the consent first."),
    }

    arm = RadioField(lazy_gettext("Arm"), [Needed(lazy_gettext("Choose the arm."))])
    randomised_on = TypedDate(
        lazy_gettext("Randomised on"), needed=lazy_gettext("Enter the date of the randomisation.")
    )

    def offer(self, study: Study) -> None:
        """Offer the study's arms."""
        self.arm.choices = choices((arm.code, arm.name) for arm in study.arms)

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:
        """Not twice, nor where arms are drawn here; where both sides are blinded, not at the bedside."""
        if participant.randomised_on is not None or study.randomisation is not None:
            return False
        return study.may_learn_arms(role)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        participants.randomise_participant(
            desk.session,
            participant_id=participant.id,
            arm=self.arm.data,
            randomised_on=self.randomised_on.whole_day,
            actor=desk.actor,
            now=desk.now,
        )
