"""Critical values of simultaneous confidence bands, computed and not looked up.

With G the variance of log S at a time (Greenwood's sum) and u = n G / (1 + n G), the relative error of a
survival curve behaves like a Brownian bridge B(u) divided by 1 - u; a band from one time to another needs the
largest |B| (Hall and Wellner) or |B|/sqrt(u(1 - u)) (equal precision) over an interval of u.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import wofz
from scipy.stats import norm

from analysis.estimators.observations import Floats

# Terms of the series below: from the first few hundred on they are 0 in double precision, unless the interval
# is shorter than any between two events.
TERMS = 500


def equal_precision_value(level: float, ratio: float) -> float:
    """The c that |B|/sqrt(u(1 - u)) exceeds anywhere with the probability 1 - level.

    `ratio`, 1 or more, is G at the end over G at the start. The probability is Miller and Siegmund's (1982)
    4 f(c)/c + f(c) (c - 1/c) log(ratio), f being the normal density, as Nair (1984), the tables C.3 of Klein
    and Moeschberger (2003) and SAS have it. It is an approximation: within 0.015 of the exact c where G grows
    tenfold or more, and too large, which is cautious, where it grows little.

    For u from 0.1 to 0.6, the table's value (the exact one is 2.8873):

    >>> round(equal_precision_value(0.95, (0.6 / 0.4) / (0.1 / 0.9)), 4)
    2.8826
    """
    log_ratio = math.log(ratio)

    def excess(c: float) -> float:
        return float(norm.pdf(c)) * (4 / c + (c - 1 / c) * log_ratio) - (1 - level)

    return float(brentq(excess, 1, 40))


def hall_wellner_value(level: float, start: float, end: float) -> float:
    """The k that |B(u)| exceeds anywhere from `start` to `end` with the probability 1 - level.

    0 <= start <= end <= 1, and not both at one end, where B is 0.

    The whole bridge has Kolmogorov's distribution; from 0.1 to 0.6, the value in Klein and Moeschberger's
    table C.4:

    >>> round(hall_wellner_value(0.95, 0, 1), 4), round(hall_wellner_value(0.95, 0.1, 0.6), 4)
    (1.3581, 1.3211)
    """
    # Above the value at one end alone, below that for the whole bridge.
    widest = max(u * (1 - u) for u in (start, end))
    low = 0.5 * norm.ppf((1 + level) / 2) * math.sqrt(widest) + 1e-3
    return float(brentq(lambda k: _stays_within(k, start, end) - level, low, 5, xtol=1e-12))


def _stays_within(k: float, start: float, end: float) -> float:
    """P(|B(u)| <= k for all u from `start` to `end`).

    Between two points a bridge is a Brownian motion given its ends, and one that is stopped at -k and k has
    the eigenfunctions cos(w x), w = (2j - 1) pi / 2k: the probability is sqrt(2 pi)/k times the sum of
    exp(-w^2 (end - start)/2) and the cosine coefficients of the normal densities of variance `start` and
    1 - `end`, from which B comes and into which it goes (the other functions, sines, have none).
    """
    if start == end:
        return float(2 * norm.cdf(k / math.sqrt(start * (1 - start))) - 1)
    w: Floats = (2 * np.arange(1, TERMS + 1, dtype=np.float64) - 1) * np.pi / (2 * k)
    decay = np.exp(-(w**2) * (end - start) / 2)
    total = (decay * _cosine_coefficients(w, start, k) * _cosine_coefficients(w, 1 - end, k)).sum()
    return float(math.sqrt(2 * np.pi) / k * total)


def _cosine_coefficients(w: Floats, variance: float, k: float) -> Floats:
    """The integral from -k to k of cos(w x) times the normal density of this variance, by Faddeeva's w."""
    if variance == 0:
        return np.ones_like(w)
    edge = k / math.sqrt(2 * variance)
    outside = np.exp(1j * w * k) * wofz(w * math.sqrt(variance / 2) + 1j * edge)
    coefficients: Floats = np.exp(-(w**2) * variance / 2) - math.exp(-(edge**2)) * outside.real
    return coefficients
