"""One questionnaire on one occasion: what is asked, in which words, and what has been answered."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.domain import instrument as asked
from app.domain.answer import AnswerValue
from app.domain.schedule import OccasionState, Window, civil_date, occasion_state
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
    answers: dict[str, AnswerValue]
    submitted_at: datetime | None
    receipt: str | None


@dataclass(frozen=True)
class Receipt:
    """What a participant is shown after sending."""

    receipt: str
    submitted_at: datetime
    visit: Visit
    next_opens_on: date | None


def questionnaire(
    session: Session, *, visitor: Visitor, occasion_id: int, instrument: str, language: str, now: datetime
) -> Questionnaire:
    """Return a questionnaire with its answers so far; NOT_FOUND when it is not this participant's.

    A draft stays with the instrument version it was begun in, whatever was loaded since.
    """
    ended = (
        select(func.min(Withdrawal.withdrawn_on))
        .where(Withdrawal.participant_id == visitor.participant_id, Withdrawal.scope != "contact")
        .scalar_subquery()
    )
    a_death = exists().where(Event.participant_id == visitor.participant_id, Event.kind == "death")
    row = session.execute(
        select(Occasion, Response, ended.label("withdrawn_on"), a_death.label("a_death"))
        .outerjoin(Response, (Response.occasion_id == Occasion.id) & (Response.instrument == instrument))
        .where(Occasion.id == occasion_id, Occasion.participant_id == visitor.participant_id)
    ).first()
    if row is None:
        raise Refusal(Code.NOT_FOUND, f"occasion {occasion_id}")
    occasion, withdrawn_on, a_death_reported = row.Occasion, row.withdrawn_on, row.a_death
    response: Response | None = row.Response  # an outer join: there may be none
    current = studies.current(session, study_id=visitor.study_id)
    visit = current.study.visit(occasion.visit)
    if instrument not in visit.instruments:
        raise Refusal(Code.NOT_FOUND, f"instrument {instrument}")
    version_id, wording_id = _version_and_wording(session, current, response, instrument, language)
    ended_on = (
        ending(session, participant_id=visitor.participant_id).ended_on if a_death_reported else withdrawn_on
    )
    window = Window(occasion.opens_on, occasion.due_on, occasion.closes_on)
    submitted_at = response.submitted_at if response else None
    return Questionnaire(
        occasion_id=occasion_id,
        response_id=response.id if response else None,
        visit=visit,
        window=window,
        state=occasion_state(
            window,
            completed_on=civil_date(submitted_at, visitor.time_zone) if submitted_at else None,
            ended_on=ended_on,
            today=civil_date(now, visitor.time_zone),
        ),
        name=instrument,
        instrument_version_id=version_id,
        wording_id=wording_id,
        instrument=studies.instrument(session, version_id),
        wording=studies.wording(session, wording_id),
        answers=answers(session, response_id=response.id) if response else {},
        submitted_at=submitted_at,
        receipt=response.receipt if response else None,
    )


def _version_and_wording(
    session: Session, current: studies.CurrentStudy, response: Response | None, instrument: str, language: str
) -> tuple[int, int]:
    offered = (
        current.offered.get((instrument, language)) or current.offered[instrument, current.study.languages[0]]
    )
    if response is None or response.instrument_version_id == offered.instrument_version_id:
        return offered.instrument_version_id, offered.wording_id
    wording_id = session.scalar(
        select(StoredWording.id)
        .where(
            StoredWording.instrument_version_id == response.instrument_version_id,
            StoredWording.language == language,
        )
        .order_by(StoredWording.id.desc())
        .limit(1)
    )
    return response.instrument_version_id, wording_id or response.wording_id


def answers(session: Session, *, response_id: int) -> dict[str, AnswerValue]:
    """Return the newest value of every item that was ever given one; None where it was taken back."""
    rows = session.execute(
        select(Answer.item, Answer.value).where(Answer.response_id == response_id).order_by(Answer.id)
    )
    return {item: value for item, value in rows}  # noqa: C416 - a Result is not a mapping's iterable to mypy


def receipt(session: Session, *, visitor: Visitor, receipt: str, now: datetime) -> Receipt | None:
    """Return what was sent under a receipt, or None when it is not this participant's."""
    row = session.execute(
        select(Response.submitted_at, Occasion.visit)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Response.receipt == receipt, Occasion.participant_id == visitor.participant_id)
    ).first()
    if row is None or row.submitted_at is None:
        return None
    study = studies.current(session, study_id=visitor.study_id).study
    statuses = of_participant(session, participant_id=visitor.participant_id, now=now)
    return Receipt(receipt, row.submitted_at, study.visit(row.visit), next_due_on(statuses))


def response_id(session: Session, *, occasion_id: int, instrument: str) -> int | None:
    """Return the id of an occasion's response, or None where nothing was answered yet."""
    return session.scalar(
        select(Response.id).where(Response.occasion_id == occasion_id, Response.instrument == instrument)
    )
