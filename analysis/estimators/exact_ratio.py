"""The ratio of two Poisson rates, exactly: given the sum of both counts, one of them is binomial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, binomtest


@dataclass(frozen=True, slots=True)
class ExactRatio:
    """`estimate` with its limits (infinite where the reference has no event) and the `p_value` of 1."""

    estimate: float
    lower: float
    upper: float
    p_value: float


def exact_ratio(count: int, time: float, base: int, base_time: float, share: float) -> ExactRatio:
    """Of `count` events in `time` over `base` events in `base_time`; `share` lies below the upper limit.

    Limits are Clopper and Pearson's (1934) for the share p of the events, as p/(1 - p) base_time/time; the
    test is the exact binomial one, two-sided by the probabilities (R's `poisson.test`). Without any event
    nothing is known (NaN, 0, infinite, 1), and without time not even that (NaN).

    Two events in a year against none in a year: the lower p is the root of 0.025, 0.1581, its odds 0.1878.

    >>> found = exact_ratio(2, 1.0, 0, 1.0, 0.975)
    >>> found.estimate, round(found.lower, 4), found.upper, found.p_value
    (inf, 0.1878, inf, 0.5)
    """
    lower = beta.ppf(1 - share, count, base + 1) if count else 0.0
    upper = beta.ppf(share, count + 1, base) if base else 1.0
    if not (time > 0 and base_time > 0):
        return ExactRatio(np.nan, np.nan, np.nan, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):  # no event of the reference: the ratio is infinite
        odds = np.divide([count, lower, upper], [base, 1 - lower, 1 - upper]) * (base_time / time)
    both = count + base
    p_value = float(binomtest(count, both, time / (time + base_time)).pvalue) if both else 1.0
    return ExactRatio(float(odds[0]), float(odds[1]), float(odds[2]), p_value)
