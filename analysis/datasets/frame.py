"""Rows into frames: the columns and types that `analysis.columns` names, also where there is no row."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import DATES, NULLABLE, NUMBERS, WHOLE, Columns

Row = dict[str, Any]


def frame(columns: Columns, rows: Iterable[Row], *, whole: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The rows as a frame, with every column also where there is no row.

    Dates are datetime64, counts int64 (Int64 where they may be missing), scores float64, the rest text
    that is empty where there is nothing. `whole` names further columns of counts.
    """
    held: dict[str, list[Any]] = {name: [] for name in columns}
    into = [(name, values.append) for name, values in held.items()]
    for row in rows:  # one after the other: of hundreds of thousands only the values are held
        for name, append in into:
            append(row.get(name))
    return pd.DataFrame(
        {name: _column(name, held.pop(name), whole) for name in columns}, columns=list(columns)
    )


def _column(name: str, values: Sequence[Any], whole: frozenset[str]) -> "pd.Series[Any]":
    if name in DATES:
        return pd.Series(np.array(values, dtype="datetime64[D]").astype("datetime64[s]"))
    if name in WHOLE or name in whole:
        return pd.Series(values, dtype="Int64" if name in NULLABLE else "int64")
    if name in NUMBERS:
        return pd.Series(values, dtype="float64")
    return pd.Series(["" if value is None else str(value) for value in values], dtype=object)


def study_day(on: date | None, randomised_on: date | None) -> int | None:
    """A day counted from randomisation as ADaM counts: 1 is that day, -1 the day before."""
    if on is None or randomised_on is None:
        return None
    days = (on - randomised_on).days
    return days + 1 if days >= 0 else days
