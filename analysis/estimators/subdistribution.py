"""The partial likelihood of Fine and Gray (1999), its slope, its curvature and the sandwich of its errors.

Whoever had another event stays in the risk set after it, by the chance still not to be censored: with the
weight G(t-)/G(X-), G being Kaplan-Meier's curve of the censoring times and X the time of that event. So a
risk set is a sum over those who leave at t or later, plus G(t-) times a sum over those who had another event
before t: two running sums over the times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.causes import CompetingRisks
from analysis.estimators.counts import counts_by_time
from analysis.estimators.observations import Floats

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Subdistribution:
    """The rows (n,), and what does not change with the coefficients by distinct time (T,).

    `last` is the column of each row's exit; `own` and `other` say which event it ended in. `kept` is G(t-),
    `events` of the cause of interest, `at_risk` and `censored` of all.
    """

    x: Table
    last: NDArray[np.intp]
    own: NDArray[np.bool_]
    other: NDArray[np.bool_]
    kept: Floats
    events_by_time: Floats
    at_risk: Floats
    censored: Floats

    @property
    def events(self) -> float:
        """How many had the event of interest."""
        return float(self.events_by_time.sum())

    def summed(self, values: Table, rows: NDArray[np.bool_] | slice = slice(None)) -> Table:
        """Sums by time (T, q) of the values (n, q) of the rows."""
        size, last = len(self.kept), self.last[rows]
        sums = [np.bincount(last, column, minlength=size) for column in values[rows].T]
        return np.stack(sums, axis=1).astype(np.float64)

    def at(self, coefficients: Floats) -> SubdistributionSums:
        """The sums at these coefficients (p,)."""
        linear = self.x @ coefficients
        shift = float(linear.max())
        risk = np.exp(linear - shift)  # the likelihood knows only differences
        moments = risk[:, None] * np.column_stack([np.ones(len(risk)), self.x])
        gone = _before(self.summed(moments / self.kept[self.last][:, None], self.other).cumsum(axis=0))
        at_risk = _from_here(self.summed(moments)) + self.kept[:, None] * gone
        happened = self.events_by_time > 0
        s0 = np.where(happened, at_risk[:, 0], 1.0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            mean = np.where(happened[:, None], at_risk[:, 1:] / s0[:, None], 0.0)
            hazard = self.events_by_time / s0
            log_likelihood = linear[self.own].sum() - self.events_by_time @ (np.log(s0) + shift)
        return SubdistributionSums(self, float(log_likelihood), risk, gone, mean, hazard)


@dataclass(frozen=True, slots=True, eq=False)
class SubdistributionSums:
    """Sums by time at one value of the coefficients.

    `risk` (n,) is exp(x'beta) over a factor that all share, `hazard` (T,) the baseline's steps times that
    factor, `mean` (T, p) that of x in the risk set, `gone` (T, 1 + p) the sums of risk/G(X-) and of x
    risk/G(X-) over those who had another event before.
    """

    likelihood: Subdistribution
    log_likelihood: float
    risk: Floats
    gone: Table
    mean: Table
    hazard: Floats

    def score(self) -> Floats:
        """The slope (p,) of the log-likelihood."""
        data = self.likelihood
        found: Floats = data.x[data.own].sum(axis=0) - data.events_by_time @ self.mean
        return found

    def information(self) -> Table:
        """Minus the second derivative (p, p): the sums of xx' by row, each with the hazard it met."""
        x = self.likelihood.x
        through = self._through(self.hazard[:, None])[:, 0]
        found: Table = x.T @ ((self.risk * through)[:, None] * x)
        found -= self.mean.T @ (self.likelihood.events_by_time[:, None] * self.mean)
        return found

    def _through(self, steps: Table) -> Table:
        """For each row (n, q) the sum of steps (T, q) while it was at risk, each with its weight then."""
        data = self.likelihood
        found = steps.cumsum(axis=0)[data.last]
        later = _from_here(data.kept[:, None] * steps) - data.kept[:, None] * steps
        found[data.other] += (later / data.kept[:, None])[data.last[data.other]]
        return found

    def scores(self) -> Table:
        """What each row adds to the score (n, p), eta + psi of Fine and Gray: psi for G being an estimate.

        psi is the integral of q(u)/n(u) over the row's censoring martingale, where q(u) sums the part of the
        score that a smaller G from u on takes from those who had another event before u. As in R's `crr`, an
        event on the day u of the censoring counts as later.
        """
        data = self.likelihood
        drift = np.column_stack([self.hazard, self.hazard[:, None] * self.mean])
        through = self._through(drift)
        eta = data.own[:, None] * (data.x - self.mean[data.last])
        eta -= self.risk[:, None] * (data.x * through[:, :1] - through[:, 1:])
        to_come = _from_here(data.kept[:, None] * drift)
        q = self.gone[:, 1:] * to_come[:, :1] - self.gone[:, :1] * to_come[:, 1:]
        per_risk = q / data.at_risk[:, None]
        compensator = (per_risk * (data.censored / data.at_risk)[:, None]).cumsum(axis=0)
        is_censored = ~(data.own | data.other)
        psi: Table = is_censored[:, None] * per_risk[data.last] - compensator[data.last]
        return eta + psi


def subdistribution(data: CompetingRisks, code: int, x: Table) -> Subdistribution:
    """Prepare the likelihood of the cause `code`; `x` (n, p) are the covariates.

    >>> from analysis.estimators.causes import competing_risks
    >>> data = competing_risks([1, 2, 2, 3, 4], [2, 0, 1, 0, 1])
    >>> found = subdistribution(data, 1, np.zeros((5, 1)))
    >>> found.kept.round(4)
    array([1.   , 1.   , 0.75 , 0.375])

    On day 2 there are 4 left and the one who had another event, on day 4 one and 0.375 of that one:

    >>> round(float(np.exp(-found.at(np.zeros(1)).log_likelihood)), 4)  # 5 * 1.375
    6.875
    """
    counts = counts_by_time(data.rows)
    leaving = (counts.events + counts.censored).sum(axis=0)
    at_risk = leaving[::-1].cumsum()[::-1]
    censored = counts.censored.sum(axis=0)
    kept = np.concatenate([[1.0], np.cumprod(1 - censored / at_risk)[:-1]])
    last, own = np.searchsorted(counts.time, data.rows.duration), data.cause == code
    return Subdistribution(
        x=x,
        last=last,
        own=own,
        other=(data.cause > 0) & ~own,
        kept=kept,
        events_by_time=np.bincount(last[own], minlength=len(kept)).astype(np.float64),
        at_risk=at_risk,
        censored=censored,
    )


def _from_here(by_time: Table) -> Table:
    """For each time the sum over it and all later ones."""
    found: Table = by_time[::-1].cumsum(axis=0)[::-1]
    return found


def _before(after: Table) -> Table:
    """The values just before each time, from those just after."""
    return np.concatenate([np.zeros_like(after[:1]), after[:-1]])
