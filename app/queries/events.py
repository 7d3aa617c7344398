"""Reported events as a reviewer sees them: never with the arm, nor with another's reading too early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import (
    ONE_READING,
    OPEN_OUTCOMES,
    EventKind,
    Outcome,
    Rule,
    may_read,
    outcome,
    shown_to,
    waits_for,
)
from app.domain.adjudication import Event as ReportedEvent
from app.domain.adverse_event import Recovery
from app.domain.likeness import Likeness, alike
from app.domain.partial_date import PartialDate
from app.domain.study import Adjudication
from app.errors import Code, Refusal
from app.models import Event, Participant, Reading
from app.queries import made_readings, studies


@dataclass(frozen=True)
class EventRow:
    """An event as it was reported, the readings made of it, and what they decide.

    `readings` are those that may be shown, `made` is how many there are, `may_read` whether one more by this
    person would be heard, and `waits` whether one is wanted of them.
    """

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
    term: str
    criteria: tuple[str, ...]
    recovery: Recovery | None
    reported_at: datetime
    reported_by: str
    outcome: Outcome
    readings: tuple[Reading, ...]
    made: int
    rule: Rule
    may_read: bool
    waits: bool


def reported(session: Session, *, actor: Actor, study_id: int, open_only: bool = True) -> list[EventRow]:
    """Return the events that the actor may see, oldest first; `open_only`: the undecided."""
    rows = _rows(session, of_study(actor, study_id), actor) if actor.study_id in (None, study_id) else []
    return [row for row in rows if row.outcome in OPEN_OUTCOMES or not open_only]


def of_participant(session: Session, *, participant_id: int, actor: Actor | None = None) -> list[EventRow]:
    """Return everything that was reported of one participant, oldest report first."""
    return _rows(session, with_participant().where(Participant.id == participant_id), actor)


def one(session: Session, *, actor: Actor, event_id: int) -> EventRow:
    """Return an event; NOT_FOUND also outside what the actor may see."""
    rows = _rows(session, with_participant().where(Event.id == event_id), actor)
    if rows:
        participant = session.get_one(Participant, rows[0].participant_id)
        if actor.may_see(study_id=participant.study_id, site=participant.site):
            return rows[0]
    raise Refusal(Code.NOT_FOUND, f"event {event_id}")


def some(session: Session, *, actor: Actor, event_ids: Sequence[int]) -> list[EventRow]:
    """Return those events, in the order of their ids; the caller knows that the actor may see them."""
    return _rows(session, with_participant().where(Event.id.in_(event_ids)), actor)


def similar(session: Session, *, row: EventRow, actor: Actor) -> list[tuple[EventRow, Likeness]]:
    """Return the same participant's events that may tell of the same as this one, and how they are alike."""
    others = of_participant(session, participant_id=row.participant_id, actor=actor)
    by_id = {each.id: each for each in others if each.outcome != "refuted"}
    found = alike(as_reported(row), [as_reported(each) for each in by_id.values()])
    return [(by_id[event.id], how) for event, how in found]


def as_reported(row: EventRow) -> ReportedEvent:
    """Return an event as the rules take it."""
    return ReportedEvent(id=row.id, kind=row.kind, started=row.started, ended=row.ended, ongoing=row.ongoing)


def of_study(actor: Actor, study_id: int) -> Select[Event, str, str, int]:
    """Return the statement for the events of a study that an actor may see, oldest report first."""
    statement = with_participant().where(Participant.study_id == study_id)
    return statement if actor.site is None else statement.where(Participant.site == actor.site)


def with_participant() -> Select[Event, str, str, int]:
    """Return the statement for events with the code, the site and the study of their participants."""
    return (
        select(Event, Participant.code, Participant.site, Participant.study_id)
        .join(Participant, Participant.id == Event.participant_id)
        .order_by(Event.id)
    )


def hides(asked: Adjudication, kind: EventKind, actor: Actor | None) -> bool:
    """Return whether others' readings are kept from someone until they have made their own."""
    return actor is not None and actor.role in asked.readers(kind) and asked.rule(kind) != ONE_READING


def _rows(session: Session, statement: Select[Event, str, str, int], actor: Actor | None) -> list[EventRow]:
    found = session.execute(statement).all()
    stored: dict[int, list[Reading]] = {event.id: [] for event, *_ in found}
    for reading in session.scalars(select(Reading).where(Reading.event_id.in_(stored)).order_by(Reading.id)):
        stored[reading.event_id].append(reading)
    asked = {
        study_id: studies.current(session, study_id=study_id).study.adjudication
        for study_id in {study_id for *_, study_id in found}
    }
    return [
        _row(event, code, site, stored[event.id], asked[study_id], actor)
        for event, code, site, study_id in found
    ]


def _row(
    event: Event, code: str, site: str, readings: list[Reading], asked: Adjudication, actor: Actor | None
) -> EventRow:
    made, rule = [made_readings.made(each) for each in readings], asked.rule(event.kind)
    reader = actor.label if actor else ""
    reads = actor is not None and actor.role in asked.readers(event.kind)
    shown = {each.id for each in made}
    if hides(asked, event.kind, actor):
        shown = {each.id for each in shown_to(made, reader=reader, rule=rule)}
    return EventRow(
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
        term=event.term,
        criteria=tuple(event.criteria.split()),
        recovery=event.recovery,
        reported_at=event.reported_at,
        reported_by=event.reported_by,
        outcome=outcome(made, rule),
        readings=tuple(each for each in readings if each.id in shown),
        made=len(readings),
        rule=rule,
        may_read=reads and may_read(made, reader=reader, rule=rule),
        waits=reads and waits_for(made, reader=reader, rule=rule),
    )
