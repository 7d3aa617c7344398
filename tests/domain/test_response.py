"""Which of the values ever given counts, whatever order they arrive in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.domain.response import GivenAnswer, counting, placed, until_sent

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def given(
    value: int, minutes: float, *, item: str = "itch", device: str = "a", sequence: int | None = None
) -> GivenAnswer:
    """Return an answer given some minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return GivenAnswer(item, value, at, f"{device}{value}", device, sequence)


def test_the_answer_given_last_counts_whichever_arrives_last() -> None:
    assert counting([given(1, 5), given(2, 3, device="b")], None) == {"itch": 1}
    assert counting([given(2, 3, device="b"), given(1, 5)], None) == {"itch": 1}


def test_of_two_given_at_once_the_one_stored_last_counts() -> None:
    assert counting([given(1, 5), given(2, 5)], None) == {"itch": 2}


def test_an_answer_taken_back_counts_as_none() -> None:
    taken_back = replace(given(1, 6), value=None)
    assert counting([given(1, 5), taken_back], None) == {"itch": None}


def test_what_was_given_after_the_sending_never_counts() -> None:
    sent_at = NOON + timedelta(minutes=4)
    answers = [given(1, 3), given(2, 5), given(0, 4, item="sleep")]
    assert counting(answers, sent_at) == {"itch": 1, "sleep": 0}
    assert until_sent(answers, sent_at) == [answers[0], answers[2]]


@pytest.mark.parametrize("arriving", list(permutations(range(3))))
def test_answers_of_one_phone_keep_its_order_whatever_the_network_and_its_clock_do(
    arriving: tuple[int, ...],
) -> None:
    # The first waited on its way for long; before the third the clock was put back.
    told = [given(0, 30, sequence=7), given(1, 10, sequence=8), given(2, 2, sequence=12)]
    stored: list[GivenAnswer] = []
    for number in arriving:
        stored.append(placed(told[number], stored))
    assert counting(stored, None) == {"itch": 2}
    assert [each.sequence for each in sorted(stored, key=lambda each: each.given_at)] == [7, 8, 12]


def test_the_order_of_another_phone_or_another_question_says_nothing() -> None:
    stored = [given(1, 10, sequence=9), given(2, 10, item="sleep", sequence=9)]
    new = given(3, 5, device="b", sequence=10)
    assert placed(new, stored) == new


def test_an_answer_without_a_place_stays_where_it_is() -> None:
    new = given(3, 5)
    assert placed(new, [given(1, 10, sequence=9)]) == new
