"""Why a visit was missed."""

from flask import request
from wtforms import RadioField, SelectField, TextAreaField

from app.domain.actor import Role
from app.domain.study import Study
from app.errors import Code
from app.i18n import gettext, lazy_gettext
from app.operations.missed_reasons import record_missed_reason
from app.queries import occasions
from app.queries.participants import ParticipantRow
from app.web.speech import said
from app.web.staff import words
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, Needed, choices, stripped
from app.web.staff.record import RecordForm

LONGEST_NOTE = 500


class MissedForm(RecordForm):
    """Which visit, why, and a note."""

    title = lazy_gettext("Say why a visit was missed")
    button = lazy_gettext("Record the reason")
    done = lazy_gettext("The reason is recorded.")
    date_field = "visit"
    listed = False
    says = {  # noqa: RUF012 - read, never changed
        Code.CHANGED_MEANWHILE: lazy_gettext("This visit is not missed (any more)."),
        Code.REASON_NEEDED: lazy_gettext("Say in the note which other reason it was."),
    }

    visit = SelectField(lazy_gettext("Visit"), [Needed(lazy_gettext("Choose the visit."))])
    reason = RadioField(lazy_gettext("Reason"), [Needed(lazy_gettext("Choose the reason."))])
    note = TextAreaField(lazy_gettext("Note"), [AtMost(LONGEST_NOTE)])

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:  # noqa: ARG003 - others ask
        """In a study that has visits."""
        return bool(study.visits)

    def prepare(self, desk: Desk, participant: ParticipantRow) -> None:
        """Offer the visits that were missed, the one that was pressed chosen already."""
        found = occasions.of_participant(desk.session, participant_id=participant.id, now=desk.now)
        self.occasions = {each.visit.code: each.occasion_id for each in found if each.state == "missed"}
        titles = [(code, said(desk.study.visit(code).title)) for code in self.occasions]
        self.visit.choices = choices([("", gettext("Choose")), *titles])
        self.reason.choices = choices((code, str(label)) for code, label in words.MISSED_BECAUSE.items())
        if self.visit.data is None:
            self.visit.data = request.args.get("visit")

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        record_missed_reason(
            desk.session,
            participant_id=participant.id,
            occasion_id=self.occasions[self.visit.data],
            reason=self.reason.data,
            note=stripped(self.note.data),
            actor=desk.actor,
            now=desk.now,
        )
