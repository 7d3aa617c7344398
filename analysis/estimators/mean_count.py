"""The mean number of events by each time in one group, and its variance over participants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats

# A variance this small beside the terms that it is the sum of is 0 up to rounding.
ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Rows at risk at the times numbered `first` to `last` (none where first is last + 1), of one group.

    `event` and `terminal` happen at the time `last`. Rows with the same `cluster` are of one participant;
    they may overlap. `times` is how many times there are.
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    event: NDArray[np.bool_]
    terminal: NDArray[np.bool_]
    cluster: NDArray[np.intp]
    times: int


@dataclass(frozen=True, slots=True, eq=False)
class MeanCount:
    """One value for each of the T times of a group; `mean` and `variance` are just after it."""

    at_risk: NDArray[np.intp]
    events: NDArray[np.intp]
    deaths: NDArray[np.intp]
    mean: Floats
    variance: Floats


def mean_count(spans: Spans) -> MeanCount:
    """The mean mu(t) = sum S(u-) dR(u), dR = d/n, S the survival of the terminal event (1 without one).

    Its variance is the sum over participants of U(t)^2, U being the influence of one on the mean (Lawless and
    Nadeau 1995; Ghosh and Lin 2000, formula 2.3, with 1/(1 - h) for tied deaths):

        U(t) = int S(u-)/n dM_R(u) - int (mu(t) - mu(u)) / (n (1 - h)) dM_D(u)

    with dM_R = dN_R - Y dR and dM_D = dN_D - Y h, h = D/n. Both parts stand still but where something happens
    to the participant or, while at risk, to others: U(t) = g(t) - mu(t) b(t) - y(t) (P(t) - mu(t) Q(t)) with
    P = sum S d/n^2 + mu h/(n (1 - h)) and Q = sum h/(n (1 - h)) the same for all, y rows at risk, and g, b
    constant between the participant's own times. So the sums of products of (g, b, y) are enough.

    Two participants, an event of the first at the first time, both leave at the second: mu = 1/2, and
    U = 1/2 - 1/4 for the first, -1/4 for the second:

    >>> yes, no = np.array([True, False, False]), np.array([False] * 3)
    >>> first, last = np.array([0, 1, 0]), np.array([0, 1, 1])
    >>> found = mean_count(Spans(first, last, yes, no, np.array([0, 0, 1]), 2))
    >>> found.mean.tolist(), found.variance.tolist()
    ([0.5, 0.5], [0.125, 0.125])
    """
    size = spans.times + 1
    came, gone = np.bincount(spans.first, minlength=size), np.bincount(spans.last + 1, minlength=size)
    n = np.cumsum(came - gone)[:-1]
    d = np.bincount(spans.last[spans.event], minlength=spans.times)
    deaths = np.bincount(spans.last[spans.terminal], minlength=spans.times)
    at_risk = np.maximum(n, 1)  # where nobody is at risk nothing happens
    survived = np.cumprod(1 - deaths / at_risk)
    before = np.concatenate([[1.0], survived[:-1]])
    weight = before / at_risk
    mean = np.cumsum(weight * d)
    # Where all at risk die, the mean stands still from there on, and mu(t) - mu(u) is 0 whatever the weight.
    left = at_risk - deaths
    death_weight = np.divide(1.0, left, out=np.zeros(spans.times), where=left > 0)
    lost = death_weight * deaths / at_risk
    common = np.column_stack([np.cumsum(weight * d / at_risk + mean * lost), np.cumsum(lost)])
    own = np.column_stack([weight * 1.0, mean * death_weight, death_weight])
    products = _products(spans, common, own)
    factors = np.column_stack([np.ones(spans.times), -mean, mean * common[:, 1] - common[:, 0]])
    variance = np.einsum("ti,tij,tj->t", factors, products, factors)
    # Differences of running sums may leave 1e-17 on either side where the variance is 0 (a lone participant,
    # who is the mean), of which the root would be 1e-9, and stir its last digit where it stands still.
    terms = np.einsum("ti,tij,tj->t", *(np.abs(part) for part in (factors, products, factors)))
    variance = np.where(variance > ROUNDING * terms, variance, 0.0)
    latest = np.maximum.accumulate(np.where((d > 0) | (deaths > 0), np.arange(spans.times), 0))
    return MeanCount(n, d, deaths, mean, variance[latest])


def _products(spans: Spans, common: Floats, own: Floats) -> NDArray[np.float64]:
    """The sums over participants of x x' with x = (g, b, y), one (3, 3) table after each time.

    `common` (T, 2): P and Q; `own` (T, 3): what an event adds to g, and a terminal event to g and to b. A row
    that begins at risk after the time j adds P(j) and Q(j), since from there on it lives through the rest.
    """
    event, terminal, last = spans.event, spans.terminal, spans.last
    # Numbered from 1 here: 0 is before the first time.
    until = np.vstack([np.zeros(2), common])
    joining = np.column_stack([until[spans.first], np.ones(len(last))])
    leaving = -np.column_stack([until[last + 1], np.ones(len(last))])
    leaving[:, 0] += event * own[last, 0] + terminal * own[last, 1]
    leaving[:, 1] += terminal * own[last, 2]
    changes = pd.DataFrame(np.vstack([joining, leaving]))
    keys = [np.tile(spans.cluster, 2), np.concatenate([spans.first, last + 1])]
    summed = changes.groupby(keys).sum()
    cluster, time = (summed.index.get_level_values(level).to_numpy() for level in (0, 1))
    after = summed.groupby(cluster).cumsum().to_numpy()
    previous = np.vstack([np.zeros(3), after[:-1]]) * (np.diff(cluster, prepend=cluster[0] - 1) == 0)[:, None]
    products = np.empty((spans.times, 3, 3))
    for i in range(3):
        for j in range(i, 3):
            growth = after[:, i] * after[:, j] - previous[:, i] * previous[:, j]
            total = np.bincount(time, growth, minlength=spans.times + 1).cumsum()[1:]
            products[:, i, j] = products[:, j, i] = total
    return products
