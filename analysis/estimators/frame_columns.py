"""Columns of a frame that are given by name, and how a refusal names them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats, numbers


def place(argument: str, column: object) -> str:
    """How a refusal names a column of a frame.

    >>> place("first", "day")
    "first['day']"
    """
    return f"{argument}[{column!r}]"


def held(frame: pd.DataFrame, column: str, argument: str) -> pd.Series[Any]:
    """The column of a frame, which must have it once."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(argument, f"of type {type(frame).__name__}", "give a frame with named columns")
    found = list(frame.columns).count(column)
    if found != 1:
        there = ", ".join(map(str, frame.columns))
        raise InputError(
            place(argument, column), "not there" if found == 0 else "there twice", f"columns: {there}"
        )
    return frame[column]


def column_of(frame: pd.DataFrame, column: str, argument: str) -> Floats:
    """A column of a frame as floats, missing ones as NaN."""
    return numbers(place(argument, column), held(frame, column, argument))
