"""What is assumed of scores after someone's last one: that they go on, or follow the reference arm."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.observations import Floats
from analysis.estimators.sequential_regression import Chain

Strategy: TypeAlias = Literal["mar", "copy-reference", "jump-to-reference", "copy-increments"]


def strategy_means(
    strategy: Strategy, own: Chain, reference: Chain, baseline: Floats, last_seen: NDArray[np.intp]
) -> Floats:
    """Means about which the scores so far are taken and those to come are drawn: (n, visits)."""
    of_reference = reference.mean(baseline)
    if strategy in {"mar", "copy-reference"}:
        return of_reference
    of_own = own.mean(baseline)
    so_far = np.arange(of_own.shape[1]) < last_seen[:, None]
    if strategy == "copy-increments":
        at = np.maximum(last_seen - 1, 0)[:, None]
        reached = np.take_along_axis(of_own - of_reference, at, axis=1)
        of_reference = of_reference + np.where(last_seen[:, None] > 0, reached, 0)
    return np.where(so_far, of_own, of_reference)


def completed_scores(
    chain: Chain,
    means: Floats,
    filled: Floats,
    last_seen: NDArray[np.intp],
    chance: np.random.Generator,
) -> Floats:
    """The scores, with what follows everyone's last drawn visit by visit, about the means: (n, visits)."""
    off = filled - means
    for k in range(filled.shape[1]):
        wanted = last_seen <= k
        noise = chain.spread[k] * chance.standard_normal(int(wanted.sum()))
        off[wanted, k] = off[wanted, :k] @ chain.slope[k, :k] + noise
    return means + off
