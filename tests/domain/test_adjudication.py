"""What readings make of a reported event."""

from datetime import date

import pytest

from app.domain.adjudication import Decision, Event, EventChoice, Reading, SettledEvent, outcome, settled
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
