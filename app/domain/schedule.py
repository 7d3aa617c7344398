"""When each visit of the protocol is open for one participant, and where it stands today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.study import Study
from app.domain.visit import Anchor, Visit

OccasionState = Literal[
    "not open", "open", "due", "overdue", "completed", "completed late", "missed", "not expected"
]
OCCASION_STATES: tuple[OccasionState, ...] = (
    "not open",
    "open",
    "due",
    "overdue",
    "completed",
    "completed late",
    "missed",
    "not expected",
)
ANSWERABLE: frozenset[OccasionState] = frozenset({"open", "due", "overdue"})


NotExpected = Literal["dead", "withdrawn", "transplanted"]


@dataclass(frozen=True, kw_only=True)
class Ends:
    """From when on nothing more is expected: a death, a withdrawal of answers or of follow-up, a transplant.

    `transplanted_on` is None as well where the study goes on after a transplant.
    """

    dead_on: date | None = None
    withdrawn_on: date | None = None
    transplanted_on: date | None = None


NO_END = Ends()


@dataclass(frozen=True, slots=True)
class Window:
    """The civil dates on which a visit opens, is due and closes, all included, where the participant is."""

    opens_on: date
    due_on: date
    closes_on: date


def window(visit: Visit, anchor_on: date) -> Window:
    """Return a visit's window for a participant whose day 0 is `anchor_on`."""
    due_on = visit.due_on(anchor_on)
    return Window(due_on - timedelta(days=visit.opens), due_on, due_on + timedelta(days=visit.closes))


def windows(study: Study, anchors: Mapping[Anchor, date]) -> dict[str, Window]:
    """Return the windows by visit code, of all visits whose anchor is known."""
    return {
        visit.code: window(visit, anchors[anchor])
        for visit in study.schedule
        if (anchor := study.anchor_of(visit)) in anchors
    }


def civil_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day on the calendar that hangs on the participant's wall."""
    return instant.astimezone(zone).date()


def occasion_state(planned: Window, *, completed_on: date | None, ends: Ends, today: date) -> OccasionState:
    """Return where an occasion stands.

    `completed_on`: the civil day on which all its instruments were sent. Completed is within the window,
    completed late after it. An occasion that had closed before an end stays missed.
    """
    if completed_on is not None:
        return "completed" if completed_on <= planned.closes_on else "completed late"
    if why_not_expected(planned, ends, today=today) is not None:
        return "not expected"
    if today < planned.opens_on:
        return "not open"
    if today > planned.closes_on:
        return "missed"
    if today < planned.due_on:
        return "open"
    return "due" if today == planned.due_on else "overdue"


def why_not_expected(planned: Window, ends: Ends, *, today: date) -> NotExpected | None:
    """Return the first of the ends that have come by today and reach this occasion, or None.

    A death or a withdrawal reaches what is open on its day and what comes later, a transplant what opens
    after it.
    """
    reached: list[tuple[date | None, NotExpected, date]] = [
        (ends.dead_on, "dead", planned.closes_on),
        (ends.withdrawn_on, "withdrawn", planned.closes_on),
        (ends.transplanted_on, "transplanted", planned.opens_on - timedelta(days=1)),
    ]
    come = [(on, why) for on, why, until in reached if on is not None and on <= min(until, today)]
    return min(come, key=lambda end: end[0])[1] if come else None
