"""Stored readings as the rules of adjudication take them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain import adjudication
from app.models import Event, Participant, Reading

AT_ONCE = 5000
"""Rows that are in memory as rows, and not yet as what they are made into."""


def made(reading: Reading) -> adjudication.Reading:
    """Return a reading as the rules take it."""
    return adjudication.Reading(
        id=reading.id,
        decision=reading.decision,
        agreed_started_on=reading.agreed_started_on,
        agreed_ended_on=reading.agreed_ended_on,
        duplicate_of=reading.duplicate_of_id,
        read_by=reading.read_by,
    )


def by_event(readings: Iterable[Reading]) -> defaultdict[int, list[adjudication.Reading]]:
    """Return readings that come in the order in which they were made, by their event."""
    found: defaultdict[int, list[adjudication.Reading]] = defaultdict(list)
    for each in readings:
        found[each.event_id].append(made(each))
    return found


def reported(event: Event) -> adjudication.Event:
    """Return an event as the rules take it."""
    return adjudication.Event(
        id=event.id, kind=event.kind, started=event.started, ended=event.ended, ongoing=event.ongoing
    )


def made_where(session: Session, where: ColumnElement[bool]) -> Mapping[int, list[adjudication.Reading]]:
    """Return the readings of the participants `where`, by event, in the order in which they were made.

    Of a whole study there are too many for objects of the tables.
    """
    found: defaultdict[int, list[adjudication.Reading]] = defaultdict(list)
    columns = (
        Reading.event_id,
        Reading.id,
        Reading.decision,
        Reading.agreed_started_on,
        Reading.agreed_ended_on,
        Reading.duplicate_of_id,
        Reading.read_by,
    )
    asked = (
        select(*columns)
        .join(Event, Event.id == Reading.event_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(where)
        .order_by(Reading.id)
    )
    for event_id, key, decision, started_on, ended_on, duplicate_of, read_by in session.execute(
        asked.execution_options(yield_per=AT_ONCE)
    ):
        found[event_id].append(
            adjudication.Reading(
                id=key,
                decision=decision,
                agreed_started_on=started_on,
                agreed_ended_on=ended_on,
                duplicate_of=duplicate_of,
                read_by=read_by,
            )
        )
    return found


def reported_where(
    session: Session, where: ColumnElement[bool]
) -> Iterator[tuple[int, datetime, adjudication.Event]]:
    """Yield the events of the participants `where`: whose, when it was reported, and the event."""
    columns = (
        Event.participant_id,
        Event.reported_at,
        Event.id,
        Event.kind,
        Event.started,
        Event.ended,
        Event.ongoing,
    )
    asked = select(*columns).join(Participant).where(where).execution_options(yield_per=AT_ONCE)
    for owner, reported_at, key, kind, started, ended, ongoing in session.execute(asked):
        event = adjudication.Event(id=key, kind=kind, started=started, ended=ended, ongoing=ongoing)
        yield owner, reported_at, event
