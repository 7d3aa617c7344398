"""When each visit of the protocol is open for one participant, and where it stands today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.study import Study, Visit

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


@dataclass(frozen=True)
class Window:
    """The civil dates on which a visit opens, is due and closes, all included, where the participant is."""

    opens_on: date
    due_on: date
    closes_on: date


def window(visit: Visit, anchor_on: date) -> Window:
    """Return a visit's window for a participant whose day 0 is `anchor_on`."""
    due_on = anchor_on + timedelta(days=visit.day)
    return Window(due_on - timedelta(days=visit.opens), due_on, due_on + timedelta(days=visit.closes))


def windows(study: Study, anchor_on: date) -> dict[str, Window]:
    """Return every visit's window by visit code."""
    return {visit.code: window(visit, anchor_on) for visit in study.visits}


def civil_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day on the calendar that hangs on the participant's wall."""
    return instant.astimezone(zone).date()


def occasion_state(
    planned: Window, *, completed_on: date | None, ended_on: date | None, today: date
) -> OccasionState:
    """Return where an occasion stands.

    `completed_on`: the civil day on which all its instruments were sent. `ended_on`: the first day on which
    nothing more is expected (a death, or a withdrawal of answers or of follow-up). Completed is within the
    window, completed late after it. An occasion that had closed before the end stays missed; one still open
    or to come is not expected.
    """
    if completed_on is not None:
        return "completed" if completed_on <= planned.closes_on else "completed late"
    if ended_on is not None and ended_on <= planned.closes_on and ended_on <= today:
        return "not expected"
    if today < planned.opens_on:
        return "not open"
    if today > planned.closes_on:
        return "missed"
    if today < planned.due_on:
        return "open"
    return "due" if today == planned.due_on else "overdue"
