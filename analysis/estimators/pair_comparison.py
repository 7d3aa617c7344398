"""Every pair of one participant of each arm, compared component by component until one decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats
from analysis.estimators.pair_components import Component

# Pairs looked at together: their differences and decisions stay in some tens of megabytes whatever the trial.
PAIRS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Pairs won and lost by the first arm, counted by component and by participant.

    `first` (n1, 2) and `second` (n2, 2): in how many of a participant's pairs the first arm won, and lost;
    `by_component` (components, 2): pairs that it decided, won and lost.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    by_component: NDArray[np.int64]

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.first) * len(self.second)

    @property
    def shares(self) -> Floats:
        """The share of pairs that were won, and lost: (2,)."""
        decided: Floats = self.first.sum(axis=0) / self.pairs
        return decided

    @property
    def covariance(self) -> Floats:
        """Of the two shares: (2, 2), by the Hoeffding projection on the participants of each arm.

        A participant's own shares vary about the arm's; their mean square, divided by how many there are, is
        the arm's part of the variance (Bebu and Lachin 2016; divided by n twice, not by n and n - 1).
        """
        of_first = self.first / len(self.second) - self.shares
        of_second = self.second / len(self.first) - self.shares
        return of_first.T @ of_first / len(of_first) ** 2 + of_second.T @ of_second / len(of_second) ** 2


def compared(first: pd.DataFrame, second: pd.DataFrame, hierarchy: Sequence[Component]) -> Compared:
    """Compare every pair, the first component that decides deciding, in blocks of bounded memory."""
    ours = [component.read(first, "first") for component in hierarchy]
    theirs = [component.read(second, "second") for component in hierarchy]
    of_first = np.zeros((len(first), 2), dtype=np.int64)
    of_second = np.zeros((len(second), 2), dtype=np.int64)
    by_component = np.zeros((len(hierarchy), 2), dtype=np.int64)
    step = max(1, PAIRS_AT_ONCE // len(second))
    for start in range(0, len(first), step):
        rows = slice(start, start + step)
        undecided = np.ones((len(of_first[rows]), len(second)), dtype=bool)
        for place, component in enumerate(hierarchy):
            block = tuple(values[rows] for values in ours[place])
            won = component.beats(block, theirs[place]) & undecided
            lost = component.beats(theirs[place], block).T & undecided
            for side, decided in enumerate((won, lost)):
                of_first[rows, side] += decided.sum(axis=1)
                of_second[:, side] += decided.sum(axis=0)
                by_component[place, side] += decided.sum()
            undecided &= ~(won | lost)
    return Compared(of_first, of_second, by_component)
