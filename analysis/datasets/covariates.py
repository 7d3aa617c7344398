"""Facts of day 0 and of the product beside the rows of a dataset, by the names that a plan uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from app.domain.analysis_covariates import answered

if TYPE_CHECKING:
    from analysis.datasets.loading import StudyData

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


def covariates(data: StudyData, names: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    """One column a name (app.domain.analysis_covariates), one row for each of `rows`, with their index.

    Numbers are numbers, anything else is text; what is not known is missing. `rows` have USUBJID, and for
    `baseline` the column BASE of ADQS.
    """
    return pd.DataFrame({name: _column(data, name, rows) for name in names}, index=rows.index)


def combined(columns: pd.DataFrame) -> pd.Series[Any]:
    """The columns as one label a row, for strata; missing where one of them is."""
    labels = columns.astype(str).agg(" / ".join, axis=1) if len(columns) else pd.Series(dtype=object)
    return labels.where(columns.notna().all(axis=1))


def _column(data: StudyData, name: str, rows: pd.DataFrame) -> pd.Series[Any]:
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
