"""Whether a reminder is still owed, asked when it is planned and again at the moment of sending."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.domain.schedule import ANSWERABLE, OccasionState, Window
from app.domain.study import ReminderStep

NotOwed = Literal["completed", "not open", "closed", "withdrawn", "dead", "no address"]


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """What decides whether someone may be written to at all."""

    has_address: bool
    dead: bool
    contact_withdrawn: bool
    answers_withdrawn: bool


def step_due_on(step: ReminderStep, planned: Window) -> date:
    """Return the day on which a step of reminding falls."""
    return planned.due_on + timedelta(days=step.days_after_due)


def why_not_owed(state: OccasionState, reachable: Reachable) -> NotOwed | None:
    """Return why a reminder must not be sent, or None where it is owed."""
    if reachable.dead:
        return "dead"
    if reachable.contact_withdrawn or reachable.answers_withdrawn or state == "not expected":
        return "withdrawn"
    if state in ("completed", "completed late"):
        return "completed"
    if state not in ANSWERABLE:
        return "not open" if state == "not open" else "closed"
    return None if reachable.has_address else "no address"
