"""The language in which a participant reads pages and messages."""

from wtforms import RadioField

from app.domain.study import Study
from app.i18n import lazy_gettext, own_name
from app.operations import participants
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, choices
from app.web.staff.record import RecordForm


class LanguageForm(RecordForm):
    """One of the study's languages."""

    title = lazy_gettext("Change the participant’s language")
    button = lazy_gettext("Change the language")
    done = lazy_gettext("The language is changed, for pages and messages.")
    date_field = "language"

    language = RadioField(lazy_gettext("Language"), [Needed(lazy_gettext("Choose a language."))])

    def offer(self, study: Study) -> None:
        """Offer the study's languages by their own names."""
        self.language.choices = choices((tag, own_name(tag)) for tag in study.languages)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Change it."""
        participants.change_language(
            desk.session,
            participant_id=participant.id,
            language=self.language.data,
            actor=desk.actor,
            now=desk.now,
        )
