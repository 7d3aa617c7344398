"""Ten thousand random schedules in all time zones, around clock changes and leap days.

A sender runs at random instants and uses the rules as the program does: it plans what is owed, and sends what
is planned, if it is still owed and no quiet hour. What left is then held against the study's own words,
worked out here a second time and in another way.
"""

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.quiet_hours import QuietHours
from app.domain.reminders import (
    FOR_NOW,
    Reachable,
    is_quiet,
    leaves_at,
    step_in_force,
    wanted_steps,
    why_not_owed,
)
from app.domain.schedule import Ends, OccasionState, Window, civil_date, occasion_state, window
from app.domain.study import ReminderStep, Visit
from app.domain.visit import Repeats, Unit, occurrences

ZONES = sorted(zoneinfo.available_timezones())
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
SINCE, UNTIL = datetime(2023, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29))


@cache
def clock_changes(name: str) -> tuple[datetime, ...]:
    """Return the instants at which the clocks of a zone change, those a week apart at least."""
    zone, found, at = ZoneInfo(name), [], SINCE
    while at < UNTIL:
        if at.astimezone(zone).utcoffset() != (at + WEEK).astimezone(zone).utcoffset():
            before, after = at, at + WEEK
            while after - before > MINUTE:
                middle = before + (after - before) / 2
                same = middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            found.append(after)
        at += WEEK
    return tuple(found)


@dataclass(frozen=True)
class Case:
    """A visit of someone somewhere, its steps of reminding, what happens, and when a sender runs."""

    zone: str
    visit: Visit
    window: Window
    steps: tuple[ReminderStep, ...]
    quiet: tuple[int, int]
    hour: int | None
    completed_at: datetime | None
    ends: Ends
    paused: tuple[date, date]
    runs: tuple[datetime, ...]

    def state(self, now: datetime) -> OccasionState:
        """Return the state as far as things have happened by now."""
        zone = ZoneInfo(self.zone)
        done = self.completed_at is not None and self.completed_at <= now
        return occasion_state(
            self.window,
            completed_on=civil_date(self.completed_at, zone) if done and self.completed_at else None,
            ends=self.ends,
            today=civil_date(now, zone),
        )


UNITS: tuple[Unit, ...] = ("week", "month", "year")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case near a clock change of its zone, near a leap day, or on any day.

    All but the zone comes from one number: ten thousand cases of forty draws each would take minutes.
    """
    zone, chance = draw(st.sampled_from(ZONES)), Random(draw(st.integers(0, 2**64)))
    changes = clock_changes(zone)
    change = chance.choice(changes or (SINCE + timedelta(days=chance.randint(0, 2000)),))
    about = chance.choice((change.date(), change.date(), *LEAP_DAYS))
    repeats = Repeats(unit=chance.choice(UNITS), times=3) if chance.random() < 0.5 else None
    days: dict[str, Any] = {
        "day": chance.randint(0, 30),
        "opens": chance.randint(0, 10),
        "closes": chance.randint(0, 15),
    }
    protocol = Visit(code="v", title={}, instruments=("q",), repeats=repeats, **days)
    visit = chance.choice(occurrences(protocol))
    anchor_on = about - timedelta(days=visit.day + chance.randint(-12, 12))
    planned = window(visit, anchor_on)
    from_day = datetime.combine(planned.opens_on - DAY, time(), UTC)
    minutes = int((planned.closes_on - planned.opens_on + 3 * DAY) / MINUTE)
    starts = chance.randrange(24)
    pause = planned.opens_on + timedelta(days=chance.randint(-60, 10))
    done_at = from_day + chance.randint(0, 2 * minutes) * MINUTE

    def happens() -> date | None:
        return planned.opens_on + timedelta(days=chance.randint(-5, 40)) if chance.random() < 0.1 else None

    return Case(
        zone=zone,
        visit=visit,
        window=planned,
        steps=tuple(_steps(chance)),
        quiet=(starts, (starts + chance.randint(1, 23)) % 24),
        hour=chance.randrange(24) if chance.random() < 0.5 else None,
        completed_at=done_at if chance.random() < 0.5 else None,
        ends=Ends(dead_on=happens(), withdrawn_on=happens(), transplanted_on=happens()),
        paused=(pause, pause + timedelta(days=chance.randint(0, 10))),
        runs=tuple(sorted(_runs(chance, from_day, minutes, change, ZoneInfo(zone)))),
    )


def _steps(chance: Random) -> Iterator[ReminderStep]:
    for number in range(chance.randint(1, 4)):
        timing: dict[str, Any] = chance.choice(
            (
                {"on_opening": True},
                {"days_after_opening": chance.randint(0, 20)},
                {"days_after_due": chance.randint(-12, 18)},
                {"days_before_closing": chance.randint(0, 20)},
            )
        )
        yield ReminderStep(code=f"s{number}", channel="email", subject={}, body={}, **timing)


def _runs(
    chance: Random, from_day: datetime, minutes: int, change: datetime, zone: ZoneInfo
) -> Iterator[datetime]:
    """Yield a few instants of the window and around, of every full hour's edges, and of the clock change."""
    for _ in range(chance.randint(2, 30)):
        at = from_day + chance.randrange(minutes) * MINUTE
        yield at
        full_hour = at.astimezone(zone).replace(minute=0, fold=chance.randrange(2)).astimezone(UTC)
        yield full_hour + chance.choice((-1, 0, 1)) * MINUTE
    for hours in (-25, -1, 0, 1, 25):
        yield change + timedelta(hours=hours) + chance.choice((-1, 0, 1)) * MINUTE


