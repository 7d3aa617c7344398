"""How a repeating visit comes back, by the calendar."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.codes import DefinitionFault
from app.domain.schedule import windows
from app.domain.study import ReminderStep, Study, Visit
from app.domain.visit import Repeats, Unit, months_after, occurrences
from app.domain.visit_faults import visit_faults
from tests.fixtures.study import STUDY

YEARLY = Visit(
    code="year",
    day=0,
    opens=30,
    closes=60,
    title={"en": "Year {number}", "ar": "السنة {number}"},
    instruments=("itch",),
    repeats=Repeats(unit="year", times=5),
)


def due(unit: Unit, anchor_on: date, day: int = 0, **repeats: Any) -> list[date]:  # noqa: ANN401 - ints and None
    visit = replace(YEARLY, day=day, repeats=Repeats(unit=unit, **repeats))
    return [each.due_on(anchor_on) for each in occurrences(visit)]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 15), 14, date(2028, 1, 15)),
        (date(2026, 8, 31), 0, date(2026, 8, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert months_after(day, months) == later


def test_each_time_is_counted_from_the_anchor_and_not_from_the_time_before() -> None:
    assert due("month", date(2026, 1, 31), times=3) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert due("year", date(2024, 2, 29), times=4)[-1] == date(2028, 2, 29)


def test_weeks_every_other_time_the_first_number_and_days_added() -> None:
    assert due("week", date(2026, 1, 1), times=2) == [date(2026, 1, 8), date(2026, 1, 15)]
    assert due("week", date(2026, 1, 1), first=0, every=2, times=2) == [date(2026, 1, 1), date(2026, 1, 15)]
    assert due("month", date(2026, 1, 31), day=3, every=3, times=2) == [date(2026, 5, 3), date(2026, 8, 3)]


@pytest.mark.parametrize(
    ("unit", "repeats", "numbers"),
    [
        ("year", {"until_day": 1825}, [1, 2, 3, 4, 5]),
        ("year", {"until_day": 1824}, [1, 2, 3, 4]),
        ("month", {"every": 3, "until_day": 730}, [3, 6, 9, 12, 15, 18, 21, 24]),
        ("week", {"first": 4, "every": 4, "until_day": 84}, [4, 8, 12]),
        ("week", {"first": 0, "every": 26, "times": 3}, [0, 26, 52]),
    ],
)
def test_times_have_their_number_in_code_and_title(
    unit: Unit, repeats: dict[str, int], numbers: list[int]
) -> None:
    times = occurrences(replace(YEARLY, repeats=Repeats(unit=unit, **repeats)))
    assert [each.code for each in times] == [f"year-{number}" for number in numbers]
    assert [each.title["en"] for each in times] == [f"Year {number}" for number in numbers]
    assert times[0].title["ar"] == f"السنة {numbers[0]}"


def study(*visits: Visit) -> Study:
    return replace(STUDY, visits=(*STUDY.visits, *visits))


def test_each_time_is_a_visit_of_the_study() -> None:
    yearly = study(YEARLY)
    planned = windows(yearly, {"randomisation": date(2024, 2, 29)})
    assert list(planned) == ["d0", "w4", "year-1", "year-2", "year-3", "year-4", "year-5"]
    assert planned["year-1"].due_on == date(2025, 2, 28)
    assert yearly.visit("year-2").title["en"] == "Year 2"
    assert yearly.visit("year-2").day == 730
    with pytest.raises(KeyError):
        yearly.visit("year")


def test_a_reminder_of_a_repeating_visit_is_one_of_each_time() -> None:
    def of(*visits: str) -> ReminderStep:
        return replace(STUDY.reminders[0], code="-".join(visits), visits=visits)

    steps = (of("year"), of("year-2"), of("w4"))
    yearly = replace(study(YEARLY), reminders=steps)
    assert yearly.reminders_of("year-1") == steps[:1]
    assert yearly.reminders_of("year-2") == steps[:2]


def found(study: Study, instruments: Collection[str] = ("itch",)) -> list[DefinitionFault]:
    return list(visit_faults(study, instruments))


def test_a_sound_repeat_has_no_fault() -> None:
    assert found(study(YEARLY)) == []
    assert found(study(replace(YEARLY, repeats=Repeats(unit="month", every=6, until_day=1825)))) == []


@pytest.mark.parametrize(
    ("repeats", "place", "allowed"),
    [
        (Repeats(unit="year"), "", "one of times, until_day"),
        (Repeats(unit="year", times=1, until_day=400), "", "one of times, until_day"),
        (Repeats(unit="year", times=0), ".times", "1 to 600"),
        (Repeats(unit="week", times=601), ".times", "1 to 600"),
        (Repeats(unit="year", every=0, times=2), ".every", "1 to 100"),
        (Repeats(unit="year", first=-1, times=2), ".first", "0 to 100"),
        (Repeats(unit="year", every=50, times=3), ".times", "times until day 36600"),
        (Repeats(unit="year", until_day=364), ".until_day", "a day after the first time"),
        (Repeats(unit="week", until_day=36600), ".until_day", "at most 600 times"),
    ],
)
def test_a_repeat_that_cannot_be(repeats: Repeats, place: str, allowed: str) -> None:
    (fault,) = found(study(replace(YEARLY, repeats=repeats)))
    assert fault.place == f"visits[2].repeats{place}"
    assert allowed in fault.allowed


def test_titles_tell_times_apart_and_codes_are_free() -> None:
    nameless = replace(YEARLY, title={"en": "Each year", "ar": "السنة {number}"})
    assert [fault.place for fault in found(study(nameless))] == ["visits[2].title.en"]
    taken = replace(STUDY.visits[0], code="year-3", day=200)
    assert [(each.place, each.found) for each in found(study(YEARLY, taken))] == [
        ("visits[3].code", '"year-3"')
    ]
    assert [each.place for each in found(study(replace(YEARLY, code="y" * 35)))] == ["visits[2].code"]


def test_windows_of_all_times_are_kept_apart_whatever_day_0_is() -> None:
    monthly = Repeats(unit="month", times=12)
    # Between 31 January and 28 February lie 28 days; 27 of them can belong to the two windows.
    fits = replace(YEARLY, code="month", day=20, opens=3, closes=24, repeats=monthly)
    assert found(study(fits)) == []
    (fault,) = found(study(replace(fits, closes=25)))
    assert fault.place == "visits[2]"
    assert fault.allowed == "windows that do not overlap"
    assert found(study(replace(YEARLY, opens=322, closes=0))) == []
    assert [each.place for each in found(study(replace(YEARLY, opens=323, closes=0)))] == ["visits[2]"]


def test_visits_with_another_anchor_are_not_compared() -> None:
    other = replace(STUDY.visits[0], code="other", anchor="consent")
    assert found(study(other)) == []
    assert [each.place for each in found(study(replace(other, anchor=None)))] == ["visits[2]"]


def test_an_infusion_is_no_anchor_where_it_tells_the_arm_or_there_is_none() -> None:
    infused = study(replace(STUDY.visits[0], code="other", anchor="infusion"))
    assert "the arm" in found(infused)[0].allowed
    assert found(replace(infused, blinding="none")) == []
    (fault,) = found(replace(infused, blinding="none", product_lots=()))
    assert "no product lots" in fault.allowed
    assert [each.place for each in found(replace(STUDY, anchor="infusion"))] == ["anchor"]
