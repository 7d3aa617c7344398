"""Which reminder is owed, when, and what it may say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.quiet_hours import QuietHours
from app.domain.reminders import (
    Reachable,
    by_hand,
    filled,
    is_quiet,
    leaves_at,
    retry_at,
    step_due_on,
    step_in_force,
    unknown_placeholders,
    wanted_steps,
    why_not_owed,
)
from app.domain.schedule import OCCASION_STATES, OccasionState, Window
from app.domain.study import ReminderStep
from tests.fixtures.study import STUDY

WINDOW = Window(date(2026, 3, 1), date(2026, 3, 8), date(2026, 3, 22))
STEPS = tuple(
    ReminderStep(code=code, days_after_due=days, channel="email", subject={}, body={})
    for code, days in (("late", 7), ("early", -3), ("due", 0))
)
WELL = Reachable(has_address=True, dead=False, contact_withdrawn=False, answers_withdrawn=False)


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 3, 4), None),
        (date(2026, 3, 5), "early"),
        (date(2026, 3, 7), "early"),
        (date(2026, 3, 8), "due"),
        (date(2026, 3, 14), "due"),
        (date(2026, 3, 15), "late"),
        (date(2027, 1, 1), "late"),
    ],
)
def test_only_the_last_step_whose_day_has_come_is_in_force(today: date, step: str | None) -> None:
    found = step_in_force(STEPS, WINDOW, today)
    assert (found.code if found else None) == step


def test_a_step_falls_before_or_after_the_due_day() -> None:
    assert [step_due_on(step, WINDOW).day for step in STEPS] == [15, 5, 8]


def step(code: str = "step", **timing: Any) -> ReminderStep:  # noqa: ANN401 - each timing has its own type
    return ReminderStep(code=code, channel="email", subject={}, body={}, **timing)


@pytest.mark.parametrize(
    ("timing", "falls_on"),
    [
        ({"on_opening": True}, date(2026, 3, 1)),
        ({"days_after_opening": 0}, date(2026, 3, 1)),
        ({"days_after_opening": 3}, date(2026, 3, 4)),
        ({"days_after_due": 0}, date(2026, 3, 8)),
        ({"days_after_due": -2}, date(2026, 3, 6)),
        ({"days_before_closing": 0}, date(2026, 3, 22)),
        ({"days_before_closing": 5}, date(2026, 3, 17)),
    ],
)
def test_a_step_is_counted_from_what_it_names(timing: dict[str, Any], falls_on: date) -> None:
    assert step(**timing).timings == tuple(timing)
    assert step_due_on(step(**timing), WINDOW) == falls_on


def test_a_step_outside_the_window_is_none_of_this_visit() -> None:
    early, late = step("early", days_after_due=-8), step("late", days_after_opening=22)
    assert step_in_force([early, late], WINDOW, WINDOW.opens_on) is None
    assert step_in_force([early, late], WINDOW, WINDOW.closes_on) is None
    last = step("last", days_before_closing=0)
    assert step_in_force([early, late, last], WINDOW, WINDOW.closes_on) == last


def test_of_two_steps_on_one_day_the_first_in_the_study_is_sent() -> None:
    one, other = step("one", days_after_opening=7), step("other", days_after_due=0)
    assert step_in_force([one, other], WINDOW, WINDOW.due_on) == one
    assert step_in_force([other, one], WINDOW, WINDOW.due_on) == other


def test_steps_of_some_visits_are_kept_from_the_others() -> None:
    everywhere, once = step("all", on_opening=True), replace(step("once", on_opening=True), visits=("w4",))
    study = replace(STUDY, reminders=(everywhere, once))
    assert study.reminders_of("w4") == (everywhere, once)
    assert study.reminders_of("d0") == (everywhere,)


@pytest.mark.parametrize(
    ("hours", "awake"),
    [
        (QuietHours(), range(8, 20)),
        (QuietHours(22, 9), range(9, 22)),
        (QuietHours(0, 7), range(7, 24)),
        (QuietHours(2, 20), (0, 1, 20, 21, 22, 23)),
    ],
)
def test_hours_to_choose_are_those_that_are_not_quiet(hours: QuietHours, awake: Iterable[int]) -> None:
    assert hours.awake == tuple(awake)
    for hour in range(24):
        assert hours.hold(time(hour, 59)) is (hour not in hours.awake)


def test_an_hour_that_has_become_a_quiet_one_is_no_wish_any_more() -> None:
    now = utc(3, 10, 12)
    kept = leaves_at(now, MADRID, hour=8, closes_on=date(2026, 12, 31), quiet=QuietHours(20, 8))
    assert kept == utc(3, 11, 7)
    assert leaves_at(now, MADRID, hour=8, closes_on=date(2026, 12, 31), quiet=QuietHours(20, 9)) == now


@pytest.mark.parametrize("state", OCCASION_STATES)
def test_owed_while_answers_can_be_given_and_else_not(state: OccasionState) -> None:
    wanted = {
        "not open": "not open",
        "completed": "completed",
        "completed late": "completed",
        "missed": "closed",
        "not expected": "transplanted",
    }
    assert why_not_owed(state, WELL) == wanted.get(state)


@pytest.mark.parametrize("state", OCCASION_STATES)
def test_never_to_the_dead_or_to_who_withdrew(state: OccasionState) -> None:
    def reachable(*, dead: bool = False, contact: bool = False, answers: bool = False) -> Reachable:
        return Reachable(has_address=True, dead=dead, contact_withdrawn=contact, answers_withdrawn=answers)

    assert why_not_owed(state, reachable(dead=True, contact=True)) == "dead"
    assert why_not_owed(state, reachable(contact=True)) == "withdrawn"
    assert why_not_owed(state, reachable(answers=True)) == "withdrawn"


def test_nobody_without_an_address() -> None:
    nowhere = Reachable(has_address=False, dead=False, contact_withdrawn=False, answers_withdrawn=False)
    assert why_not_owed("due", nowhere) == "no address"


@pytest.mark.parametrize(
    ("utc", "quiet"),
    [
        # Madrid goes from UTC+1 to UTC+2 on 29 March 2026 and back on 25 October 2026.
        (datetime(2026, 3, 28, 6, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 28, 7, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 17, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 18, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 19, 0, tzinfo=UTC), True),
    ],
)
def test_quiet_from_20_to_8_on_the_participants_clock(utc: datetime, quiet: bool) -> None:
    assert is_quiet(utc, ZoneInfo("Europe/Madrid"), QuietHours()) is quiet


def test_tried_again_ever_later() -> None:
    planned = datetime(2026, 3, 8, 9, tzinfo=UTC)
    assert retry_at(planned, planned) == planned + timedelta(minutes=15)
    assert retry_at(planned, planned + timedelta(hours=1)) == planned + timedelta(hours=2)


def test_placeholders_are_a_closed_set_and_nothing_is_evaluated() -> None:
    text = "{visit} until {closes}: {link} {site} {phone} {due}"
    values = {name: name.upper() for name in ("visit", "closes", "link", "site", "phone", "due")}
    assert filled(text, values) == "VISIT until CLOSES: LINK SITE PHONE DUE"
    assert unknown_placeholders(text) == []
    assert unknown_placeholders("{name} {link.__class__} {} {0}") == ["name", "link.__class__", "", "0"]
    with pytest.raises(KeyError):
        filled("{link.__class__}", values)
    assert filled("{link}", {"link": "{phone}"}) == "{phone}"  # what is filled in is not filled again


def test_by_hand_is_a_step_of_its_day() -> None:
    assert by_hand(date(2026, 3, 8)) == "by-hand:2026-03-08"


@pytest.mark.parametrize("state", OCCASION_STATES)
def test_a_stop_or_a_pause_holds_back_what_would_be_owed(state: OccasionState) -> None:
    well = why_not_owed(state, WELL)
    assert why_not_owed(state, replace(WELL, stopped=True, paused=True)) == (well or "stopped")
    assert why_not_owed(state, replace(WELL, paused=True)) == (well or "paused")


def test_a_withdrawal_and_a_death_win_over_what_was_chosen() -> None:
    chosen = replace(WELL, stopped=True, paused=True)
    assert why_not_owed("due", replace(chosen, contact_withdrawn=True)) == "withdrawn"
    assert why_not_owed("due", replace(chosen, dead=True)) == "dead"


def test_steps_are_those_of_the_chosen_channel_while_the_study_has_it() -> None:
    other = replace(STEPS[0], code="other", channel="sms")
    both = (*STEPS, other)
    assert wanted_steps(both, None) == both
    assert list(wanted_steps(both, "sms")) == [other]
    assert list(wanted_steps(both, "email")) == list(STEPS)
    assert wanted_steps(both, "pigeon") == both


MADRID = ZoneInfo("Europe/Madrid")


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hour", "leaves"),
    [
        pytest.param(utc(3, 10, 7), 17, utc(3, 10, 16), id="later today"),
        pytest.param(utc(3, 10, 16, 40), 17, utc(3, 10, 16, 40), id="within the hour: now"),
        pytest.param(utc(3, 10, 18), 17, utc(3, 11, 16), id="tomorrow"),
        pytest.param(utc(3, 10, 7), None, utc(3, 10, 7), id="no wish: now"),
        pytest.param(utc(3, 10, 23, 30), 9, utc(3, 11, 8), id="after midnight on their clock"),
        # Madrid goes from UTC+1 to UTC+2 on 29 March 2026 and back on 25 October 2026.
        pytest.param(utc(3, 28, 12), 9, utc(3, 29, 7), id="the night before spring forward"),
        pytest.param(utc(3, 27, 12), 9, utc(3, 28, 8), id="a day earlier it is another hour of UTC"),
        pytest.param(utc(10, 24, 12), 9, utc(10, 25, 8), id="the night before fall back"),
        pytest.param(utc(10, 23, 12), 9, utc(10, 24, 7), id="and a day before that"),
        pytest.param(utc(3, 28, 23), 2, utc(3, 29, 1), id="an hour that the day leaves out: one later"),
        pytest.param(utc(10, 24, 21), 2, utc(10, 25, 0), id="an hour that comes twice: the first"),
    ],
)
def test_it_leaves_in_the_chosen_hour_of_their_own_clock(
    now: datetime, hour: int | None, leaves: datetime
) -> None:
    short = QuietHours(20, 2)
    assert leaves_at(now, MADRID, hour=hour, closes_on=date(2026, 12, 31), quiet=short) == leaves


def test_a_message_does_not_wait_for_an_hour_after_the_visit_has_closed() -> None:
    evening = utc(3, 10, 18)
    ends = {date(2026, 3, 10): evening, date(2026, 3, 11): utc(3, 11, 16)}
    for closes_on, leaves in ends.items():
        assert leaves_at(evening, MADRID, hour=17, closes_on=closes_on, quiet=QuietHours()) == leaves
