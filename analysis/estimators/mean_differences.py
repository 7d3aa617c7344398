"""Arms against a reference: differences of means with a variance of each arm's own (Welch 1947)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.estimators.contrasts import place_of
from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Floats, Grouping


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MeanDifferences:
    """One difference an arm; `estimand` says of what."""

    estimand: str
    reference: Any
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row an arm but the reference, whose own n and mean stand beside.

        Columns: arm, n, mean, reference_n, reference_mean, difference, std_error, df, lower, upper, p_value.
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the estimand and the differences."""
        title = f"{self.estimand}; against arm {self.reference!r}, {self.conf_level:.0%} t-intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def mean_differences(
    value: Floats, arm: Grouping, *, reference: object, conf_level: float, estimand: str
) -> MeanDifferences:
    """Difference, error root(s1^2/n1 + s2^2/n2), Welch and Satterthwaite's degrees of freedom, t-interval.

    `value` (n,): one number a participant, rows without one (NaN) are left out. An arm of fewer than two, or
    two arms without any spread, have no interval (NaN). Raises InputError where the reference is no arm.

    2, 4 and 6 against 1 and 3: 4 - 2, variances 4/3 and 2/2, so that df = (7/3)^2/((16/9)/2 + 1/1) = 49/17:

    >>> found = mean_differences(
    ...     np.array([2.0, 4, 6, 1, 3]), Grouping(np.array([0, 0, 0, 1, 1]), ("a", "b")),
    ...     reference="b", conf_level=0.95, estimand="Mean score",
    ... )
    >>> found.to_frame()[["difference", "std_error", "df", "lower", "upper", "p_value"]].round(4)
       difference  std_error      df   lower   upper  p_value
    0         2.0     1.5275  2.8824 -2.9755  6.9755    0.285
    """
    share = upper_share(conf_level)
    base = place_of(reference, arm.labels)
    known = ~np.isnan(value)
    n, mean, variance = (np.full(len(arm.labels), np.nan) for _ in range(3))
    for code in range(len(arm.labels)):
        own = value[known & (arm.codes == code)]
        n[code] = len(own)
        if not len(own):
            raise InputError("arm", f"{arm.labels[code]!r} without a value", "each arm needs one at least")
        mean[code], variance[code] = own.mean(), own.var(ddof=1) / len(own) if len(own) > 1 else np.nan
    others = np.array([code for code in range(len(arm.labels)) if code != base])
    difference = mean[others] - mean[base]
    total = variance[others] + variance[base]
    total[total == 0] = np.nan
    df = total**2 / (variance[others] ** 2 / (n[others] - 1) + variance[base] ** 2 / (n[base] - 1))
    reach = t.ppf(share, df) * np.sqrt(total)
    frame = pd.DataFrame(
        {
            "arm": [arm.labels[code] for code in others],
            "n": n[others].astype(np.int64),
            "mean": mean[others],
            "reference_n": int(n[base]),
            "reference_mean": mean[base],
            "difference": difference,
            "std_error": np.sqrt(total),
            "df": df,
            "lower": difference - reach,
            "upper": difference + reach,
            "p_value": 2 * t.sf(np.abs(difference) / np.sqrt(total), df),
        }
    )
    return MeanDifferences(estimand, reference, conf_level, frame)
