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


def settled(
    event: Event, readings: Sequence[Reading], *, events: EventChoice, not_before: date | None = None
) -> SettledEvent | None:
    """Return the event as the analysis counts it, or None where it does not count.

    `events="confirmed"` counts only confirmed events on their agreed dates. `events="all"` also counts those
    not refuted, on the reported dates; a partly known date then means the first day it can mean, so that no
    stay is lengthened and no survival time invented, but not a day before `not_before` (day 0, or for a death
    the last sign of life) where it can mean that day or a later one. A stay never ends before it starts.
    """
    decided = outcome(readings)
    confirmed = decided == "confirmed"
    if not confirmed and (decided == "refuted" or events == "confirmed"):
        return None
    last = readings[-1] if confirmed else None
    agreed_started_on = last.agreed_started_on if last else None
    agreed_ended_on = last.agreed_ended_on if last else None
    started_on = agreed_started_on or _first_day(event.started, not_before)
    reported_end = event.ended.earliest if event.ended else None
    return SettledEvent(
        event_id=event.id,
        reading_id=last.id if last else None,
        kind=event.kind,
        started_on=started_on,
        ended_on=agreed_ended_on or (max(reported_end, started_on) if reported_end else None),
        confirmed=confirmed,
    )


def _first_day(partly_known: PartialDate, not_before: date | None) -> date:
    if not_before is not None and partly_known.earliest < not_before <= partly_known.latest:
        return not_before
    return partly_known.earliest
