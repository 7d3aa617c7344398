"""The partial likelihood of a Cox model (Cox 1972, 1975), its slope and its curvature, with ties.

Let S0 sum what the members of a risk set weigh times exp(x'beta), and D0 the same over those with the event;
S1 and D1 are the same sums times x. At a step of the ties (`TieSteps`) the risk set holds S0 (1 - a D0/S0), a
the share of the events that has left. All that the likelihood and the residuals need of the steps are sums by
risk set: A of a^m w / (1 - a D0/S0), m = 0, 1, and B of a^m w / (1 - a D0/S0)^2, m = 0, 1, 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.cox_rows import CoxRows, TieSteps, tie_steps
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class CoxSums:
    """Sums by risk set (J,) at one value of the coefficients; `risk` (n,) is exp(x'beta - shift) by row.

    `mean` is S1/S0 and `events_mean` D1/S0, both (J, p): divided by S0, none of them can
    overflow.
    """

    likelihood: CoxLikelihood
    log_likelihood: float
    shift: float
    risk: Floats
    s0: Floats
    mean: NDArray[np.float64]
    events_mean: NDArray[np.float64]
    a0: Floats
    a1: Floats
    b0: Floats
    b1: Floats
    b2: Floats

    def expected(self) -> NDArray[np.float64]:
        """The sum of x expected in those with the event, given the risk set: (J, p)."""
        return self.mean * self.a0[:, None] - self.events_mean * self.a1[:, None]

    def score(self, by_set: Floats | None = None) -> Floats:
        """The slope (p,) of the log-likelihood; with `by_set` (J,), each risk set's share times its own."""
        shares = self.likelihood.x_at_events - self.expected()
        found: Floats = shares.sum(axis=0) if by_set is None else by_set @ shares
        return found

    def information(self, by_set: Floats | float = 1.0) -> NDArray[np.float64]:
        """Minus the second derivative (p, p); with `by_set` (J,), each risk set's share times its own.

        The sums of xx' over risk sets are taken row by row, each with the hazard it went through, so that no
        table of J p p numbers is ever made.
        """
        rows = self.likelihood.rows
        expected = rows.total * self.risk * self.while_at_risk(self.a0 * by_set, self.a1 * by_set)
        second_moment = rows.x.T @ (expected[:, None] * rows.x)
        cross = self.mean.T @ ((self.b1 * by_set)[:, None] * self.events_mean)
        first_moments = (
            self.mean.T @ ((self.b0 * by_set)[:, None] * self.mean)
            - (cross + cross.T)
            + self.events_mean.T @ ((self.b2 * by_set)[:, None] * self.events_mean)
        )
        found: NDArray[np.float64] = second_moment - first_moments
        return found

    def while_at_risk(self, all_of: Floats, spared: Floats) -> Floats:
        """Sums of all_of/S0 over the risk sets of each row, less spared/S0 in that of its event.

        (J,) gives (n,), (J, p) gives (n, p). With A, m = 0, and m = 1 spared, it is the hazard of each row.
        """
        sets, scale = self.likelihood.rows.sets, self.s0.reshape(-1, *[1] * (all_of.ndim - 1))
        found = sets.while_at_risk(all_of / scale)
        found[sets.event_rows] -= (spared / scale)[sets.event_set]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class CoxLikelihood:
    """What does not change with the coefficients: the rows, their ties, sums of x in those with the event."""

    rows: CoxRows
    steps: TieSteps
    x_at_events: NDArray[np.float64]

    @property
    def x(self) -> NDArray[np.float64]:
        """The covariates (n, p)."""
        return self.rows.x

    @property
    def events(self) -> float:
        """The events' total weight."""
        return float(self.steps.weight.sum())

    def at(self, coefficients: Floats) -> CoxSums:
        """The sums at these coefficients (p,); where they are far too large the likelihood is not finite."""
        rows, sets, steps = self.rows, self.rows.sets, self.steps
        linear = rows.x @ coefficients
        shift = float(linear.max())
        linear -= shift  # the likelihood knows only differences
        risk = np.exp(linear)
        weighted = rows.total * risk
        s0, s1 = sets.at_risk(weighted), sets.at_risk(weighted[:, None] * rows.x)
        d0, d1 = sets.at_events(weighted), sets.at_events(weighted[:, None] * rows.x)

        def summed(values: Floats) -> Floats:
            return np.bincount(steps.set_index, steps.weight * values, minlength=len(s0)).astype(np.float64)

        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inverse = 1 / (1 - steps.removed * (d0 / s0)[steps.set_index])
            log_likelihood = float(
                self.x_at_events.sum(axis=0) @ coefficients
                - (steps.weight * (shift + np.log(s0)[steps.set_index] - np.log(inverse))).sum()
            )
            a0, a1 = summed(inverse), summed(steps.removed * inverse)
            b0, b1 = summed(inverse**2), summed(steps.removed * inverse**2)
            b2 = summed(steps.removed**2 * inverse**2)
            mean, events_mean = s1 / s0[:, None], d1 / s0[:, None]
        return CoxSums(self, log_likelihood, shift, risk, s0, mean, events_mean, a0, a1, b0, b1, b2)


def cox_likelihood(rows: CoxRows) -> CoxLikelihood:
    """Prepare the likelihood of the rows.

    Three rows, x = 0, 1, 1, events at times 1, 2, 3: at beta = 0 the second derivative is the variance of x
    among those at risk, 2/9 at first and 0 afterwards, and the likelihood is 1/3 * 1/2.

    >>> from analysis.estimators.observations import observations
    >>> from analysis.estimators.risk_sets import risk_sets
    >>> sets, x = risk_sets(observations([1, 2, 3], [1, 1, 1])), np.array([[0.0], [1.0], [1.0]])
    >>> found = cox_likelihood(CoxRows(x, sets, np.ones(3), np.ones(3), "efron")).at(np.zeros(1))
    >>> found.score().round(4), found.information().round(4), round(np.exp(-found.log_likelihood), 4)
    (array([-0.6667]), array([[0.2222]]), np.float64(6.0))
    """
    return CoxLikelihood(rows, tie_steps(rows), rows.sets.at_events(rows.total[:, None] * rows.x))
