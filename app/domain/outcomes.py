"""Time-to-event outcomes of one participant: transplant-free survival, survival, time to transplant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from app.domain.adjudication import SettledEvent
from app.domain.estimand import STRATEGIES, Endpoint, Strategy

EVENT, CENSORED, COMPETING = 0, 1, 2
"""CNSR as ADTTE counts it."""

SeenAs = Literal["randomisation", "treatment", "answer", "event", "sighting", "withdrawal"]


class Seen(NamedTuple):  # by day, and then by its row: a tuple sorts and is made faster than a dataclass
    """A day on which something shows the participant alive, with the row that shows it."""

    on: date
    by: SeenAs
    source_id: int


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """All that is known of one participant's course.

    `origin_on` is day 0, and `seen` holds that day; `transplant_told_on` is the first day on which anything
    tells of a transplant that is not among the events, because no one confirmed it or no one gave its date.
    """

    origin_on: date
    events: Sequence[SettledEvent]
    seen: Sequence[Seen]
    follow_up_withdrawn_on: date | None
    cutoff_on: date
    transplant_told_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class TimeToEvent:
    """One row of ADTTE: days from the origin without the +1, CNSR, and the row it rests on."""

    endpoint: Endpoint
    on: date
    days: int
    censoring: int
    description: str
    source: str
    source_id: int


_CENSORING: Mapping[Strategy, int] = {"event": EVENT, "competing": COMPETING, "censoring": CENSORED}
"""What an event is by the strategy of the estimand; with the others it does not end the time."""


def time_to_event(
    endpoint: Endpoint,
    course: FollowUp,
    *,
    transplant: Strategy | None = None,
    death: Strategy | None = None,
) -> TimeToEvent:
    """Return the outcome of one participant; what a transplant and a death are is by default the endpoint's.

    The first counted event on or before the last day that counts decides (a transplant goes before a death
    of the same day); otherwise the participant is censored on the last day known alive. Where a transplant
    does not matter (OS) every such day counts, elsewhere only those before `transplant_told_on`: such a
    transplant is no event, but what follows it is no time known to be free of one. The last day that counts
    is the cut-off, or the withdrawal from follow-up where that is earlier, but never before day 0.

    `days` is negative where an event stands before day 0: a fault of the data, for the caller to refuse.
    ValueError where nothing shows the participant alive on day 0 or later.
    """
    last_day = max(course.origin_on, min(filter(None, (course.cutoff_on, course.follow_up_withdrawn_on))))
    counted = counted_kinds(endpoint, transplant, death)
    events = sorted(
        (event for event in course.events if event.kind in counted and event.started_on <= last_day),
        key=lambda event: (event.started_on, event.kind == "death", event.event_id),
    )
    if events:
        first = events[0]
        return TimeToEvent(
            endpoint=endpoint,
            on=first.started_on,
            days=(first.started_on - course.origin_on).days,
            censoring=counted[first.kind],
            description=first.kind if counted[first.kind] != CENSORED else f"censored at the {first.kind}",
            source="event",
            source_id=first.event_id,
        )
    return _censored(
        endpoint, course, last_day, course.transplant_told_on if "transplant" in counted else None
    )


def counted_kinds(
    endpoint: Endpoint, transplant: Strategy | None = None, death: Strategy | None = None
) -> dict[str, int]:
    """Return the kinds of events that end the time, each with what it is then: CNSR."""
    choices = STRATEGIES[endpoint]
    taken = {"transplant": transplant or choices.transplant[0], "death": death or choices.death[0]}
    return {kind: _CENSORING[strategy] for kind, strategy in taken.items() if strategy in _CENSORING}


def _censored(endpoint: Endpoint, course: FollowUp, last_day: date, told_on: date | None) -> TimeToEvent:
    seen = [
        each
        for each in course.seen
        if course.origin_on <= each.on <= last_day
        and (told_on is None or each.on < told_on or each.on == course.origin_on)
    ]
    if not seen:
        raise ValueError("nothing shows this participant alive on day 0")
    last = max(seen)
    withdrawn = (
        course.follow_up_withdrawn_on is not None and course.follow_up_withdrawn_on <= course.cutoff_on
    )
    return TimeToEvent(
        endpoint=endpoint,
        on=last.on,
        days=(last.on - course.origin_on).days,
        censoring=CENSORED,
        description="withdrawn from follow-up" if withdrawn else "last known alive",
        source=last.by,
        source_id=last.source_id,
    )


def shown_by(events: Iterable[SettledEvent]) -> list[Seen]:
    """Return the days on which events show someone alive: all but a death do when they began.

    Discharge does so too. The end of an adverse event does not: where it was fatal, that is the death.
    """
    shown = []
    for event in events:
        if event.kind != "death":
            shown.append(Seen(event.started_on, "event", event.event_id))
        if event.kind == "hospital stay" and event.ended_on is not None:
            shown.append(Seen(event.ended_on, "event", event.event_id))
    return shown
