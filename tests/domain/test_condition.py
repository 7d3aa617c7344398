"""Conditions, each operator on each kind of answer that it can meet; phones judge by the same table."""

import json
from pathlib import Path

import pytest

from app.domain.condition import Condition, Operator, all_hold, holds

TABLE = json.loads((Path(__file__).parents[1] / "fixtures" / "conditions.json").read_text("utf-8"))
ANSWERS = TABLE["answers"]


@pytest.mark.parametrize(("item", "operator", "value", "expected"), TABLE["cases"])
def test_an_operator(item: str, operator: Operator, value: float | str | None, *, expected: bool) -> None:
    assert holds(Condition(item=item, operator=operator, value=value), ANSWERS) is expected


def test_all_must_hold_and_none_is_no_condition() -> None:
    bad = Condition(item="pain", operator="at least", value=3)
    drinks = Condition(item="drink", operator="is", value=1)
    assert all_hold((bad,), ANSWERS)
    assert not all_hold((bad, drinks), ANSWERS)
    assert all_hold((), {})
