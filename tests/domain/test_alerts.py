"""A rule is met when all of its conditions hold for the answers of its instrument."""

import pytest

from app.domain.alerts import looked_at, met, rules_of
from app.domain.answer import AnswerValue
from tests.fixtures.alarming import REFUSED, WORST

RULES = (WORST, REFUSED)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"itch": 4}, []),
        ({"itch": 4, "sleep": 3}, []),
        ({"itch": 4, "sleep": 4}, ["worst"]),
        ({"itch": 4, "sleep": "declined"}, ["refused"]),
        ({"itch": 4, "sleep": None}, []),
    ],
)
def test_a_rule_is_met_when_all_of_it_holds(answers: dict[str, AnswerValue], expected: list[str]) -> None:
    assert [rule.code for rule in met(RULES, "itch", answers)] == expected


def test_a_rule_looks_at_its_own_instrument_only() -> None:
    assert met(RULES, "rest", {"itch": 4, "sleep": 4}) == ()
    assert rules_of(RULES, "rest") == ()


def test_what_a_rule_looked_at_is_what_its_conditions_name() -> None:
    assert looked_at(REFUSED, {"itch": 4, "sleep": "declined"}) == {"sleep": "declined"}
