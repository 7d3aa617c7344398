"""Everything that was ever answered in one response: which value counts, and where each came from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue
from app.domain.response import GivenAnswer, Mode, Respondent, until_sent
from app.errors import Code, Refusal
from app.models import Answer, Occasion, Response, Wording


@dataclass(frozen=True)
class StoredAnswer:
    """One value, when it was given and received, in which language, from which device or by whose hand."""

    item: str
    value: AnswerValue
    answered_at: datetime
    received_at: datetime
    language: str
    device: str | None
    entered_by: str | None
    counts: bool


@dataclass(frozen=True)
class StoredResponse:
    """One response with all its values, oldest first."""

    id: int
    visit: str
    instrument: str
    instrument_version_id: int
    wording_id: int
    respondent: Respondent
    mode: Mode
    submitted_at: datetime | None
    receipt: str | None
    answers: tuple[StoredAnswer, ...]


def one(session: Session, *, participant_id: int, response_id: int) -> StoredResponse:
    """Return a response of a participant; NOT_FOUND when it is another's."""
    found = session.execute(
        select(Response, Occasion.visit)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Response.id == response_id, Occasion.participant_id == participant_id)
    ).first()
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"response {response_id}")
    response, visit = found
    return StoredResponse(
        id=response.id,
        visit=visit,
        instrument=response.instrument,
        instrument_version_id=response.instrument_version_id,
        wording_id=response.wording_id,
        respondent=response.respondent,
        mode=response.mode,
        submitted_at=response.submitted_at,
        receipt=response.receipt,
        answers=_answers(session, response),
    )


def _answers(session: Session, response: Response) -> tuple[StoredAnswer, ...]:
    rows = session.execute(
        select(Answer, Wording.language)
        .join(Wording, Wording.id == Answer.wording_id)
        .where(Answer.response_id == response.id)
        .order_by(Answer.answered_at, Answer.id)
    ).all()
    given = [GivenAnswer(row.item, row.value, row.answered_at, row.entry_id) for row, _ in rows]
    counting = {each.item: each for each in until_sent(given, response.submitted_at)}
    return tuple(
        StoredAnswer(
            item=row.item,
            value=row.value,
            answered_at=row.answered_at,
            received_at=row.received_at,
            language=language,
            device=row.device,
            entered_by=row.entered_by,
            counts=counting.get(row.item) is each,
        )
        for each, (row, language) in zip(given, rows, strict=True)
    )
