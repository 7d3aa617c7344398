"""Windows as civil dates, and the state that a day gives an occasion."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import (
    ANSWERABLE,
    NO_END,
    OCCASION_STATES,
    Ends,
    OccasionState,
    Window,
    civil_date,
    occasion_state,
    window,
)
from app.domain.study import Visit

WEEK_4 = Visit(code="w4", day=28, opens=7, closes=14, title={"en": "Week 4"}, instruments=("q",))
PLANNED = Window(date(2026, 1, 22), date(2026, 1, 29), date(2026, 2, 12))


def test_window_counts_days_from_the_anchor() -> None:
    assert window(WEEK_4, date(2026, 1, 1)) == PLANNED
    across_leap_day = window(WEEK_4, date(2024, 2, 1))
    assert across_leap_day.due_on == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 1, 21), "not open"),
        (date(2026, 1, 22), "open"),
        (date(2026, 1, 28), "open"),
        (date(2026, 1, 29), "due"),
        (date(2026, 1, 30), "overdue"),
        (date(2026, 2, 12), "overdue"),
        (date(2026, 2, 13), "missed"),
    ],
)
def test_each_day_of_a_window(today: date, state: OccasionState) -> None:
    assert occasion_state(PLANNED, completed_on=None, ends=NO_END, today=today) == state


def test_completed_in_the_window_and_after_it() -> None:
    later = date(2026, 6, 1)
    assert occasion_state(PLANNED, completed_on=PLANNED.closes_on, ends=NO_END, today=later) == "completed"
    after = PLANNED.closes_on + timedelta(days=1)
    assert occasion_state(PLANNED, completed_on=after, ends=NO_END, today=later) == "completed late"


def test_an_end_before_the_close_means_not_expected_and_after_it_still_missed() -> None:
    today = date(2026, 3, 1)
    assert (
        occasion_state(PLANNED, completed_on=None, ends=Ends(dead_on=PLANNED.closes_on), today=today)
        == "not expected"
    )
    after = PLANNED.closes_on + timedelta(days=1)
    assert occasion_state(PLANNED, completed_on=None, ends=Ends(dead_on=after), today=today) == "missed"


def test_an_end_that_has_not_come_changes_nothing_today() -> None:
    tomorrow = PLANNED.due_on + timedelta(days=1)
    assert (
        occasion_state(PLANNED, completed_on=None, ends=Ends(withdrawn_on=tomorrow), today=PLANNED.due_on)
        == "due"
    )


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(anchor=days, today=days, end=st.none() | days, done=st.none() | days)
def test_every_day_has_exactly_one_state(
    anchor: date, today: date, end: date | None, done: date | None
) -> None:
    planned = window(WEEK_4, anchor)
    state = occasion_state(planned, completed_on=done, ends=Ends(dead_on=end), today=today)
    assert state in OCCASION_STATES
    if state in ANSWERABLE:
        assert done is None
        assert planned.opens_on <= today <= planned.closes_on
        assert end is None or end > today or end > planned.closes_on


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Asia/Kolkata", datetime(2026, 1, 1, 18, 29, tzinfo=UTC), date(2026, 1, 1)),
        ("Asia/Kolkata", datetime(2026, 1, 1, 18, 30, tzinfo=UTC), date(2026, 1, 2)),
        ("Europe/Madrid", datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Madrid", datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Madrid", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        ("Europe/Madrid", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        ("Pacific/Kiritimati", datetime(2026, 1, 1, 10, 0, tzinfo=UTC), date(2026, 1, 2)),
    ],
)
def test_the_calendar_on_the_wall(zone: str, instant: datetime, day: date) -> None:
    assert civil_date(instant, ZoneInfo(zone)) == day
