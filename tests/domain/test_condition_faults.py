"""A condition on a number can be met only within what its item takes."""

import pytest

from app.domain.condition import Condition, Operator
from app.domain.condition_faults import condition_faults
from app.domain.instrument import Instrument, Item
from tests.fixtures.kinds import instrument


@pytest.mark.parametrize(
    ("operator", "value", "faulty"),
    [
        ("at least", 43, False),
        ("at least", 43.5, True),
        ("at most", 35, False),
        ("at most", 34, True),
        ("is", 38.5, False),
        ("is", 50, True),
        ("is not", 50, True),  # it says nothing
    ],
)
def test_a_number_that_no_answer_reaches_is_a_fault(operator: Operator, value: float, faulty: bool) -> None:
    fever = Item(code="fever", type="number", lowest=35, highest=43, decimals=1)
    asked = Instrument(name="fever", recall_days=0, choices={}, items=(fever,), scales=())
    condition = Condition(item="fever", operator=operator, value=value)
    found = list(condition_faults("when", (condition,), asked, asked.items))
    assert [fault.place for fault in found] == (["when[0].value"] if faulty else [])


@pytest.mark.parametrize(
    ("operator", "value", "grades", "found"),
    [
        ("is", "grade 2 or worse", True, None),
        ("is not", "normal", True, None),
        ("at most", 9, True, None),
        ("is", "declined", True, None),
        ("is", "grade 2", True, "grade 2"),
        ("at most", "minimal or grade 1", True, "minimal or grade 1"),
        ("is", "normal", False, "normal"),  # a question that is asked by a grade would be judged by the count
    ],
)
def test_a_grade_is_named_by_its_words_and_by_alerts_alone(
    operator: Operator, value: float | str, *, grades: bool, found: str | None
) -> None:
    asked = instrument("animal-naming")
    condition = Condition(item="animals", operator=operator, value=value)
    faults = list(condition_faults("when", (condition,), asked, asked.items, grades=grades))
    assert [fault.found for fault in faults] == ([] if found is None else [found])
    if grades and faults:
        assert "a grade: normal, minimal or grade 1, grade 2 or worse" in faults[0].allowed
