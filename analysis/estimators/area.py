"""The area under a survival curve up to a horizon, and its variance."""

from __future__ import annotations

import numpy as np

from analysis.estimators.counts import Counts
from analysis.estimators.observations import Floats, Observations


def area_to(
    horizon: float, own: Counts, survival: Floats, sampled: Observations | None = None
) -> tuple[float, float]:
    """Area and variance from one group's counts and the curve at their times.

    Without `sampled`, sum A^2 d/(n(n - d)) with A the area from each time to the horizon; with it (the
    group's rows), the infinitesimal jackknife.

    An event on day 1, a censoring on day 3, to day 2: 1 + 1/2, and (1/2)^2 / (2 * 1):

    >>> counts = Counts(np.array([1.0, 3]), np.array([1.0, 0]), np.array([0.0, 1]), np.array([2.0, 1]))
    >>> area_to(2, counts, np.array([0.5, 0.5]))
    (1.5, 0.125)
    """
    edges = np.minimum(np.concatenate([[0.0], own.time, [horizon]]), horizon)
    steps = np.diff(edges) * np.concatenate([[1.0], survival])
    after = steps[:0:-1].cumsum()[::-1]  # from each time to the horizon
    left = own.at_risk - own.events
    # Where all have the event the curve is 0 from then on, and so is the area after it.
    open_ = (left > 0) & (own.events > 0)
    if sampled is None:
        product = own.at_risk * left
        spread = np.divide(own.events, product, out=np.zeros_like(after), where=open_)
        return float(steps.sum()), float(after**2 @ spread)
    return float(steps.sum()), _jackknife_variance(own, steps[1:], after, sampled)


def _jackknife_variance(own: Counts, steps: Floats, after: Floats, rows: Observations) -> float:
    """The sum over rows of (w u)^2, u the derivative of the area by the row's weight.

    That is the integral of S(t) times the derivative of log S(t), which `jackknife_log_variance` spells out:
    A(min(t, exit)) - A(entry) - [event by t]/(n - d).
    """
    left = own.at_risk - own.events
    gone = np.cumsum((left <= 0) & (own.events > 0)) > 0  # S is 0 from there on, whatever the weights
    left = np.where(gone, 1.0, left)
    growth = np.divide(own.events, own.at_risk * left, out=np.zeros_like(left), where=own.events > 0).cumsum()
    last = np.searchsorted(own.time, rows.duration)
    first = np.zeros_like(last) if rows.entry is None else np.searchsorted(own.time, rows.entry, side="right")
    at_entry = np.concatenate([[0.0], growth])[first]
    area, risen = np.concatenate([[0.0], steps.cumsum()]), np.concatenate([[0.0], (steps * growth).cumsum()])
    inside = risen[last] - risen[first] - at_entry * (area[last] - area[first])
    beyond = (growth[last] - at_entry - rows.event / left[last]) * after[last]
    return float(np.square(rows.weights * (inside + beyond)).sum())
