"""Means of a score, with the t-interval of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Labels, Numbers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Means:
    """One mean a group, as `mean_score` returns them."""

    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group: its labels, n (values there), mean, sd, lower, upper; NaN where undefined."""
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the means."""
        return f"Means, {self.conf_level:.0%} t-intervals\n{self._frame.to_string(index=False)}"


def mean_score(
    outcome: Numbers, *, group: Labels | pd.DataFrame | None = None, conf_level: float = 0.95
) -> Means:
    """Mean, standard deviation (n - 1) and t-interval mean +- t(n - 1) sd / sqrt(n) of each group.

    `outcome`: a row of numbers, missing ones are left out; `group`: a label a row, or a frame whose columns
    together make the group. Groups come in the order of their first row. Raises InputError (a ValueError).

    2, 4 and 9 have the mean 5 and the variance (9 + 1 + 16)/2 = 13; t(2) at 97.5 % is 4.3027:

    >>> mean_score([2, 4, 9, float("nan")]).to_frame().round(4)
      group  n  mean      sd   lower    upper
    0   all  3   5.0  3.6056 -3.9567  13.9567
    """
    share = upper_share(conf_level)
    values = pd.Series(np.asarray(outcome, dtype=np.float64))
    keys = _keys(group, len(values))
    if not np.isfinite(values.dropna()).all():
        raise InputError("outcome", "infinite", "numbers, or nothing where a value is missing")
    grouped = values.groupby([keys[name] for name in keys], sort=False)
    found = grouped.agg(["count", "mean", "std"]).rename(columns={"count": "n", "std": "sd"})
    n = found["n"].to_numpy(dtype=np.float64)
    several = n > 1
    reach = np.full(len(n), np.nan)
    reach[several] = t.ppf(share, n[several] - 1) * found["sd"].to_numpy()[several] / np.sqrt(n[several])
    found["lower"], found["upper"] = found["mean"] - reach, found["mean"] + reach
    return Means(conf_level, found.reset_index())


def _keys(group: Labels | pd.DataFrame | None, size: int) -> pd.DataFrame:
    if group is None:
        return pd.DataFrame({"group": ["all"] * size})
    keys = group if isinstance(group, pd.DataFrame) else pd.DataFrame({"group": pd.Series(group)})
    if len(keys) != size:
        raise InputError(
            "group", f"{len(keys)} long", f"outcome is {size} long, and both have one value a row"
        )
    return keys.reset_index(drop=True)
