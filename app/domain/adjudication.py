"""Events as someone reported them, readings of them, and the outcome that the two give together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.domain.partial_date import PartialDate

EventKind = Literal["hospital stay", "transplant", "death"]
EVENT_KINDS: tuple[EventKind, ...] = ("hospital stay", "transplant", "death")
Decision = Literal["confirmed", "refuted", "needs information"]
DECISIONS: tuple[Decision, ...] = ("confirmed", "refuted", "needs information")
Outcome = Literal["confirmed", "refuted", "needs information", "reported"]
EventChoice = Literal["confirmed", "all"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as it was reported; `ended` None and `ongoing` False means that the end is not known."""

    id: int
    kind: EventKind
    started: PartialDate
    ended: PartialDate | None = None
    ongoing: bool = False


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reviewer decided about an event, with the dates agreed on where it was confirmed."""

    id: int
    decision: Decision
    agreed_started_on: date | None = None
    agreed_ended_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SettledEvent:
    """An event as the analysis counts it: full dates, and whether a reviewer confirmed them."""

    event_id: int
    reading_id: int | None
    kind: EventKind
    started_on: date
    ended_on: date | None
    confirmed: bool


def outcome(readings: Sequence[Reading]) -> Outcome:
    """Return the decision of the last reading, in the order they were made; without any it is `reported`."""
    return readings[-1].decision if readings else "reported"


def settled(event: Event, readings: Sequence[Reading], *, events: EventChoice) -> SettledEvent | None:
    """Return the event as the analysis counts it, or None where it does not count.

    `events="confirmed"` counts only confirmed events on their agreed dates. `events="all"` also counts those
    not refuted, on the reported dates; a partly known date then means the first day it can mean, so that no
    stay is lengthened and no survival time invented.
    """
    decided = outcome(readings)
    if decided == "confirmed":
        last = readings[-1]
        return SettledEvent(
            event_id=event.id,
            reading_id=last.id,
            kind=event.kind,
            started_on=last.agreed_started_on or event.started.earliest,
            ended_on=last.agreed_ended_on or (event.ended.earliest if event.ended else None),
            confirmed=True,
        )
    if decided == "refuted" or events == "confirmed":
        return None
    ended_on = max(event.ended.earliest, event.started.earliest) if event.ended else None
    return SettledEvent(
        event_id=event.id,
        reading_id=None,
        kind=event.kind,
        started_on=event.started.earliest,
        ended_on=ended_on,
        confirmed=False,
    )
