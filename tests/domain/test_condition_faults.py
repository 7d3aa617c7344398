"""A condition on a number can be met only within what its item takes."""

import pytest

from app.domain.condition import Condition, Operator
from app.domain.condition_faults import condition_faults
from app.domain.instrument import Instrument, Item


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
