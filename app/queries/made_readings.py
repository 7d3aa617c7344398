"""Stored readings as the rules of adjudication take them."""

from collections import defaultdict
from collections.abc import Iterable

from app.domain import adjudication
from app.models import Event, Reading


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
