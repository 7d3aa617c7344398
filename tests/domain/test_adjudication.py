"""What readings make of a reported event."""

from datetime import date

import pytest

from app.domain.adjudication import (
    Decision,
    Event,
    EventChoice,
    Reading,
    Rule,
    SettledEvent,
    agree,
    counting,
    may_read,
    outcome,
    settled,
    shown_to,
    waits_for,
)
from app.domain.partial_date import PartialDate

STAY = Event(id=4, kind="hospital stay", started=PartialDate(2026, 3, 5), ended=PartialDate(2026, 3, 9))


def reading(
    decision: Decision, started: date | None = None, ended: date | None = None, key: int = 1
) -> Reading:
    return Reading(id=key, decision=decision, agreed_started_on=started, agreed_ended_on=ended)


CONFIRMED = reading("confirmed", date(2026, 3, 4), date(2026, 3, 10))


def test_the_last_reading_counts() -> None:
    assert outcome([]) == "reported"
    assert outcome([reading("refuted"), CONFIRMED]) == "confirmed"
    assert outcome([CONFIRMED, reading("needs information", key=2)]) == "needs information"


@pytest.mark.parametrize("events", ["confirmed", "all"])
def test_a_confirmed_event_counts_on_its_agreed_dates(events: EventChoice) -> None:
    assert settled(STAY, [CONFIRMED], events=events) == SettledEvent(
        event_id=4,
        reading_id=1,
        kind="hospital stay",
        started_on=date(2026, 3, 4),
        ended_on=date(2026, 3, 10),
        confirmed=True,
    )


@pytest.mark.parametrize(
    "readings", [[], [reading("needs information")], [CONFIRMED, reading("needs information")]]
)
def test_an_open_event_counts_only_among_all_on_its_reported_dates(readings: list[Reading]) -> None:
    assert settled(STAY, readings, events="confirmed") is None
    assert settled(STAY, readings, events="all") == SettledEvent(
        event_id=4,
        reading_id=None,
        kind="hospital stay",
        started_on=date(2026, 3, 5),
        ended_on=date(2026, 3, 9),
        confirmed=False,
    )


@pytest.mark.parametrize("events", ["confirmed", "all"])
def test_a_refuted_event_never_counts(events: EventChoice) -> None:
    assert settled(STAY, [CONFIRMED, reading("refuted")], events=events) is None


def started(month: int | None, day: int | None, not_before: date | None = None) -> date:
    event = Event(id=1, kind="death", started=PartialDate(2026, month, day))
    counted = settled(event, [], events="all", not_before=not_before)
    assert counted is not None
    return counted.started_on


def test_a_partly_known_date_means_its_first_day() -> None:
    assert started(None, None) == date(2026, 1, 1)
    assert started(3, None) == date(2026, 3, 1)


def test_a_partly_known_date_does_not_mean_a_day_before_day_0() -> None:
    assert started(None, None, not_before=date(2026, 2, 10)) == date(2026, 2, 10)
    assert started(3, None, not_before=date(2026, 2, 10)) == date(2026, 3, 1)


def test_a_date_that_must_lie_before_day_0_stays_there() -> None:
    assert started(1, None, not_before=date(2026, 2, 10)) == date(2026, 1, 1)
    assert started(2, 9, not_before=date(2026, 2, 10)) == date(2026, 2, 9)


@pytest.mark.parametrize("readings", [[], [reading("confirmed", date(2026, 3, 20))]])
def test_a_stay_never_ends_before_it_starts(readings: list[Reading]) -> None:
    stay = Event(id=1, kind="hospital stay", started=PartialDate(2026, 3, 20), ended=PartialDate(2026, 3))
    counted = settled(stay, readings, events="all")
    assert counted is not None
    assert counted.ended_on == counted.started_on == date(2026, 3, 20)


def test_an_end_that_only_the_report_knows_is_kept() -> None:
    counted = settled(STAY, [reading("confirmed", date(2026, 3, 4))], events="confirmed")
    assert counted is not None
    assert counted.ended_on == date(2026, 3, 9)


TWO = Rule(readings=2)
DAY, NEXT = date(2026, 3, 4), date(2026, 3, 5)


def by(reader: str, decision: Decision, started: date | None = None, key: int = 1, of: int = 0) -> Reading:
    return Reading(
        id=key, decision=decision, agreed_started_on=started, duplicate_of=of or None, read_by=reader
    )


