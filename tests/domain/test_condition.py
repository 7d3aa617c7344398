"""Conditions, each operator on each kind of answer that it can meet."""

import pytest

from app.domain.condition import Condition, Operator, all_hold, holds

ANSWERS = {"pain": 3, "where": [1, 4], "drink": "declined", "weight": 71.5, "taken_back": None}


@pytest.mark.parametrize(
    ("item", "operator", "value", "expected"),
    [
        ("pain", "is", 3, True),
        ("pain", "is", 4, False),
        ("pain", "is not", 4, True),
        ("pain", "at least", 3, True),
        ("pain", "at least", 4, False),
        ("pain", "at most", 3, True),
        ("weight", "at most", 71.4, False),
        ("where", "includes", 4, True),
        ("where", "includes", 2, False),
        ("pain", "includes", 3, False),
        ("pain", "answered", None, True),
        ("drink", "answered", None, True),
        ("drink", "is", "declined", True),
        ("drink", "at least", 0, False),
        ("taken_back", "is not", 1, False),
        ("never_asked", "is not", 1, False),
        ("never_asked", "answered", None, False),
    ],
)
def test_an_operator(item: str, operator: Operator, value: float | str | None, *, expected: bool) -> None:
    assert holds(Condition(item=item, operator=operator, value=value), ANSWERS) is expected


def test_all_must_hold_and_none_is_no_condition() -> None:
    bad = Condition(item="pain", operator="at least", value=3)
    drinks = Condition(item="drink", operator="is", value=1)
    assert all_hold((bad,), ANSWERS)
    assert not all_hold((bad, drinks), ANSWERS)
    assert all_hold((), {})
