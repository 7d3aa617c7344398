"""A further version of the consent, signed on a day."""

from wtforms import RadioField

from app.domain.study import Study
from app.i18n import lazy_gettext
from app.operations import consents
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, TypedDate, choices
from app.web.staff.record import RecordForm


class ConsentForm(RecordForm):
    """Version and date."""

    title = lazy_gettext("Record a consent")
    button = lazy_gettext("Record the consent")
    done = lazy_gettext("The consent is recorded.")
    date_field = "consented_on"

    version = RadioField(
        lazy_gettext("Version of the consent form"),
        [Needed(lazy_gettext("Choose the version that was signed."))],
    )
    consented_on = TypedDate(
        lazy_gettext("Signed on"), needed=lazy_gettext("Enter the date on which the consent was signed.")
    )

    def offer(self, study: Study) -> None:
        """Offer the study's versions."""
        self.version.choices = choices((version, version) for version in study.consent_versions)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        consents.record_consent(
            desk.session,
            participant_id=participant.id,
            version=self.version.data,
            consented_on=self.consented_on.whole_day,
            actor=desk.actor,
            now=desk.now,
        )