def sent(case: Case) -> Iterator[tuple[datetime, ReminderStep]]:
    """Run the sender at each of the case's instants, and give what leaves."""
    zone, quiet = ZoneInfo(case.zone), QuietHours(*case.quiet)
    waiting: dict[str, datetime] = {}
    ended: set[str] = set()
    for now in case.runs:
        today, state = civil_date(now, zone), case.state(now)
        withdrawn, dead = case.ends.withdrawn_on, case.ends.dead_on
        reachable = Reachable(
            has_address=True,
            dead=dead is not None and dead <= today,
            contact_withdrawn=False,
            answers_withdrawn=withdrawn is not None and withdrawn <= today,
            paused=case.paused[0] <= today < case.paused[1],
        )
        step = step_in_force(wanted_steps(case.steps, None), case.window, today)
        why = why_not_owed(state, reachable)
        if step is not None and why is None and step.code not in waiting.keys() | ended:
            waiting[step.code] = leaves_at(
                now, zone, hour=case.hour, closes_on=case.window.closes_on, quiet=quiet
            )
        if is_quiet(now, zone, quiet):
            continue
        for code in [code for code, planned_at in waiting.items() if planned_at <= now]:
            del waiting[code]
            if why in FOR_NOW:
                continue  # may be planned again
            ended.add(code)
            if why is None and step is not None and step.code == code:
                yield now, step


def day_of(step: ReminderStep, planned: Window) -> date:
    """Work out a step's day from its words, in another way than the program."""
    if step.on_opening:
        return planned.opens_on
    if step.days_after_opening is not None:
        return date.fromordinal(planned.opens_on.toordinal() + step.days_after_opening)
    if step.days_after_due is not None:
        return date.fromordinal(planned.due_on.toordinal() + step.days_after_due)
    return date.fromordinal(planned.closes_on.toordinal() - (step.days_before_closing or 0))


def quiet_hours(starts: int, ends: int) -> frozenset[int]:
    """Count the hours on a clock from one to the other."""
    hours, hour = set(), starts
    while hour != ends:
        hours.add(hour)
        hour = (hour + 1) % 24
    return frozenset(hours)


def check(case: Case) -> int:
    """Hold what left against the case, and return how much it was."""
    planned, zone, done = case.window, ZoneInfo(case.zone), case.completed_at
    quiet = quiet_hours(*case.quiet)
    left = list(sent(case))
    assert len({step.code for _, step in left}) == len(left), "a step twice"
    for now, step in left:
        here = now.astimezone(zone)
        assert here.hour not in quiet, "in quiet hours"
        assert planned.opens_on <= here.date() <= planned.closes_on, "outside its window"
        falls_on = day_of(step, planned)
        assert planned.opens_on <= falls_on <= here.date(), "before its day"
        later = [day_of(each, planned) for each in case.steps]
        assert not any(falls_on < day <= here.date() for day in later), "after the day of a later step"
        assert done is None or done > now, "after completion"
        for ends_on in (case.ends.dead_on, case.ends.withdrawn_on):
            assert ends_on is None or here.date() < ends_on, "after a death or a withdrawal"
        stops_on = case.ends.transplanted_on
        assert stops_on is None or stops_on >= planned.opens_on, "about a visit after a transplant"
        assert not case.paused[0] <= here.date() < case.paused[1], "in a pause"
    return len(left)


