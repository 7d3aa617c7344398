"""The arm drawn from the study's list, which nobody can look into."""

from wtforms import BooleanField, RadioField

from app.domain.actor import Role
from app.domain.study import Study
from app.errors import Code
from app.i18n import lazy_gettext
from app.operations import allocations
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, choices
from app.web.staff.record import RecordForm
from app.web.transactions import settings


class DrawForm(RecordForm):
    """The factor that participants are stratified by, where the study has one."""

    title = lazy_gettext("Randomise")
    button = lazy_gettext("Randomise now")
    done = lazy_gettext("Randomised: the arm is drawn and the visits are planned from today.")
    explanation = lazy_gettext("The arm is drawn once, now, and cannot be drawn again.")
    date_field = "confirmed"
    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("The randomisation is recorded already. It cannot be changed."),
        Code.NO_CONSENT: lazy_gettext("Record the consent first."),
        Code.NOT_CONFIGURED: lazy_gettext(
            "No place is left in the randomisation list. Call the study's administrator."
        ),
    }

    level = RadioField(lazy_gettext("Randomisation"), [Needed(lazy_gettext("Choose one."))])
    confirmed = BooleanField(
        lazy_gettext("Consent is signed and every criterion to take part is met"),
        [Needed(lazy_gettext("Confirm it to go on."))],
    )

    def offer(self, study: Study) -> None:
        """Ask for the factor, if there is one."""
        factor = study.randomisation.factor if study.randomisation else None
        if factor is None:
            if "level" in self:
                del self.level
            return
        self.level.label.text = factor.name
        self.level.choices = choices((level.code, level.name) for level in factor.levels)

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:  # noqa: ARG003 - nobody learns the arm by it
        """Once, where the study draws its arms here."""
        return participant.randomised_on is None and study.randomisation is not None

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Draw and record it."""
        allocations.allocate_participant(
            desk.session,
            participant_id=participant.id,
            level=self.level.data if "level" in self else "",
            actor=desk.actor,
            now=desk.now,
            keys=settings().contact_keys,
        )
