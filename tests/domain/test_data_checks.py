"""Contradictions are found, and what a partly known date leaves possible is none."""

from datetime import date, timedelta

import pytest

from app.domain.data_checks import Facts, Given, Span, findings

DAY_0 = date(2026, 1, 5)


def day(number: int) -> date:
    return DAY_0 + timedelta(days=number)


def stay(event_id: int, first: int, last: int | None = None, *, width: int = 0) -> Span:
    """A stay from one day to another, each known to so many days more."""
    return Span(
        event_id=event_id,
        first=day(first),
        last=day(first + width),
        ended_first=None if last is None else day(last),
        ended_last=None if last is None else day(last + width),
    )


def found(**facts: object) -> list[tuple[str, str]]:
    known = {"participant_id": 7, "consented_on": DAY_0, "randomised_on": DAY_0} | facts
    return [(each.name, each.field) for each in findings(Facts(**known))]  # type: ignore[arg-type]


def test_nothing_is_wrong() -> None:
    given = Given(response_id=3, on=day(7), opened_on=day(0), closed_on=day(7))
    assert (
        found(stays=[stay(1, 3, 5), stay(2, 5, 8)], deaths=[stay(4, 9)], alive_on=[day(9)], given=[given])
        == []
    )


def test_a_discharge_before_the_admission() -> None:
    assert found(stays=[stay(1, 5, 3)]) == [("stay-order:1", "ended")]
    assert found(stays=[stay(1, 5, 3, width=30)]) == []


def test_stays_that_share_a_night_are_asked_about_once_whatever_their_order() -> None:
    asked = [("stays-overlap:2:1", "started")]
    assert found(stays=[stay(1, 3, 6), stay(2, 5, 8)]) == asked
    assert found(stays=[stay(2, 5, 8), stay(1, 3, 6)]) == asked
    assert found(stays=[stay(1, 3, 8), stay(2, 3, 8)]) == asked
    assert found(stays=[stay(1, 3), stay(2, 5, 8)]) == []
    assert found(stays=[stay(1, 3, 6, width=30), stay(2, 5, 8)]) == []


def test_alive_after_a_death() -> None:
    assert found(deaths=[stay(4, 9)], alive_on=[day(8), day(10), day(12)]) == [
        ("alive-after-death:4", "started")
    ]
    assert found(deaths=[stay(4, 9, width=3)], alive_on=[day(12)]) == []


def test_answers_outside_their_window() -> None:
    for on, wrong in ((-1, True), (0, False), (7, False), (8, True)):
        given = Given(response_id=3, on=day(on), opened_on=day(0), closed_on=day(7))
        assert found(given=[given]) == ([("outside-window:3", "")] if wrong else [])


def test_a_consent_after_the_randomisation() -> None:
    assert found(consented_on=day(1)) == [("consent-late:7", "consented_on")]
    assert found(consented_on=day(1), randomised_on=None) == []
    assert found(consented_on=None) == []


@pytest.mark.parametrize(
    ("birth_year", "wrong"),
    [
        (2008, False),  # turned 18 in 2026, perhaps before the enrolment on 5 January
        (2009, True),  # 17 at most
        (1945, False),  # 80 still, where the birthday came later in the year
        (1944, True),  # 81 at least
        (None, False),
    ],
)
def test_an_age_that_the_study_does_not_allow(birth_year: int | None, wrong: bool) -> None:
    asked = [("age:7", "enrolled_on")] if wrong else []
    assert found(enrolled_on=DAY_0, birth_year=birth_year, ages=(18, 80)) == asked


def test_without_limits_only_what_nobody_reaches_is_asked_about() -> None:
    assert found(enrolled_on=DAY_0, birth_year=1905) == []
    assert found(enrolled_on=DAY_0, birth_year=2026) == []
    assert found(enrolled_on=DAY_0, birth_year=2027) == [("age:7", "enrolled_on")]
    assert found(enrolled_on=DAY_0, birth_year=1904) == [("age:7", "enrolled_on")]
