"""The language in which a participant reads pages and messages."""

from wtforms import RadioField

from app.i18n import lazy_gettext, own_name
from app.operations import participants
from app.queries import languages
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

    def prepare(self, desk: Desk, participant: ParticipantRow) -> None:
        """Offer the languages in which all that is due is complete, by their own names."""
        offered = languages.offered_to(
            desk.session, study_id=desk.study_id, participant_id=participant.id, now=desk.now
        )
        self.language.choices = choices((tag, own_name(tag)) for tag in offered)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Change it."""
        participants.change_language(
            desk.session,
            participant_id=participant.id,
            language=self.language.data,
            actor=desk.actor,
            now=desk.now,
        )
