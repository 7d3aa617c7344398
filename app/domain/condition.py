"""Conditions on answers, for questions that only some are asked and for alerts: named operators, no code.

The phone asks the same without a connection (`holds` in app/web/static/phone.js).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Operator = Literal["is", "is not", "at least", "at most", "includes", "answered"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One item, one named operator, and what its answer is held against (nothing for `answered`)."""

    __pydantic_config__ = {"extra": "forbid", "strict": True}  # noqa: RUF012 - read by name, never changed

    item: str
    operator: Operator
    value: int | float | str | None = None


def holds(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Return whether a condition holds; one on an item without an answer never does, whatever its operator.

    Someone who preferred not to answer has given no number: only `is`, `is not` and `answered` see it.
    """
    given = answers.get(condition.item)
    return given is not None and _OPERATORS[condition.operator](given, condition.value)


def all_hold(conditions: tuple[Condition, ...], answers: Mapping[str, Any]) -> bool:
    """Return whether every one of several conditions holds; none is no condition."""
    return all(holds(condition, answers) for condition in conditions)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compared(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    return lambda given, value: _number(given) and _number(value) and compare(given, value)


_OPERATORS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "is": lambda given, value: bool(given == value),
    "is not": lambda given, value: bool(given != value),
    "at least": _compared(lambda given, value: given >= value),
    "at most": _compared(lambda given, value: given <= value),
    "includes": lambda given, value: isinstance(given, list) and value in given,
    "answered": lambda given, _: given is not None,
}
