"""Who is at risk when an event happens: the sums over risk sets that Cox regression is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats, Observations

Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """One risk set for each distinct time of an event in a stratum, ordered by stratum and time: J of them.

    `until` (n,) counts, for each row, the risk sets up to the last it belongs to (0: it belongs to none), and
    `since` those before its first (0 in its stratum's first); it is None where no row enters late. So row i
    is in the sets since[i] <= j < until[i]. `event_rows` are the rows with an event, ascending.
    """

    time: Floats
    stratum: Places
    event_rows: Places
    until: Places
    since: Places | None

    @property
    def event_set(self) -> Places:
        """The risk set in which each of `event_rows` has its event: the last it belongs to."""
        return self.until[self.event_rows] - 1

    def at_risk(self, values: Floats) -> Floats:
        """Sums of values (n,) or (n, p) over the members of each risk set: (J,) or (J, p)."""
        leaving = _by_place(self.until, values, len(self.time))
        if self.since is not None:
            leaving = leaving - _by_place(self.since, values, len(self.time))
        return _running(leaving[::-1], self.stratum[::-1])[::-1]

    def at_events(self, values: Floats) -> Floats:
        """Sums of values (n,) or (n, p) over the rows that have the event in each risk set."""
        return _by_place(self.until[self.event_rows], values[self.event_rows], len(self.time))

    def while_at_risk(self, by_set: Floats) -> Floats:
        """Sums of values by risk set, (J,) or (J, p), over the sets of each row: (n,) or (n, p)."""
        running = _running(by_set, self.stratum)
        before = np.concatenate([np.zeros_like(running[:1]), running])
        return before[self.until] if self.since is None else before[self.until] - before[self.since]


def risk_sets(rows: Observations) -> RiskSets:
    """Find the risk sets of rows of which at least one has an event.

    Two strata: events on days 1 and 3 in the first, on day 2 in the second.

    >>> from analysis.estimators.observations import observations
    >>> sets = risk_sets(observations([1, 3, 2, 4], [1, 1, 1, 0], strata=["a", "a", "b", "b"]))
    >>> sets.time.tolist(), sets.stratum.tolist(), sets.until.tolist()
    ([1.0, 3.0, 2.0], [0, 0, 1], [1, 2, 3, 3])
    >>> sets.at_risk(np.ones(4)), sets.while_at_risk(np.array([1.0, 10.0, 100.0]))
    (array([2., 1., 2.]), array([  1.,  11., 100., 100.]))
    """
    day, days = pd.factorize(rows.duration, sort=True)
    times = days[np.bincount(day, rows.event) > 0]
    stratum, width = rows.stratum.codes, len(times) + 1
    # A number for each pair of stratum and count of event times so far: sorted as the pairs are.
    exits = stratum * width + np.searchsorted(times, days, side="right")[day]
    keys = np.unique(exits[rows.event])
    since = None
    if rows.entry is not None:
        entries = stratum * width + np.searchsorted(times, rows.entry, side="right")
        since = _sets_up_to(entries, keys, width)
    until = _sets_up_to(exits, keys, width)
    return RiskSets(times[keys % width - 1], keys // width, np.flatnonzero(rows.event), until, since)


def _sets_up_to(pairs: Places, keys: Places, width: int) -> Places:
    """How many risk sets (`keys`) there are up to each pair, 0 where none is in the pair's own stratum."""
    if pairs.max() < width:  # one stratum, or the first: every time of an event is a risk set
        return pairs
    found = np.searchsorted(keys, pairs, side="right")
    return np.where(found > np.searchsorted(keys, pairs // width * width), found, 0)


def _by_place(place: Places, values: Floats, size: int) -> Floats:
    """Sums of the values by place, 1 to `size`; what is at place 0 is left out."""
    columns = values.reshape(len(values), -1).T
    sums = [np.bincount(place, column, minlength=size + 1)[1:] for column in columns]
    return np.array(sums, dtype=np.float64).T.reshape((size, *values.shape[1:]))


def _running(values: Floats, stratum: Places) -> Floats:
    """Running sums along the first axis that begin anew in each stratum.

    Not one running sum less what it was where the stratum began: that would leave the rounding of all strata
    in each of them.
    """
    if stratum[0] == stratum[-1]:
        return np.cumsum(values, axis=0)
    frame = pd.DataFrame(values.reshape(len(values), -1))
    return frame.groupby(stratum, sort=False).cumsum().to_numpy().reshape(values.shape)
