"""Corrections that were asked for, with the answers beside which they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.answer import AnswerValue
from app.domain.correction import CorrectionSource, CorrectionState, correction_state
from app.domain.response import GivenAnswer, until_sent
from app.models import Answer, Correction, CorrectionDecision, Occasion, Participant, Response


@dataclass(frozen=True)
class CorrectionRow:
    """One request: what counts, what it should have been, why, and what was decided."""

    id: int
    participant: str
    site: str
    visit: str
    response_id: int
    instrument: str
    instrument_version_id: int
    wording_id: int
    item: str
    original: AnswerValue
    value: AnswerValue
    source: CorrectionSource
    reason: str
    requested_at: datetime
    requested_by: str
    state: CorrectionState
    note: str
    decided_at: datetime | None
    decided_by: str | None


def of_response(session: Session, *, response_id: int) -> list[CorrectionRow]:
    """Return the requests about one response, oldest first."""
    return _rows(session, Correction.response_id == response_id)


def listed(
    session: Session, *, actor: Actor, study_id: int, state: CorrectionState | None = None
) -> list[CorrectionRow]:
    """Return the requests that the actor may see, newest first."""
    if not actor.may_see(study_id=study_id, site=actor.site):
        return []
    where = Participant.study_id == study_id
    if actor.site is not None:
        where = and_(where, Participant.site == actor.site)
    rows = _rows(session, where)
    return [row for row in reversed(rows) if state in (None, row.state)]


def _rows(session: Session, where: ColumnElement[bool]) -> list[CorrectionRow]:
    found = session.execute(
        select(Correction, CorrectionDecision, Response, Occasion.visit, Participant.code, Participant.site)
        .join(Response, Response.id == Correction.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .where(where)
        .order_by(Correction.id)
    ).all()
    counting = _counting(session, [row[2] for row in found])
    rows = []
    for correction, maybe, response, visit, code, site in found:
        decision: CorrectionDecision | None = maybe  # an outer join: SQLAlchemy's types do not know it
        rows.append(
            CorrectionRow(
                id=correction.id,
                participant=code,
                site=site,
                visit=visit,
                response_id=response.id,
                instrument=response.instrument,
                instrument_version_id=response.instrument_version_id,
                wording_id=response.wording_id,
                item=correction.item,
                original=counting.get((response.id, correction.item)),
                value=correction.value,
                source=correction.source,
                reason=correction.reason,
                requested_at=correction.requested_at,
                requested_by=correction.requested_by,
                state=correction_state(decision.decision if decision else None),
                note=decision.note if decision else "",
                decided_at=decision.decided_at if decision else None,
                decided_by=decision.decided_by if decision else None,
            )
        )
    return rows


def _counting(session: Session, responses: Sequence[Response]) -> dict[tuple[int, str], AnswerValue]:
    given: dict[int, list[GivenAnswer]] = {response.id: [] for response in responses}
    for row in session.execute(
        select(Answer.response_id, Answer.item, Answer.value, Answer.answered_at, Answer.entry_id)
        .where(Answer.response_id.in_(given))
        .order_by(Answer.answered_at, Answer.id)
    ):
        given[row.response_id].append(GivenAnswer(row.item, row.value, row.answered_at, row.entry_id))
    return {
        (response.id, each.item): each.value
        for response in responses
        for each in until_sent(given[response.id], response.submitted_at)
    }
