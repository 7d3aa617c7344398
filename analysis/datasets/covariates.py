"""Facts of day 0 and of the product beside the rows of a dataset, by the names that a plan uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.datasets.study_frames import StudyFrames
from app.domain.analysis_covariates import answered

COLUMNS: Mapping[str, str] = {
    "site": "SITEID",
    "stratum": "STRATUM",
    "lot": "LOT",
    "cell-source": "LOTSRC",
    "donor-type": "LOTDONOR",
    "donor-age": "LOTDAGE",
    "passage": "LOTPASS",
    "preservation": "LOTPRES",
    "viability": "LOTVIAB",
    "route": "ROUTE",
}
"""The columns of ADSL."""
CHOSEN = ("choice", "choices", "date", "text")
"""Types of items whose answers are labels, whatever numbers they are stored as."""


def covariates(data: StudyFrames, names: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    """One column a name (app.domain.analysis_covariates), one row for each of `rows`, with their index.

    Numbers are numbers, anything else is text; what is not known is missing. `rows` have USUBJID, and for
    `baseline` the column BASE of ADQS.
    """
    return pd.DataFrame({name: _column(data, name, rows) for name in names}, index=rows.index)


def combined(columns: pd.DataFrame) -> pd.Series[Any]:
    """The columns as one label a row, for strata; missing where one of them is."""
    labels = columns.astype(str).agg(" / ".join, axis=1) if len(columns) else pd.Series(dtype=object)
    return labels.where(columns.notna().all(axis=1))


def _column(data: StudyFrames, name: str, rows: pd.DataFrame) -> pd.Series[Any]:
    if name == "baseline":
        return rows["BASE"]
    named = answered(name)
    if named is None:
        known = data.adsl.set_index("USUBJID")[COLUMNS[name]]
        values = rows["USUBJID"].map(known)
        return values.mask(values == "") if values.dtype == object else values.astype("float64")
    own = data.adbl[(data.adbl["PARCAT1"] == named[0]) & (data.adbl["PARAMCD"] == named[1])]
    own = own.drop_duplicates("USUBJID").set_index("USUBJID")
    column = "AVALC" if set(own["TYPE"]) & set(CHOSEN) else "AVAL"
    return rows["USUBJID"].map(own[column])


FEW = 4
"""A number with so many values or fewer has a level for each."""


def levels(columns: pd.DataFrame) -> pd.DataFrame:
    """The columns as levels of subgroups: text; numbers of many values are split at their median.

    >>> levels(pd.DataFrame({"age": [30, 41, 52, 63, 74], "sex": ["f", None, "m", "f", "m"]}))
              age        sex
    0    below 52          f
    1    below 52  not known
    2  52 or more          m
    3  52 or more          f
    4  52 or more          m
    """
    return pd.DataFrame({name: _levels(columns[name]) for name in columns}, index=columns.index)


def _levels(column: pd.Series[Any]) -> pd.Series[str]:
    if is_numeric_dtype(column) and column.nunique() > FEW:
        middle = column.median()
        split = pd.Series(f"{middle:g} or more", index=column.index).mask(
            column < middle, f"below {middle:g}"
        )
    elif is_numeric_dtype(column):
        split = column.map(lambda value: f"{value:g}", na_action="ignore")
    else:
        split = column
    return split.where(column.notna(), "not known")
