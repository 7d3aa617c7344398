"""A day from which visits are counted, put right."""

from wtforms import SelectField, TextAreaField

from app.domain.actor import Role
from app.domain.study import Study
from app.errors import Code
from app.i18n import gettext, lazy_gettext
from app.operations import anchors
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, Needed, TypedDate, choices, stripped
from app.web.staff.infusion import InfusionForm, lot_name
from app.web.staff.record import RecordForm

LONGEST_REASON = 500
MOVES = lazy_gettext("Visits that have not opened yet move; the others stay as they were planned.")
WHY = lazy_gettext("Why the date is corrected")
NEEDED = lazy_gettext("Enter why the date is corrected.")
IN_THE_TRAIL = lazy_gettext("It stands in the audit trail.")


class RandomisationCorrectionForm(RecordForm):
    """The right day, and why."""

    title = lazy_gettext("Correct the date of the randomisation")
    button = lazy_gettext("Correct the date")
    done = lazy_gettext("The date is corrected.")
    explanation = MOVES
    date_field = "randomised_on"
    says = {  # noqa: RUF012 - read, never changed
        Code.DATE_OUT_OF_ORDER: lazy_gettext(
            "Enter a date that is not before the consent and not after an infusion."
        ),
    }

    randomised_on = TypedDate(
        lazy_gettext("Randomised on"), needed=lazy_gettext("Enter the date of the randomisation.")
    )
    reason = TextAreaField(WHY, [Needed(NEEDED), AtMost(LONGEST_REASON)], description=IN_THE_TRAIL)

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:
        """Once there is a day to correct; by whoever may learn the arm, where a refusal would tell it."""
        if participant.randomised_on is None:
            return False
        return not study.infusions_tell_arm or study.may_learn_arms(role)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Correct it."""
        anchors.correct_randomisation(
            desk.session,
            participant_id=participant.id,
            randomised_on=self.randomised_on.whole_day,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )


class InfusionCorrectionForm(RecordForm):
    """The lot and the day as they were recorded, the right day, and why.

    The infusions that there are are not shown: in a blinded study they would tell the arm.
    """

    title = lazy_gettext("Correct the date of an infusion")
    button = lazy_gettext("Correct the date")
    done = lazy_gettext("The date is corrected.")
    explanation = MOVES
    date_field = "corrected_on"
    says = {  # noqa: RUF012 - read, never changed
        Code.UNKNOWN_CODE: lazy_gettext("No infusion of this lot is recorded on that day."),
        Code.ALREADY_RECORDED: lazy_gettext("This lot is recorded on the corrected day already."),
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date that is not before the randomisation."),
    }

    lot = SelectField(lazy_gettext("Product lot"), [Needed(lazy_gettext("Choose the lot that was infused."))])
    given_on = TypedDate(
        lazy_gettext("Infused on, as it was recorded"), needed=lazy_gettext("Enter the date of the infusion.")
    )
    corrected_on = TypedDate(
        lazy_gettext("Infused on, as it should be"), needed=lazy_gettext("Enter the date of the infusion.")
    )
    reason = TextAreaField(WHY, [Needed(NEEDED), AtMost(LONGEST_REASON)], description=IN_THE_TRAIL)

    def offer(self, study: Study) -> None:
        """Offer the study's lots."""
        lots = ((lot.code, lot_name(lot)) for lot in study.product_lots)
        self.lot.choices = choices([("", gettext("Choose")), *lots])

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:
        """Whoever can record one can correct one."""
        return InfusionForm.possible(study, participant, role)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Correct it."""
        anchors.correct_treatment(
            desk.session,
            participant_id=participant.id,
            lot=self.lot.data,
            given_on=self.given_on.whole_day,
            corrected_on=self.corrected_on.whole_day,
            reason=stripped(self.reason.data),
            actor=desk.actor,
            now=desk.now,
        )
