"""What is wrong with conditions on the answers of a questionnaire."""

from collections.abc import Iterator, Sequence
from math import inf

from app.domain.animal_naming import GRADES
from app.domain.answer import DECLINED, number_range
from app.domain.codes import DefinitionFault, listed, quoted
from app.domain.condition import Condition, Operator
from app.domain.instrument import Instrument, Item, ItemType

COMPARABLE: tuple[ItemType, ...] = ("choice", "number", "visual-analogue", "animal-naming")
"""The types of items whose answer is one number."""


def condition_faults(
    place: str,
    conditions: Sequence[Condition],
    instrument: Instrument,
    items: Sequence[Item],
    *,
    named: str = "an item that stands before it and is answered",
    grades: bool = False,
) -> Iterator[DefinitionFault]:
    """Find conditions that can never be judged; `items` are those that may be named, `named` says which.

    With `grades` a condition on an Animal Naming Test may name its grade in place of a count.
    """
    by_code = {item.code: item for item in items if item.is_answered}
    rests_on = frozenset({"items", "choices"})
    for number, condition in enumerate(conditions):
        item = by_code.get(condition.item)
        if item is None:
            allowed = f"{named}: {listed(by_code)}"
            yield DefinitionFault(f"{place}[{number}].item", quoted(condition.item), allowed, rests_on)
            continue
        fitting = fitting_operators(item)
        if condition.operator not in fitting:
            allowed = f"for an item of type {item.type}: {listed(fitting)}"
            found = quoted(condition.operator)
            yield DefinitionFault(f"{place}[{number}].operator", found, allowed, rests_on)
        elif not (_fits(instrument, item, condition) or (grades and _names_grade(item, condition))):
            allowed = _values(instrument, item, condition.operator)
            if grades and item.type == "animal-naming":
                allowed += f', or with "is" and "is not" a grade: {listed(GRADES)}'
            found = "nothing" if condition.value is None else str(condition.value)
            yield DefinitionFault(f"{place}[{number}].value", found, allowed, rests_on)


def fitting_operators(item: Item) -> tuple[Operator, ...]:
    """Return the operators that the answers of an item can be held against."""
    if item.type in COMPARABLE:
        return ("is", "is not", "at least", "at most", "answered")
    equal: tuple[Operator, ...] = ("is", "is not") if item.may_decline else ()
    return (*equal, "includes", "answered") if item.type == "choices" else (*equal, "answered")


def _fits(instrument: Instrument, item: Item, condition: Condition) -> bool:
    value, operator = condition.value, condition.operator
    if operator == "answered":
        return value is None
    if value == DECLINED:
        return operator in ("is", "is not") and item.may_decline
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if item.type in ("choice", "choices"):
        return value in instrument.choices.get(item.choices, ())
    lowest, highest = _range(item)
    reached = {"at least": value <= highest, "at most": value >= lowest}
    return item.type in COMPARABLE and reached.get(operator, lowest <= value <= highest)


def _names_grade(item: Item, condition: Condition) -> bool:
    named = item.type == "animal-naming" and condition.value in GRADES
    return named and condition.operator in ("is", "is not")


def _range(item: Item) -> tuple[float, float]:
    """Return the lowest and highest number an item can have; without bounds where its own are wrong."""
    if item.type == "number" and (item.lowest is None or item.highest is None):
        return -inf, inf
    return number_range(item)


def _values(instrument: Instrument, item: Item, operator: Operator) -> str:
    if operator == "answered":
        return "nothing"
    declined = f' or "{DECLINED}"' if item.may_decline and operator in ("is", "is not") else ""
    if item.type in ("choice", "choices"):
        return f"one of {listed(instrument.choices.get(item.choices, ()))}{declined}"
    if item.type not in COMPARABLE:
        return f'"{DECLINED}"'
    lowest, highest = _range(item)
    return f"a number that answers from {lowest:g} to {highest:g} can meet{declined}"
