"""The product limit of one group and the variance of its logarithm, from the group's counts."""

from __future__ import annotations

import numpy as np
from lifelines import KaplanMeierFitter

from analysis.estimators.counts import Counts
from analysis.estimators.jackknife import jackknife_log_variance
from analysis.estimators.observations import Floats, Observations


def survival(rows: Observations, own: Counts) -> Floats:
    """S(t) = prod(1 - d/n) just after each time of `own`.

    lifelines gives it where it is exact: it cuts weights to whole numbers, and with late entry it refuses
    data whose risk set empties early, of which the formula says plainly that S is 0 from there on.
    """
    if rows.whole_weights and rows.entry is None:
        return _lifelines_survival(own)
    hazard = np.divide(own.events, own.at_risk, out=np.zeros_like(own.time), where=own.events > 0)
    return np.cumprod(1 - hazard)


def _lifelines_survival(own: Counts) -> Floats:
    """The curve from two rows a time, one of events and one of censorings, whose weights are the counts."""
    duration, event = np.tile(own.time, 2), np.repeat([1, 0], len(own.time))
    weights = np.concatenate([own.events, own.censored]).astype(np.int64)
    fitter = KaplanMeierFitter()
    # lifelines takes log(0) where the curve reaches 0, and sets numpy's error state for the whole process:
    # undone here.
    with np.errstate(all="ignore"):
        fitter.fit(duration[weights > 0], event[weights > 0], weights=weights[weights > 0])
    curve: Floats = fitter.survival_function_.iloc[:, 0].loc[own.time].to_numpy()
    return curve


def log_survival_variance(rows: Observations, own: Counts, code: int) -> Floats:
    """Var log S(t): Greenwood's sum d/(n(n - d)) where weights count participants, else the jackknife.

    Without meaning from the time on at which S is 0 (R writes an error of 0 there for sampling weights).
    """
    if rows.whole_weights:
        product = own.at_risk * (own.at_risk - own.events)
        return np.divide(own.events, product, out=np.zeros_like(own.time), where=product > 0).cumsum()
    group = rows.group.codes == code
    return jackknife_log_variance(
        rows.duration[group],
        rows.event[group],
        None if rows.entry is None else rows.entry[group],
        rows.weights[group],
        time=own.time,
        events=own.events,
        at_risk=own.at_risk,
    )
