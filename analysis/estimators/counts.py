"""Counts per distinct time and group: all that Kaplan-Meier and the log-rank test need to know of the data.

The work and the memory after this step depend on the number of distinct days, not on the number of
participants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats, Observations


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """`time` has the T distinct exit times, ascending; the tables have one row a group and one column a time.

    `events` and `censored` are sums of weights at that time, `at_risk` of those with `entry < time <=
    duration`.
    """

    time: Floats
    events: Floats
    censored: Floats
    at_risk: Floats

    def of_group(self, code: int) -> Counts:
        """One group's counts as rows (T,), at the times at which someone of the group leaves."""
        own = self.events[code] + self.censored[code] > 0
        events, censored, at_risk = self.events[code, own], self.censored[code, own], self.at_risk[code, own]
        return Counts(self.time[own], events, censored, at_risk)


def counts_by_time(rows: Observations, kept: NDArray[np.bool_] | slice = slice(None)) -> Counts:
    """Count the rows (those of `kept`) by group and distinct time; a group without rows has zeros.

    >>> from analysis.estimators.observations import observations
    >>> counts = counts_by_time(observations([1, 2, 2, 3], [1, 1, 0, 0]))
    >>> counts.time.tolist(), counts.events.tolist(), counts.at_risk.tolist()
    ([1.0, 2.0, 3.0], [[1.0, 1.0, 0.0]], [[4.0, 3.0, 1.0]])
    """
    exit_column, time = pd.factorize(rows.duration[kept], sort=True)
    group, event, weights = rows.group.codes[kept], rows.event[kept], rows.weights[kept]
    shape = (len(rows.group.labels), len(time))

    def table(column: NDArray[np.intp], weights: Floats) -> Floats:
        flat = np.bincount(group * shape[1] + column, weights, minlength=shape[0] * shape[1])
        return flat.reshape(shape).astype(np.float64)  # floats already: numpy's types do not know it

    events, censored = table(exit_column, weights * event), table(exit_column, weights * ~event)
    # Summed from the end backwards, so that where all who are left have the event the count at risk equals
    # their number to the last bit, whatever the weights, and the survival is exactly 0.
    leaving = events + censored
    at_risk = _sum_from(leaving)
    if rows.entry is not None:
        # The column of the first time after entry: before it the row is not at risk.
        entry_column = np.searchsorted(time, rows.entry[kept], side="right")
        entered = table(entry_column, weights)
        at_risk = at_risk - (_sum_from(entered) - entered)
        # The same exactness where the risk set empties in the middle: weights like 0.1 leave 1e-17 behind.
        at_risk = np.where(np.isclose(at_risk, leaving, rtol=1e-12, atol=0), leaving, at_risk)
    return Counts(time, events, censored, at_risk)


def _sum_from(by_time: Floats) -> Floats:
    """For each time, the sum over that time and all later ones."""
    return by_time[:, ::-1].cumsum(axis=1)[:, ::-1]
