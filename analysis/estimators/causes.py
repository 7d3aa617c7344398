"""Which of several causes ended each participant's time, for the estimators of competing risks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.levels import levels
from analysis.estimators.observations import Labels, Numbers, Observations, are_counts, numbers, observations

# Read as censoring where no other label is given: 0 beside words is often the text "0".
CENSORED = (0, "0", "censored")
CAUSES = "0 is censored, and 1, 2, ... or labels are causes"


@dataclass(frozen=True, slots=True, eq=False)
class CompetingRisks:
    """Rows as `observations` gives them (`event`: any cause), and the cause of each.

    `cause` holds 0 for a censoring and k for `labels[k - 1]`, one value a row.
    """

    rows: Observations
    cause: NDArray[np.intp]
    labels: tuple[Any, ...]

    def code(self, cause_of_interest: object) -> int:
        """The number in `cause` of one label; refuses one that no row has."""
        if cause_of_interest not in self.labels:
            known = ", ".join(repr(label) for label in self.labels) or "none, every row is censored"
            raise InputError("cause_of_interest", repr(cause_of_interest), f"the causes here are {known}")
        return self.labels.index(cause_of_interest) + 1


def competing_risks(
    duration: Numbers,
    cause: Labels,
    *,
    censored: object = None,
    group: Labels | None = None,
    strata: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    none_is_fine: bool = False,
) -> CompetingRisks:
    """Check the data and give them as arrays, without the rows of weight 0. Raises InputError (a ValueError).

    `cause`: 0 where the row was censored, else 1, 2, ... or a label. `censored`: the label that means
    censoring where it is another one; without it 0, "0" and "censored" do, and words without any of these are
    refused, because a label for censoring would pass for a cause. Causes come in the order of their
    categories, or sorted. Rows that are all censored are refused too, unless `none_is_fine`.

    >>> found = competing_risks([3, 5, 8], ["death", "alive", "transplant"], censored="alive")
    >>> found.labels, found.cause.tolist()
    (('death', 'transplant'), [1, 0, 2])
    """
    values = _labels(cause)
    is_censored = _is_censored(values, censored)
    try:
        codes, labels = levels(values[~is_censored])
    except TypeError as fault:
        raise InputError("cause", f"not of one kind ({fault})", CAUSES) from fault
    every_code = np.zeros(len(values), dtype=np.intp)
    every_code[~is_censored] = codes + 1
    exits = numbers("duration", duration)
    if len(exits) != len(values):
        raise InputError("cause", f"{len(values)} long", f"duration is {len(exits)} long")
    rows = observations(exits, every_code > 0, group=group, strata=strata, entry=entry, weights=weights)
    if weights is not None:
        every_code = every_code[numbers("weights", weights) > 0]
    used = np.bincount(every_code, minlength=len(labels) + 1) > 0  # a row of weight 0 is not there
    used[0] = False
    if not used.any() and not none_is_fine:
        raise InputError("cause", "censored in every row", "at least one row ends in a cause")
    kept_labels = tuple(_plain(label) for label, kept in zip(labels, used[1:], strict=True) if kept)
    return CompetingRisks(rows, np.where(used, used.cumsum(), 0)[every_code], kept_labels)


def _labels(cause: Labels) -> pd.Series[Any]:
    """The causes as a Series with the index 0, 1, ...; numbers as whole numbers."""
    try:
        values = pd.Series(cause).reset_index(drop=True)
        missing = pd.factorize(values)[0] < 0  # asks also whether what stands there can be a label
    except (TypeError, ValueError) as fault:
        raise InputError("cause", f"not a row of labels ({fault})", CAUSES) from fault
    refuse_where(missing, "cause", values.to_numpy(dtype=object), f"each row needs a cause: {CAUSES}")
    if not is_numeric_dtype(values) or isinstance(values.dtype, pd.CategoricalDtype):
        return values
    found = numbers("cause", values)
    refuse_where(~are_counts(found), "cause", found, CAUSES)
    return pd.Series(found.astype(np.int64))


def _is_censored(values: pd.Series[Any], censored: object) -> NDArray[np.bool_]:
    named = CENSORED if censored is None else (censored,)
    found = values.isin(named).to_numpy()
    words = not is_numeric_dtype(values) or isinstance(values.dtype, pd.CategoricalDtype)
    if censored is None and words and not found.any():
        raise InputError(
            "cause", "never 0 or 'censored'", "name the label of a censoring by censored=, if there is one"
        )
    return found


def _plain(label: object) -> object:
    """Python's own number for one of numpy's: it reads as 1 and not as np.int64(1)."""
    return label.item() if isinstance(label, np.generic) else label