@pytest.mark.parametrize(
    ("readings", "decided", "speaks"),
    [
        ([], "reported", None),
        ([by("a", "confirmed", DAY)], "reported", None),
        ([by("a", "needs information")], "reported", None),
        ([by("a", "confirmed", DAY), by("a", "confirmed", DAY, 2)], "reported", None),
        ([by("a", "confirmed", DAY), by("b", "confirmed", DAY, 2)], "confirmed", 1),
        ([by("a", "refuted"), by("b", "refuted", key=2)], "refuted", 1),
        ([by("a", "confirmed", DAY), by("b", "confirmed", NEXT, 2)], "disagreement", None),
        ([by("a", "confirmed", DAY), by("b", "refuted", key=2)], "disagreement", None),
        ([by("a", "duplicate", of=7), by("b", "duplicate", key=2, of=7)], "duplicate", 1),
        ([by("a", "duplicate", of=7), by("b", "duplicate", key=2, of=8)], "disagreement", None),
        ([by("a", "confirmed", DAY), by("b", "needs information", key=2)], "needs information", 2),
        ([by("a", "refuted"), by("b", "confirmed", DAY, 2), by("c", "refuted", key=3)], "refuted", 3),
        (
            [by("a", "refuted"), by("b", "needs information", key=2), by("b", "refuted", key=3)],
            "refuted",
            1,
        ),
        ([by("import:old", "confirmed", DAY)], "confirmed", 1),
        ([by("import:old", "confirmed", DAY), by("a", "refuted", key=2)], "confirmed", 1),
        (
            [by("import:old", "confirmed", DAY), by("a", "refuted", key=2), by("b", "refuted", key=3)],
            "refuted",
            2,
        ),
    ],
)
def test_two_have_to_agree_and_a_third_decides(
    readings: list[Reading], decided: str, speaks: int | None
) -> None:
    found = counting(readings, TWO)
    assert outcome(readings, TWO) == decided
    assert (found.id if found else None) == speaks


@pytest.mark.parametrize("events", ["confirmed", "all"])
def test_two_dates_within_the_tolerance_agree_and_the_first_counts(events: EventChoice) -> None:
    readings = [by("a", "confirmed", NEXT), by("b", "confirmed", DAY, 2)]
    counted = settled(STAY, readings, events=events, rule=Rule(readings=2, tolerance_days=1))
    assert counted is not None
    assert (counted.started_on, counted.reading_id, counted.confirmed) == (NEXT, 1, True)
    assert settled(STAY, readings, events="confirmed", rule=TWO) is None


def test_an_end_that_only_one_of_two_gave_is_a_disagreement() -> None:
    one = reading("confirmed", DAY, date(2026, 3, 9))
    assert not agree(one, reading("confirmed", DAY), tolerance_days=31)
    assert agree(one, reading("confirmed", DAY, date(2026, 3, 10)), tolerance_days=1)


@pytest.mark.parametrize("events", ["confirmed", "all"])
@pytest.mark.parametrize("rule", [Rule(), TWO])
def test_a_duplicate_never_counts(events: EventChoice, rule: Rule) -> None:
    readings = [by("a", "duplicate", of=7), by("b", "duplicate", key=2, of=7)]
    assert settled(STAY, readings, events=events, rule=rule) is None


def test_who_is_asked_and_what_they_see() -> None:
    first = [by("a", "refuted")]
    assert [may_read([], reader=who, rule=TWO) for who in "ab"] == [True, True]
    assert shown_to(first, reader="b", rule=TWO) == []
    assert shown_to(first, reader="a", rule=TWO) == first
    assert [waits_for(first, reader=who, rule=TWO) for who in "ab"] == [False, True]
    agreed = [*first, by("b", "refuted", key=2)]
    assert [may_read(agreed, reader=who, rule=TWO) for who in "abc"] == [True, True, False]
    differing = [*first, by("b", "confirmed", DAY, 2)]
    assert [may_read(differing, reader=who, rule=TWO) for who in "abc"] == [False, False, True]
    assert [waits_for(differing, reader=who, rule=TWO) for who in "abc"] == [False, False, True]
    assert shown_to(differing, reader="c", rule=TWO) == differing
    third = [*differing, by("c", "confirmed", NEXT, 3)]
    assert [may_read(third, reader=who, rule=TWO) for who in "abcd"] == [True, True, True, False]
    assert not any(waits_for(third, reader=who, rule=TWO) for who in "abcd")


def test_who_needs_information_is_waited_for() -> None:
    unsure = [by("a", "needs information"), by("b", "refuted", key=2)]
    assert [waits_for(unsure, reader=who, rule=TWO) for who in "abc"] == [True, False, False]
    assert not may_read(unsure, reader="c", rule=TWO)


def test_with_one_reading_everybody_sees_all_and_may_correct_it() -> None:
    readings = [by("a", "refuted")]
    assert shown_to(readings, reader="b", rule=Rule()) == readings
    assert may_read(readings, reader="b", rule=Rule())
    assert not waits_for(readings, reader="b", rule=Rule())
    assert waits_for([], reader="b", rule=Rule())