MANY = settings(
    max_examples=10_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MANY
@given(case=cases())
def test_no_reminder_leaves_in_quiet_hours_outside_its_window_or_on_a_wrong_day(case: Case) -> None:
    check(case)


def test_the_same_around_every_clock_change_of_every_zone() -> None:
    messages = 0
    steps = tuple(
        ReminderStep(code=f"day {days}", days_after_opening=days, channel="email", subject={}, body={})
        for days in range(3)
    )
    visit = Visit(code="v", day=1, opens=1, closes=1, title={}, instruments=())
    for name in ZONES:
        for change in clock_changes(name)[-2:] or (UNTIL - DAY,):
            opens_on = civil_date(change, ZoneInfo(name)) - DAY
            case = Case(
                zone=name,
                visit=visit,
                window=window(visit, opens_on),
                steps=steps,
                quiet=(20, 8),
                hour=None,
                completed_at=None,
                ends=Ends(),
                paused=(opens_on - DAY, opens_on - DAY),
                runs=tuple(change + timedelta(minutes=30 * half) for half in range(-144, 145)),
            )
            found = check(case)
            assert found == 3, (name, change)  # one on each of the three days, in spite of the change
            messages += found
    assert len(ZONES) > 400
    assert messages >= 3 * len(ZONES)


IN_TIME: tuple[OccasionState, ...] = ("not open", "open", "due", "overdue", "missed")


@MANY
@given(case=cases())
def test_a_day_has_one_state_and_time_only_leads_on(case: Case) -> None:
    zone, planned = ZoneInfo(case.zone), case.window
    done_on = civil_date(case.completed_at, zone) if case.completed_at else None
    seen: list[OccasionState] = []
    for days in range(-3, (planned.closes_on - planned.opens_on).days + 40):
        today = planned.opens_on + timedelta(days=days)
        known = done_on if done_on is not None and done_on <= today else None
        state = occasion_state(planned, completed_on=known, ends=case.ends, today=today)
        assert state == _expected(planned, known, case.ends, today)
        seen.append(state)
    for before, after in pairwise(seen):
        if before in IN_TIME and after in IN_TIME:
            assert IN_TIME.index(before) <= IN_TIME.index(after)
        elif before == "missed":
            assert after == "completed late"
        elif before == "not expected":
            assert after in ("not expected", "completed", "completed late")
        elif before.startswith("completed"):
            assert after == before


def _expected(planned: Window, done_on: date | None, ends: Ends, today: date) -> OccasionState:
    """Return the one state of a day whose own condition holds, of all of which exactly one may hold."""
    opens_on, due_on, closes_on = planned.opens_on, planned.due_on, planned.closes_on
    reached = [day for day in (ends.dead_on, ends.withdrawn_on) if day is not None and day <= closes_on]
    if ends.transplanted_on is not None and ends.transplanted_on < opens_on:
        reached.append(ends.transplanted_on)
    open_still = done_on is None and not any(day <= today for day in reached)
    holds: dict[OccasionState, bool] = {
        "completed": done_on is not None and done_on <= closes_on,
        "completed late": done_on is not None and done_on > closes_on,
        "not expected": done_on is None and not open_still,
        "not open": open_still and today < opens_on,
        "open": open_still and opens_on <= today < due_on,
        "due": open_still and today == due_on,
        "overdue": open_still and due_on < today <= closes_on,
        "missed": open_still and today > closes_on,
    }
    (state,) = (state for state, held in holds.items() if held)
    return state


@settings(MANY, max_examples=2_000)
@given(case=cases())
def test_a_window_is_civil_days_whatever_the_zone(case: Case) -> None:
    zone, planned = ZoneInfo(case.zone), case.window
    assert planned.opens_on <= planned.due_on <= planned.closes_on
    assert (planned.due_on - planned.opens_on).days == case.visit.opens
    assert (planned.closes_on - planned.due_on).days == case.visit.closes
    for now in case.runs:
        on_the_wall = now.astimezone(zone)
        assert civil_date(now, zone) == date(on_the_wall.year, on_the_wall.month, on_the_wall.day)
        untouched = occasion_state(planned, completed_on=None, ends=Ends(), today=on_the_wall.date())
        is_open = planned.opens_on <= on_the_wall.date() <= planned.closes_on
        assert (untouched in ("open", "due", "overdue")) == is_open
