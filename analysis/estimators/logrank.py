"""The log-rank test of equal survival between groups, stratified and weighted early or late where asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.counts import Counts, counts_by_time
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.observations import Floats, Labels, Numbers, Observations, observations

# An eigenvalue of the variance this small beside the largest is 0 up to rounding: nothing to test there.
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LogrankTest:
    """The chi-squared `statistic` on `df` degrees of freedom, its `p_value`, events observed and expected."""

    statistic: float
    df: int
    p_value: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group: group, n (participants), observed and expected events, weighted by S(t-)^rho."""
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the test and its table."""
        test = f"Log-rank test: chi-squared {self.statistic:.4g} on {self.df} df, p = {self.p_value:.4g}"
        return f"{test}\n{self._frame.to_string(index=False)}"


def logrank_test(
    duration: Numbers,
    event: Numbers,
    group: Labels,
    *,
    strata: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    rho: float = 0.0,
) -> LogrankTest:
    """Test whether the groups share one survival curve (Harrington and Fleming 1982, the family G^rho).

    All arguments are rows of equal length, taken by position, as for `kaplan_meier`; `strata`: labels, groups
    are compared within them; `weights`: whole numbers, how many participants a row stands for; `rho`: 0 the
    log-rank test, 1 Peto and Peto's (early differences weigh more); each event weighs S(t-)^rho, S being the
    survival of its stratum.

    With d events among n at risk, of whom the share q is in each group: U = sum w (D - d q),
    V = sum w^2 d (n - d)/(n - 1) (diag(q) - qq'), statistic U' V^- U, degrees of freedom the rank of V.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed;
    also where there is one group only, or no event happened while two groups were at risk.

    Two in each arm, events on days 1 (a), 2 (b) and 3 (b), and one censored on day 2 (a). Expected in a: 2/4
    + 1/3 + 0; the variance is 1/4 + 2/9 = 17/36, and so the statistic (1 - 5/6)^2 / (17/36) = 1/17:

    >>> logrank_test([1, 2, 2, 3], [1, 0, 1, 1], ["a", "a", "b", "b"])
    Log-rank test: chi-squared 0.05882 on 1 df, p = 0.8084
    group  n  observed  expected
        a  2       1.0  0.833333
        b  2       2.0  2.166667
    """
    rows = observations(duration, event, group=group, strata=strata, entry=entry, weights=weights)
    _refuse(rows, rho)
    groups = len(rows.group.labels)
    observed, expected, variance = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    for code in range(len(rows.stratum.labels)):
        sums = _stratum_sums(counts_by_time(rows, rows.stratum.codes == code), rho)
        observed, expected, variance = observed + sums[0], expected + sums[1], variance + sums[2]
    statistic, df = _chi_squared(observed - expected, variance)
    size = np.bincount(rows.group.codes, rows.weights).astype(np.int64)
    frame = pd.DataFrame({"group": rows.group.labels, "n": size, "observed": observed, "expected": expected})
    return LogrankTest(statistic, df, float(chi2.sf(statistic, df)), frame)


def _refuse(rows: Observations, rho: float) -> None:
    if len(rows.group.labels) < 2:
        raise InputError("group", f"{rows.group.labels[0]!r} in every row", "at least two groups are needed")
    # n - 1 in the variance counts participants: it has no meaning for sampling weights.
    not_whole = rows.weights != np.floor(rows.weights)
    refuse_where(not_whole, "weights", rows.weights, "the log-rank test takes whole numbers of participants")
    if not (is_number(rho) and np.isfinite(rho) and rho >= 0):
        raise InputError("rho", repr(rho), "a number, 0 or more")


def _stratum_sums(counts: Counts, rho: float) -> tuple[Floats, Floats, NDArray[np.float64]]:
    """Weighted observed and expected events by group (K,), and the variance (K, K) of their difference.

    Done here and not by lifelines, whose test for k groups agrees with it: that one returns neither observed
    nor expected events and knows no strata and no late entry: these sums would stand beside it all the same.
    """
    with_event = counts.events.sum(axis=0) > 0
    events, at_risk = counts.events[:, with_event], counts.at_risk[:, with_event]
    d, n = events.sum(axis=0), at_risk.sum(axis=0)
    survival_before = np.concatenate([[1.0], np.cumprod(1 - d / n)])[:-1]
    weight = survival_before**rho
    q = at_risk / n
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)  # alone at risk at an event: n - d is 0
    variance = np.diag(q @ spread) - (q * spread) @ q.T
    return events @ weight, q @ (weight * d), variance


def _chi_squared(difference: Floats, variance: NDArray[np.float64]) -> tuple[float, int]:
    """U' V^- U and the rank of V, which is one less than the groups unless some never met at an event."""
    solution, _, rank, _ = np.linalg.lstsq(variance, difference, rcond=SINGULAR)
    if rank == 0:
        raise InputError("event", "never 1 while two groups were at risk", "the test needs such an event")
    return float(difference @ solution), int(rank)
