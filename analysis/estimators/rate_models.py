"""Log-linear models of a rate: Poisson, and the negative binomial with a given or an estimated dispersion.

A participant with the mean m = time exp(x'b) has the variance m + dispersion m^2; dispersion 0 is Poisson.
R's `MASS::glm.nb` names theta = 1/dispersion.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln

from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats

# The score in units of its own error: Newton's next step would move no digit.
SMALLEST_STEP = 1e-14
MOST_STEPS = 100
# Dispersion times the largest (smallest end) and the mean count (largest end): beyond them a fit is Poisson's
# to the last digit, or one participant has all events. Three points a power of ten, so that no peak of the
# profile likelihood is stepped over.
LEAST, MOST, A_DECADE = 1e-5, 1e8, 3
MOST_EVENTS = 10**6  # of one participant: sums over 0, 1, ... are made for each count
EVENTS_NEEDED = "each level of a covariate needs an event"


@dataclass(frozen=True, slots=True, eq=False)
class RateFit:
    """Coefficients (p,), the mean of each row (n,), the covariance (p, p) from expected information."""

    coefficients: Floats
    mean: Floats
    covariance: NDArray[np.float64]
    log_likelihood: float
    dispersion: float


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """The data of a fit: counts (n,), the logarithms of person-time (n,), columns (n, p), the first all 1."""

    count: NDArray[np.int64]
    log_time: Floats
    columns: NDArray[np.float64]

    def fit(self, dispersion: float, start: Floats | None = None) -> RateFit:
        """The fit at a given dispersion, by Newton's method with steps halved where they do not climb.

        The log likelihood is concave in the coefficients, so that it has one peak and Newton finds it; IRLS,
        which takes expected information, may step over it where the dispersion is large.
        """
        at = self._start() if start is None else start
        mean, reached = self._at(at, dispersion)
        for _ in range(MOST_STEPS):
            score = self.columns.T @ ((self.count - mean) / (1 + dispersion * mean))
            curvature = mean * (1 + dispersion * self.count) / (1 + dispersion * mean) ** 2
            step = _step((self.columns.T * curvature) @ self.columns, score)
            at, mean, reached = self._climb(at, step, reached, dispersion)
            if score @ step < SMALLEST_STEP:
                break
        else:
            raise InputError("covariates", "such that the model does not converge", "use fewer of them")
        information = (self.columns.T * (mean / (1 + dispersion * mean))) @ self.columns
        return RateFit(at, mean, _step(information, np.eye(len(at))), reached, dispersion)

    def slope(self, fit: RateFit) -> float:
        """The derivative of the log likelihood by the dispersion, at the fit's coefficients."""
        a, y, mean = fit.dispersion, self.count, fit.mean
        k = np.arange(y.max())
        up_to = np.concatenate([[0.0], np.cumsum(k / (1 + k * a))])
        x = a * mean
        # log(1 + x) - x/(1 + x) loses its digits where x is small: there, its power series.
        small = np.minimum(x, 0.01)
        series = sum((-1) ** m * (m - 1) / m * small**m for m in range(2, 12))
        near_0 = np.where(x < 0.01, series, np.log1p(x) - x / (1 + x)) / a**2
        return float((up_to[y] + near_0 - y * mean / (1 + x)).sum())

    def _start(self) -> Floats:
        """The rate of all together."""
        at = np.zeros(self.columns.shape[1])
        at[0] = np.log(self.count.sum() / np.exp(self.log_time).sum())
        return at

    def _at(self, coefficients: Floats, dispersion: float) -> tuple[Floats, float]:
        """The means and the log likelihood; the latter not finite where a step went much too far."""
        with np.errstate(over="ignore", invalid="ignore"):
            predictor = self.log_time + self.columns @ coefficients
            mean = np.exp(predictor)
            each = self.count * predictor - mean
            if dispersion:
                # log(1 + k a) summed over k < y: the gamma functions without their cancellation for a near 0.
                k = np.arange(self.count.max())
                rising = np.concatenate([[0.0], np.cumsum(np.log1p(k * dispersion))])[self.count]
                spread = np.log1p(dispersion * mean)
                each = rising + self.count * (predictor - spread) - spread / dispersion
        return mean, float((each - gammaln(self.count + 1)).sum())

    def _climb(
        self, at: Floats, step: Floats, reached: float, dispersion: float
    ) -> tuple[Floats, Floats, float]:
        """One step, halved until the log likelihood does not fall by more than its last digits."""
        for _ in range(60):
            mean, found = self._at(at + step, dispersion)
            if found >= reached - 1e-12 * abs(reached):
                return at + step, mean, found
            step = step / 2
        raise InputError("covariates", "such that the model does not converge", "use fewer of them")


def _step(curvature: Floats, score: Floats) -> Floats:
    try:
        return np.linalg.solve(curvature, score).astype(np.float64)
    except (
        np.linalg.LinAlgError
    ) as fault:  # some rows' means went to 0, and with them a coefficient's curvature
        raise InputError("covariates", "such that some rows can have no event", EVENTS_NEEDED) from fault


def negative_binomial(rates: Rates) -> RateFit:
    """The fit with the dispersion that the likelihood takes together with the coefficients.

    Every peak of the profile likelihood is found, where its slope turns from rising to falling on a grid of
    dispersions, and the highest is taken, Poisson's (dispersion 0) among them. An optimiser that only climbs
    may end at a lower peak, or be lost at dispersion 0 and report convergence, as statsmodels was seen to be
    (7e-8 instead of 2.18) on readmissions, where few people have many.
    """
    if rates.count.max() > MOST_EVENTS:
        raise InputError("count", str(rates.count.max()), f"the negative binomial counts to {MOST_EVENTS}")
    poisson = rates.fit(0.0)
    least, most = LEAST / float(poisson.mean.max()), MOST / float(poisson.mean.mean())
    grid = np.geomspace(least, most, num=int(A_DECADE * np.log10(most / least)) + 2)
    fits, latest = [], poisson
    for dispersion in grid:
        latest = rates.fit(float(dispersion), latest.coefficients)
        fits.append(latest)
    rising = [rates.slope(fit) > 0 for fit in fits]
    if rising[-1]:
        raise InputError("count", "almost 0 but for one row", "no finite dispersion fits such counts")
    peaks = [
        _peak(rates, left, right)
        for (left, right), up, down in zip(pairwise(fits), rising, rising[1:], strict=False)
        if up and not down
    ]
    return max([poisson, *peaks], key=lambda fit: fit.log_likelihood)


def _peak(rates: Rates, left: RateFit, right: RateFit) -> RateFit:
    """The fit between two where the slope is 0, on the scale of the dispersion's logarithm."""

    def fit(log_dispersion: float) -> RateFit:
        return rates.fit(float(np.exp(log_dispersion)), left.coefficients)

    found = brentq(
        lambda log_dispersion: rates.slope(fit(log_dispersion)),
        np.log(left.dispersion),
        np.log(right.dispersion),
        xtol=1e-13,
        rtol=1e-14,
    )
    return fit(found)
