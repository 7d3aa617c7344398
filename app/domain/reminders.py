"""Whether a reminder is owed, asked when it is planned and again when it is sent, and what it may say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.quiet_hours import QuietHours
from app.domain.schedule import ANSWERABLE, OccasionState, Window
from app.domain.study import ReminderStep

NotOwed = Literal[
    "completed",
    "not open",
    "closed",
    "withdrawn",
    "dead",
    "transplanted",
    "stopped",
    "paused",
    "no address",
    "no words",
    "superseded",
]

PLACEHOLDERS = ("link", "visit", "due", "closes", "site", "phone")
"""All that a reminder's texts can name, written as `{link}`; the participant's name is not among them."""

FOR_NOW: tuple[NotOwed, ...] = (
    "stopped",
    "paused",
    "not open",
    "dead",
    "transplanted",
    "no address",
    "no words",
    "superseded",
)
"""Why a message is not owed that may be owed again: the participant says so or goes back to a channel, a day
has come, what was reported is refuted, an address is given, or the study has the words."""

TEMPORARY = "temporary: "
"""How the words begin for a failure after which the message is tried again."""

FIRST_RETRY = timedelta(minutes=15)
MOST_TRIES = 6
"""After so many, some eight hours apart at last, what a server did not take has failed for good."""

BY_HAND = "by-hand:"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """What decides whether someone may be written to at all."""

    has_address: bool
    dead: bool
    contact_withdrawn: bool
    answers_withdrawn: bool
    stopped: bool = False
    paused: bool = False


def step_due_on(step: ReminderStep, planned: Window) -> date:
    """Return the day on which a step of reminding falls; it may lie outside the window."""
    if step.days_after_due is not None:
        return planned.due_on + timedelta(days=step.days_after_due)
    if step.days_before_closing is not None:
        return planned.closes_on - timedelta(days=step.days_before_closing)
    return planned.opens_on + timedelta(days=step.days_after_opening or 0)


def step_in_force(steps: Iterable[ReminderStep], planned: Window, today: date) -> ReminderStep | None:
    """Return the last step whose day has come, or None before the first.

    Only this one is owed: after days without a sender, nobody gets the earlier ones as well. A step that
    falls outside the window is none of this visit; of two on one day the study names the first one first.
    """
    come = [step for step in steps if planned.opens_on <= step_due_on(step, planned) <= today]
    within = [step for step in come if step_due_on(step, planned) <= planned.closes_on]
    return max(within, key=lambda step: step_due_on(step, planned), default=None)


def why_not_owed(state: OccasionState, reachable: Reachable) -> NotOwed | None:
    """Return why a reminder must not be sent, or None where it is owed."""
    if reachable.dead:
        return "dead"
    if reachable.contact_withdrawn or reachable.answers_withdrawn:
        return "withdrawn"
    if state == "not expected":  # of the three ends only a transplant is left
        return "transplanted"
    if state in ("completed", "completed late"):
        return "completed"
    if state not in ANSWERABLE:
        return "not open" if state == "not open" else "closed"
    if reachable.stopped:
        return "stopped"
    if reachable.paused:
        return "paused"
    return None if reachable.has_address else "no address"


def wanted_steps(steps: Sequence[ReminderStep], channel: str | None) -> Sequence[ReminderStep]:
    """Return the steps on the channel that was chosen; all where none was, or the study has left it since."""
    return [step for step in steps if channel in step.ways] or steps


def leaves_at(
    now: datetime, zone: ZoneInfo, *, hour: int | None, closes_on: date, quiet: QuietHours
) -> datetime:
    """Return when a message that is owed now should leave: in the hour of the day that was chosen.

    That is now within this hour, else the next time that the clock on the participant's wall shows it; now as
    well where the visit would have closed by then, or where the study has made the hour a quiet one since.
    Where that day leaves the hour out, it is an hour later.
    """
    here = now.astimezone(zone)
    if hour is None or here.hour == hour or quiet.hold(time(hour)):
        return now
    day = here.date() + timedelta(days=0 if here.hour < hour else 1)
    if day > closes_on:
        return now
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def by_hand(day: date) -> str:
    """Return the step under which a message sent by hand is kept: one a day, however often one presses."""
    return f"{BY_HAND}{day.isoformat()}"


def is_quiet(instant: datetime, zone: ZoneInfo, quiet: QuietHours) -> bool:
    """Return whether it is too early or too late in the day where the participant is."""
    return quiet.hold(instant.astimezone(zone).time())


def retry_at(planned_at: datetime, failed_at: datetime) -> datetime:
    """Return when to try again what may work later: after 15 minutes, then twice as late each time."""
    return failed_at + max(FIRST_RETRY, failed_at - planned_at)


def unknown_placeholders(text: str) -> list[str]:
    """Return what stands between braces in a reminder's text and means nothing."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a reminder's text with its placeholders filled; KeyError for one outside the closed set."""
    return _PLACEHOLDER.sub(lambda place: values[place[1]], text)
