"""Frames and numbers as plain data: what JSON has."""

import math
from typing import Any

import pandas as pd

Json = dict[str, Any]


def rows(frame: pd.DataFrame | None) -> list[Json] | None:
    """A frame as a list of rows of plain values, or None."""
    return None if frame is None else lines(frame)


def lines(frame: pd.DataFrame) -> list[Json]:
    """A frame as a list of rows of plain values.

    >>> lines(pd.DataFrame({"n": [1], "rate": [float("nan")]}))
    [{'n': 1, 'rate': None}]
    """
    columns = {str(name): frame[name].tolist() for name in frame}
    return [
        {name: plain(value) for name, value in zip(columns, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON has
    """A value that JSON has: None for what is missing or not finite."""
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
