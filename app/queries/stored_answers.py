"""Everything that was ever answered in one response: which value counts, and where each came from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
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

    @property
    def devices(self) -> tuple[str, ...]:
        """Return the devices that sent answers, in the order in which they were first answered on."""
        return tuple(dict.fromkeys(each.device for each in self.answers if each.device))

    @property
    def differs(self) -> bool:
        """Return whether devices gave different answers to one question."""
        return differs((each.item, each.device, each.value) for each in self.answers)


def differs(given: Iterable[tuple[str, str | None, AnswerValue]]) -> bool:
    """Return whether any item was given different values on different devices."""
    seen: dict[str, list[tuple[str, AnswerValue]]] = defaultdict(list)
    for item, device, value in given:
        if device is None:
            continue
        if any(other != device and differing != value for other, differing in seen[item]):
            return True
        seen[item].append((device, value))
    return False


def differing(session: Session, *, participant_id: int) -> frozenset[int]:
    """Return the ids of a participant's responses in which devices gave different answers."""
    of_theirs = (
        select(Answer.response_id)
        .join(Response, Response.id == Answer.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Occasion.participant_id == participant_id)
        .group_by(Answer.response_id)
        .having(func.count(Answer.device.distinct()) > 1)
    )
    given: dict[int, list[tuple[str, str | None, AnswerValue]]] = defaultdict(list)
    for row in session.execute(
        select(Answer.response_id, Answer.item, Answer.device, Answer.value).where(
            Answer.response_id.in_(of_theirs)
        )
    ):
        given[row.response_id].append((row.item, row.device, row.value))
    return frozenset(key for key, each in given.items() if differs(each))


@dataclass(frozen=True)
class AskedIn:
    """Which visit a response belongs to, and the instrument and the wording in which it was asked."""

    visit: str
    instrument_version_id: int
    wording_id: int


def asked_in(session: Session, *, response_ids: Collection[int]) -> dict[int, AskedIn]:
    """Return of some responses what was asked and when, by their ids."""
    rows = session.execute(
        select(Response.id, Occasion.visit, Response.instrument_version_id, Response.wording_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Response.id.in_(response_ids))
    )
    return {row.id: AskedIn(row.visit, row.instrument_version_id, row.wording_id) for row in rows}


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
