"""The partial likelihood of a Cox model (Cox 1972, 1975), its slope and its curvature, with ties.

At a step of the ties (`TieSteps`) the risk set holds S0 - a D0, where S0 sums what its members weigh times
exp(x'beta), D0 sums the same over those with the event, and a is the share of them that has left. S1 and D1
are the same sums times x. All that the likelihood and the residuals need of the steps are, for each risk set,
the sums A of a^m w / (S0 - a D0), m = 0, 1, and B of a^m w / (S0 - a D0)^2, m = 0, 1, 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.cox_rows import CoxRows, TieSteps, tie_steps
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class CoxSums:
    """Sums by risk set at one value of the coefficients: (J,), s1 and d1 (J, p); `risk` (n,) by row.

    `risk` is exp(x'beta), `shift` its factor: it is divided by exp(shift), so that no term overflows.
    """

    likelihood: CoxLikelihood
    log_likelihood: float
    shift: float
    risk: Floats
    s1: NDArray[np.float64]
    d1: NDArray[np.float64]
    a0: Floats
    a1: Floats
    b0: Floats
    b1: Floats
    b2: Floats

    def expected(self) -> NDArray[np.float64]:
        """The sum of x expected in those with the event, given the risk set: (J, p)."""
        return self.s1 * self.a0[:, None] - self.d1 * self.a1[:, None]

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
        hazard = rows.sets.while_at_risk(self.a0 * by_set)
        hazard[rows.sets.event_rows] -= (self.a1 * by_set)[rows.sets.event_set]
        second_moment = rows.x.T @ ((rows.total * self.risk * hazard)[:, None] * rows.x)
        cross = self.s1.T @ ((self.b1 * by_set)[:, None] * self.d1)
        first_moments = (
            self.s1.T @ ((self.b0 * by_set)[:, None] * self.s1)
            - (cross + cross.T)
            + self.d1.T @ ((self.b2 * by_set)[:, None] * self.d1)
        )
        found: NDArray[np.float64] = second_moment - first_moments
        return found


@dataclass(frozen=True, slots=True, eq=False)
class CoxLikelihood:
    """What does not change with the coefficients: the rows, their ties, sums of x in those with the event."""

    rows: CoxRows
    steps: TieSteps
    x_at_events: NDArray[np.float64]

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
            inverse = 1 / (s0[steps.set_index] - steps.removed * d0[steps.set_index])
            log_likelihood = float(
                self.x_at_events.sum(axis=0) @ coefficients
                - steps.weight.sum() * shift
                + (steps.weight * np.log(inverse)).sum()
            )
            a0, a1 = summed(inverse), summed(steps.removed * inverse)
            b0, b1 = summed(inverse**2), summed(steps.removed * inverse**2)
            b2 = summed(steps.removed**2 * inverse**2)
        return CoxSums(self, log_likelihood, shift, risk, s1, d1, a0, a1, b0, b1, b2)


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
