"""What a fitted Cox model leaves unexplained, row by row: martingale, Schoenfeld and score residuals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.cox_likelihood import CoxSums
from analysis.estimators.observations import Floats
from analysis.estimators.risk_sets import Places


def martingale_residuals(sums: CoxSums) -> Floats:
    """Events less expected events of each row (n,): N - exp(x'beta) (Lambda(exit) - Lambda(entry)).

    Under Efron's treatment of ties a row with an event goes through less of that time's hazard than the rest.

    Source: Therneau, Grambsch and Fleming 1990.
    """
    residuals = -sums.risk * sums.while_at_risk(sums.a0, sums.a1)
    residuals[sums.likelihood.rows.sets.event_rows] += 1
    return residuals


def schoenfeld_residuals(sums: CoxSums) -> NDArray[np.float64]:
    """Covariates less their mean over the risk set, for each row with an event by row (Schoenfeld 1982).

    Under Efron's treatment of ties the mean is that over the steps of the time.
    """
    rows = sums.likelihood.rows
    found: NDArray[np.float64] = rows.x[rows.sets.event_rows] - _mean(sums)[rows.sets.event_set]
    return found


def score_residuals(sums: CoxSums) -> NDArray[np.float64]:
    """Each row's share (n, p) of the slope, before its weight (Lin and Wei 1989): int (x - mean) dM.

    The mean and the hazard are those of each step of the ties: by risk set, hazard times mean is the mean of
    all times b0 less that of the events times b1, and an event is spared the same with b1 and b2.
    """
    rows, mean, events_mean = sums.likelihood.rows, sums.mean, sums.events_mean
    b0, b1, b2 = sums.b0[:, None], sums.b1[:, None], sums.b2[:, None]
    hazard = sums.while_at_risk(sums.a0, sums.a1)
    hazard_times_mean = sums.while_at_risk(mean * b0 - events_mean * b1, mean * b1 - events_mean * b2)
    residuals: NDArray[np.float64] = -sums.risk[:, None] * (rows.x * hazard[:, None] - hazard_times_mean)
    residuals[rows.sets.event_rows] += schoenfeld_residuals(sums)
    return residuals


def clustered(residuals: NDArray[np.float64], counts: Floats, cluster: Places | None) -> NDArray[np.float64]:
    """The sum over clusters of ss' (p, p), s the sum of a cluster's residuals; each row alone without one."""
    if cluster is None:
        return (residuals * counts[:, None]).T @ residuals
    sums = np.column_stack([np.bincount(cluster, column * counts) for column in residuals.T]).astype(
        np.float64
    )
    found: NDArray[np.float64] = sums.T @ sums
    return found


def _mean(sums: CoxSums) -> NDArray[np.float64]:
    """The mean of x expected at an event in each risk set (J, p)."""
    rows = sums.likelihood.rows
    return sums.expected() / rows.sets.at_events(rows.total)[:, None]
