"""The refusal of data that an estimator cannot use."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray


class InputError(ValueError):
    """Says which argument was refused, at which row (from 0), what was found and what is allowed."""

    def __init__(self, argument: str, found: object, allowed: str, *, row: int | None = None) -> None:
        self.argument = argument
        self.row = row
        place = argument if row is None else f"{argument}[{row}]"
        super().__init__(f"{place} is {found}: {allowed}")


def refuse_where(wrong: NDArray[np.bool_], argument: str, values: NDArray[Any], allowed: str) -> None:
    """Raise an InputError for the first row where `wrong` is true, if there is one."""
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(argument, values[row], allowed, row=row)


def is_number(value: object) -> bool:
    """Whether a setting is one number, of Python's or of numpy's."""
    return isinstance(value, Real)
