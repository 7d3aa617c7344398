"""The mean of what is known of those alone who were not censored too early, who stand for the others too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class WeightedMean:
    """`influence` (n,): how much the mean moves with the weight of each participant; it sums to 0.

    `share` is the sum of the weights over n: below 1 where nobody was followed to the end of those who lived,
    and then the mean is none.
    """

    mean: float
    influence: Floats
    share: float


def weighted_mean(value: Floats, until: Floats, complete: NDArray[np.bool_]) -> WeightedMean:
    """The mean of `value` among all, from those who are `complete`, weighted by 1 over their chance to be.

    One value a participant: `until`, the day on which the participant became complete, or was censored.
    `value` is not looked at where not complete. The chance of one who became complete on day t is the product
    limit of not being censored before t, in which events of a day precede its censorings (Bang and Tsiatis
    2000, the simple weighted estimator). The influence contains what each participant does to the weights of
    others: the error from it is the infinitesimal jackknife's.

    Complete on days 1 and 3 with 6 and 2, one censored on day 2: the last stands for two, (6 + 2 * 2)/3:

    >>> found = weighted_mean(np.array([6.0, 0, 2]), np.array([1.0, 2, 3]), np.array([True, False, True]))
    >>> round(found.mean, 4), found.share
    (3.3333, 1.0)
    """
    n = len(value)
    day, days = pd.factorize(until, sort=True)
    at_end = np.bincount(day, minlength=len(days))
    ended = np.bincount(day[complete], minlength=len(days))
    censored = at_end - ended
    # At risk of censoring: still followed, and not complete on this day.
    exposed = at_end[::-1].cumsum()[::-1] - ended
    left = exposed - censored
    kept = np.divide(left, exposed, out=np.ones(len(days)), where=censored > 0)
    chance = np.concatenate([[1.0], np.cumprod(kept)[:-1]])[day]
    weight = np.divide(1.0, chance, out=np.zeros(n), where=complete & (chance > 0))
    weighted = weight * np.where(complete, value, 0.0)
    mean = float(weighted.sum() / n)
    # What is to come after each day, by whom the censored of the day are replaced.
    to_come = np.bincount(day, weighted, minlength=len(days))
    after = to_come[::-1].cumsum()[::-1] - to_come
    each = np.divide(after, left, out=np.zeros(len(days)), where=(censored > 0) & (left > 0))
    paid = np.cumsum(np.divide(each * censored, exposed, out=np.zeros(len(days)), where=censored > 0))
    before = np.concatenate([[0.0], paid[:-1]])
    influence = weighted - mean + np.where(complete, -before[day], each[day] - paid[day])
    return WeightedMean(mean, influence / n, float(weight.sum() / n))
