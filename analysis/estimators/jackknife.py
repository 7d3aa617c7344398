"""The error of a curve whose weights do not count participants: R's infinitesimal jackknife."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.observations import Floats


def jackknife_log_variance(
    duration: Floats,
    event: NDArray[np.bool_],
    entry: Floats | None,
    weights: Floats,
    *,
    time: Floats,
    events: Floats,
    at_risk: Floats,
) -> Floats:
    """Variance of log S at each `time` of one group, NaN once S is 0; `events` and `at_risk` are weighted.

    The variance at t is the sum over rows of (w u(t))^2, where u(t) = A(min(t, exit)) - A(entry) - [event by
    t] / (n - d) is the derivative of log S(t) by the row's weight, and A(t) the sum of d/(n(n - d)) up to t.
    A row's u stands still after its exit, and before it is A(t) - A(entry): running sums over the times are
    enough. Source: the vignettes of Therneau's R package survival (robust variance of `survfit`).

    Two events, of weight 1/2 and 3/2. At time 1 log S = log(w2/(w1 + w2)), u = (-1/2, 1/6), variance 1/16 +
    1/16:

    >>> time, weights = np.array([1.0, 2.0]), np.array([0.5, 1.5])
    >>> happened, at_risk = np.array([True, True]), np.array([2.0, 1.5])
    >>> jackknife_log_variance(time, happened, None, weights, time=time, events=weights, at_risk=at_risk)
    array([0.125,   nan])
    """
    last = np.searchsorted(time, duration)
    first = np.zeros_like(last) if entry is None else np.searchsorted(time, entry, side="right")
    left = at_risk - events
    gone = np.cumsum((left <= 0) & (events > 0)) > 0
    left = np.where(gone, 1.0, left)  # any number will do: what follows is undefined from there on
    growth = np.cumsum(np.divide(events, at_risk * left, out=np.zeros_like(time), where=events > 0))
    at_entry = np.concatenate([[0.0], growth])[first]
    at_exit = growth[last] - at_entry - event / left[last]

    def summed(column: NDArray[np.intp], values: Floats) -> Floats:
        return np.bincount(column, weights**2 * values, minlength=len(time)).cumsum()

    def at_risk_after(values: Floats) -> Floats:
        return summed(first, values) - summed(last, values)

    still_open = (
        growth**2 * at_risk_after(np.ones_like(at_entry))
        - 2 * growth * at_risk_after(at_entry)
        + at_risk_after(at_entry**2)
    )
    # Differences of running sums may leave -1e-18 where the variance is 0, and stir its last digit between
    # events, where it stands still.
    variance = np.maximum(summed(last, at_exit**2) + still_open, 0)
    latest_event = np.maximum.accumulate(np.where(events > 0, np.arange(len(time)), 0))
    return np.where(gone, np.nan, variance[latest_event])
