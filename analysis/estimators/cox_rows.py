"""The rows of a Cox regression, ready to be summed, and the same rows with equal ones counted together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.observations import Floats
from analysis.estimators.risk_sets import Places, RiskSets

Ties: TypeAlias = Literal["efron", "breslow"]

# A column with more values than this among the first rows is not worth the look at all of them.
FIRST_ROWS, MANY_VALUES = 2000, 200


@dataclass(frozen=True, slots=True, eq=False)
class CoxRows:
    """`x` (n, p), standardised; `weights` (n,) weigh each row, `counts` (n,) say how many rows it stands for.

    Efron's treatment of ties tells the two apart: d events at a time are taken one after another, and d is
    the number of rows, whatever they weigh.
    """

    x: NDArray[np.float64]
    sets: RiskSets
    weights: Floats
    counts: Floats
    ties: Ties

    @property
    def total(self) -> Floats:
        """What each row weighs together with those it stands for."""
        return self.weights * self.counts


@dataclass(frozen=True, slots=True, eq=False)
class TieSteps:
    """One step for each event (Efron 1977) or for each time of events (Breslow 1974).

    At a step of the risk set `set_index`, the share `removed` of what the events weigh has left the risk set,
    and `weight` is counted as having the event.
    """

    set_index: Places
    removed: Floats
    weight: Floats


def tie_steps(rows: CoxRows) -> TieSteps:
    """The steps of the rows' events; d events at one time are d steps, at which 0, 1/d, 2/d ... have left."""
    size = len(rows.sets.time)
    weight = rows.sets.at_events(rows.total)
    if rows.ties == "breslow":
        return TieSteps(np.arange(size), np.zeros(size), weight)
    events = rows.sets.at_events(rows.counts).astype(np.intp)
    set_index = np.repeat(np.arange(size), events)
    begin = np.cumsum(events) - events
    removed = (np.arange(len(set_index)) - begin[set_index]) / events[set_index]
    return TieSteps(set_index, removed, (weight / events)[set_index])


def with_equal_rows_counted(rows: CoxRows) -> CoxRows:
    """The same likelihood from fewer rows, where covariates have few values: one row for each that occurs.

    A trial with two arms has at most four times as many as there are days with an event.
    """
    event = np.zeros(len(rows.x), dtype=np.intp)
    event[rows.sets.event_rows] = 1
    entries = [] if rows.sets.since is None else [rows.sets.since]
    codes, values = [], []
    for column in [event, rows.sets.until, *entries, rows.weights, *rows.x.T]:
        if len(np.unique(column[:FIRST_ROWS])) > MANY_VALUES and column is not rows.sets.until:
            return rows
        code, found = pd.factorize(column)
        codes.append(code)
        values.append(found)
        if np.prod([float(len(each)) for each in values]) > len(rows.x) / 2:
            return rows
    sizes = [len(each) for each in values]
    counts = np.bincount(np.ravel_multi_index(codes, sizes), rows.counts).astype(np.float64)
    places = np.unravel_index(np.flatnonzero(counts), sizes)
    columns = [each[place] for each, place in zip(values, places, strict=True)]
    sets = replace(
        rows.sets,
        event_rows=np.flatnonzero(columns[0]),
        until=columns[1],
        since=columns[2] if entries else None,
    )
    weights, *x = columns[2 + len(entries) :]
    return replace(rows, x=np.column_stack(x), sets=sets, weights=weights, counts=counts[counts > 0])
