"""The value that a query is about, as it is stored now."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.answer import filed
from app.domain.data_queries import FIELDS, QuerySubject
from app.errors import Code, Refusal
from app.models import Consent, Event, Participant, Sighting, Treatment
from app.queries import stored_answers, studies
from app.queries.stored_answers import StoredResponse


def value(
    session: Session, *, participant_id: int, subject: QuerySubject, subject_id: int, field: str
) -> str:
    """Return a value of a participant as text; NOT_FOUND where there is no such row or field.

    Of a response as a whole (an answer without a field) it is empty. An infusion is NOT_FOUND, whether it was
    given or not, where the mere fact of one tells the arm of a blinded study.
    """
    if subject == "treatment":
        _refuse_telling(session, participant_id, subject_id)
    if subject == "answer":
        return _answer(session, participant_id, subject_id, field)
    if field not in FIELDS[subject]:
        raise Refusal(Code.NOT_FOUND, f"{subject} has no {field}")
    if subject == "participant":
        return _of_participant(session, participant_id, subject_id, field)
    row = _row(session, subject, subject_id)
    if row is None or row.participant_id != participant_id:
        raise Refusal(Code.NOT_FOUND, f"{subject} {subject_id}")
    found = getattr(row, field)
    return "" if found is None else str(found)


def _refuse_telling(session: Session, participant_id: int, subject_id: int) -> None:
    participant = session.get(Participant, participant_id)
    if (
        participant is None
        or studies.current(session, study_id=participant.study_id).study.infusions_tell_arm
    ):
        raise Refusal(Code.NOT_FOUND, f"treatment {subject_id}")


def _row(session: Session, subject: QuerySubject, subject_id: int) -> Event | Treatment | Sighting | None:
    if subject == "event":
        return session.get(Event, subject_id)
    if subject == "treatment":
        return session.get(Treatment, subject_id)
    return session.get(Sighting, subject_id)


def _answer(session: Session, participant_id: int, response_id: int, item: str) -> str:
    response = stored_answers.one(session, participant_id=participant_id, response_id=response_id)
    if not item:
        return ""
    if not any(
        each.code == item for each in studies.instrument(session, response.instrument_version_id).items
    ):
        raise Refusal(Code.NOT_FOUND, f"{response.instrument} has no item {item}")
    counting = counting_answer(response, item)
    return "" if counting is None else filed(counting.value)[:500]


def counting_answer(response: StoredResponse, item: str) -> stored_answers.StoredAnswer | None:
    """Return the answer to an item that counts, or None."""
    return next((each for each in response.answers if each.item == item and each.counts), None)


def _of_participant(session: Session, participant_id: int, subject_id: int, field: str) -> str:
    participant = session.get(Participant, participant_id)
    if participant is None or subject_id != participant_id:
        raise Refusal(Code.NOT_FOUND, f"participant {subject_id}")
    if field == "consented_on":
        first = session.scalar(
            select(func.min(Consent.consented_on)).where(Consent.participant_id == participant_id)
        )
        return str(first or "")
    return str(getattr(participant, field) or "")
