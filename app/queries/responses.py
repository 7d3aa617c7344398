"""One questionnaire on one occasion: what is asked, in which words, and what has been answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.domain import instrument as asked
from app.domain.answer import AnswerValue
from app.domain.response import GivenAnswer, Respondent, counting
from app.domain.schedule import Ends, OccasionState, Window, civil_date, occasion_state
from app.domain.study import Visit
from app.errors import Code, Refusal
from app.models import Answer, Event, Occasion, Response, Withdrawal
from app.models import Wording as StoredWording
from app.queries import studies
from app.queries.access import Visitor
from app.queries.endings import ending
from app.queries.occasions import next_due_on, of_participant


@dataclass(frozen=True)
class Questionnaire:
    """All that a page of questions needs, and all that judging its answers needs."""

    occasion_id: int
    response_id: int | None
    visit: Visit
    window: Window
    state: OccasionState
    name: str
    instrument_version_id: int
    wording_id: int
    instrument: asked.Instrument
    wording: asked.Wording
    given: tuple[GivenAnswer, ...]
    respondent: Respondent | None
    submitted_at: datetime | None
    receipt: str | None

    @cached_property
    def answers(self) -> dict[str, AnswerValue]:
        """Return the value of each item that counts."""
        return counting(self.given, self.submitted_at)

    @property
    def is_staff_form(self) -> bool:
        """Return whether staff fill it in, and participants never see it."""
        return self.name in self.visit.staff_forms

    @property
    def entry_ids(self) -> frozenset[str]:
        """Return the names of all entries that phones sent."""
        return frozenset(each.entry_id for each in self.given if each.entry_id is not None)

    def counting_with(self, more: Iterable[GivenAnswer]) -> dict[str, AnswerValue]:
        """Return what counts once more values are stored."""
        return counting((*self.given, *more), self.submitted_at)


@dataclass(frozen=True)
class Receipt:
    """What a participant is shown after sending."""

    receipt: str
    submitted_at: datetime
    visit: Visit
    respondent: Respondent
    next_opens_on: date | None


# What every answer that is saved needs, in one statement, built once: the occasion, its response so far,
# every value ever given (as they came), and whether anything has ended the participant's part.
_FOUND = (
    select(
        Occasion.visit,
        Occasion.opens_on,
        Occasion.due_on,
        Occasion.closes_on,
        Response.id.label("response_id"),
        Response.instrument_version_id,
        Response.wording_id,
        Response.submitted_at,
        Response.receipt,
        Answer.item,
        Answer.value,
        Answer.answered_at,
        Answer.entry_id,
        Answer.device,
        Answer.sequence,
        Response.respondent,
        select(func.min(Withdrawal.withdrawn_on))
        .where(Withdrawal.participant_id == bindparam("participant"), Withdrawal.scope != "contact")
        .scalar_subquery()
        .label("withdrawn_on"),
        exists()
        .where(Event.participant_id == bindparam("participant"), Event.kind.in_(("death", "transplant")))
        .label("an_end"),
    )
    .outerjoin(
        Response, (Response.occasion_id == Occasion.id) & (Response.instrument == bindparam("instrument"))
    )
    .outerjoin(Answer, Answer.response_id == Response.id)
    .where(Occasion.id == bindparam("occasion"), Occasion.participant_id == bindparam("participant"))
    .order_by(Answer.id)
)


def questionnaire(
    session: Session,
    *,
    visitor: Visitor,
    occasion_id: int,
    instrument: str,
    language: str,
    now: datetime,
    by_staff: bool = False,
) -> Questionnaire:
    """Return a questionnaire with its answers so far; NOT_FOUND when it is not this participant's.

    The forms that staff fill in are there `by_staff` only. A draft stays with the instrument version it was
    begun in, whatever was loaded since.
    """
    rows = (
        session.connection()
        .execute(
            _FOUND,
            {"occasion": occasion_id, "participant": visitor.participant_id, "instrument": instrument},
        )
        .all()
    )
    if not rows:
        raise Refusal(Code.NOT_FOUND, f"occasion {occasion_id}")
    row = rows[0]
    current = studies.current(session, study_id=visitor.study_id)
    visit = current.study.visit(row.visit)
    if instrument not in (*visit.instruments, *(visit.staff_forms if by_staff else ())):
        raise Refusal(Code.NOT_FOUND, f"instrument {instrument}")
    version_id, wording_id = _version_and_wording(session, current, row, instrument, language)
    ends = Ends(withdrawn_on=row.withdrawn_on)
    if row.an_end:
        ends = ending(session, participant_id=visitor.participant_id).ends
    window = Window(row.opens_on, row.due_on, row.closes_on)
    sent_at: datetime | None = row.submitted_at
    return Questionnaire(
        occasion_id=occasion_id,
        response_id=row.response_id,
        visit=visit,
        window=window,
        state=occasion_state(
            window,
            completed_on=civil_date(sent_at, visitor.time_zone) if sent_at else None,
            ends=ends,
            today=civil_date(now, visitor.time_zone),
        ),
        name=instrument,
        instrument_version_id=version_id,
        wording_id=wording_id,
        instrument=studies.instrument(session, version_id),
        wording=studies.wording(session, wording_id),
        given=tuple(
            GivenAnswer(each.item, each.value, each.answered_at, each.entry_id, each.device, each.sequence)
            for each in rows
            if each.item is not None
        ),
        respondent=row.respondent,
        submitted_at=sent_at,
        receipt=row.receipt,
    )


def _version_and_wording(
    session: Session,
    current: studies.CurrentStudy,
    row: Row[*tuple[Any, ...]],
    instrument: str,
    language: str,
) -> tuple[int, int]:
    offered = (
        current.offered.get((instrument, language)) or current.offered[instrument, current.study.languages[0]]
    )
    if row.response_id is None or row.instrument_version_id == offered.instrument_version_id:
        return offered.instrument_version_id, offered.wording_id
    wording_id = session.scalar(
        select(StoredWording.id)
        .where(
            StoredWording.instrument_version_id == row.instrument_version_id,
            StoredWording.language == language,
        )
        .order_by(StoredWording.id.desc())
        .limit(1)
    )
    return row.instrument_version_id, wording_id or row.wording_id


def receipt(session: Session, *, visitor: Visitor, receipt: str, now: datetime) -> Receipt | None:
    """Return what was sent under a receipt, or None when it is not this participant's."""
    row = session.execute(
        select(Response.submitted_at, Response.respondent, Occasion.visit)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Response.receipt == receipt, Occasion.participant_id == visitor.participant_id)
    ).first()
    if row is None or row.submitted_at is None:
        return None
    study = studies.current(session, study_id=visitor.study_id).study
    statuses = of_participant(session, participant_id=visitor.participant_id, now=now)
    return Receipt(receipt, row.submitted_at, study.visit(row.visit), row.respondent, next_due_on(statuses))


def response_id(session: Session, *, occasion_id: int, instrument: str) -> int | None:
    """Return the id of an occasion's response, or None where nothing was answered yet."""
    return session.scalar(
        select(Response.id).where(Response.occasion_id == occasion_id, Response.instrument == instrument)
    )
