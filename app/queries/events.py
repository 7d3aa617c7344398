"""Reported events as a reviewer sees them: never with the arm."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import EventKind, Outcome, outcome
from app.domain.adjudication import Reading as MadeReading
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.models import Event, Participant, Reading


@dataclass(frozen=True)
class EventRow:
    """An event as it was reported, the readings made of it, and what they decide."""

    id: int
    participant_id: int
    participant_code: str
    site: str
    kind: EventKind
    started: PartialDate
    ended: PartialDate | None
    ongoing: bool
    reason: str
    place: str
    reported_at: datetime
    reported_by: str
    outcome: Outcome
    readings: tuple[Reading, ...]


def reported(session: Session, *, actor: Actor, study_id: int, open_only: bool = True) -> list[EventRow]:
    """Return the events that the actor may see, oldest first; `open_only`: the undecided."""
    if actor.study_id not in (None, study_id):
        return []
    statement = _with_participant().where(Participant.study_id == study_id)
    if actor.site is not None:
        statement = statement.where(Participant.site == actor.site)
    rows = _rows(session, statement)
    return [row for row in rows if row.outcome in ("reported", "needs information") or not open_only]


def of_participant(session: Session, *, participant_id: int) -> list[EventRow]:
    """Return everything that was reported of one participant, oldest report first."""
    return _rows(session, _with_participant().where(Participant.id == participant_id))


def one(session: Session, *, actor: Actor, event_id: int) -> EventRow:
    """Return an event; NOT_FOUND also outside what the actor may see."""
    rows = _rows(session, _with_participant().where(Event.id == event_id))
    if rows:
        participant = session.get_one(Participant, rows[0].participant_id)
        if actor.may_see(study_id=participant.study_id, site=participant.site):
            return rows[0]
    raise Refusal(Code.NOT_FOUND, f"event {event_id}")


def _with_participant() -> Select[Event, str, str]:
    return (
        select(Event, Participant.code, Participant.site)
        .join(Participant, Participant.id == Event.participant_id)
        .order_by(Event.id)
    )


def _rows(session: Session, statement: Select[Event, str, str]) -> list[EventRow]:
    found = session.execute(statement).all()
    readings: dict[int, list[Reading]] = {event.id: [] for event, _, _ in found}
    for reading in session.scalars(
        select(Reading).where(Reading.event_id.in_(readings)).order_by(Reading.id)
    ):
        readings[reading.event_id].append(reading)
    return [
        EventRow(
            id=event.id,
            participant_id=event.participant_id,
            participant_code=code,
            site=site,
            kind=event.kind,
            started=event.started,
            ended=event.ended,
            ongoing=event.ongoing,
            reason=event.reason,
            place=event.place,
            reported_at=event.reported_at,
            reported_by=event.reported_by,
            outcome=outcome([MadeReading(id=each.id, decision=each.decision) for each in readings[event.id]]),
            readings=tuple(readings[event.id]),
        )
        for event, code, site in found
    ]
