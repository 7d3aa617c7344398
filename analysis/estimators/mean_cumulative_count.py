"""The mean number of recurrent events by each time, death being taken into account where it ends them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.contrasts import contrasts
from analysis.estimators.curve_reading import curve_at
from analysis.estimators.histories import Histories, histories
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.mean_count import MeanCount, Spans, mean_count
from analysis.estimators.observations import A_TIME, Floats, Labels, Numbers, numbers, one_or_more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MeanCumulativeCount:
    """One curve of mean counts a group, as `mean_cumulative_count` returns them."""

    conf_level: float
    terminal: bool
    _curves: tuple[pd.DataFrame, ...]
    _overview: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per group and distinct `stop`.

        Columns: group, time, at_risk (just before that time), events (at it), mean_count (by then, it
        included), std_error (of the mean count), lower, upper.
        """
        return pd.concat(self._curves, ignore_index=True)

    def at(self, times: float | Numbers) -> pd.DataFrame:
        """The columns of `to_frame` at given times, sorted; a time after a group's last one has no row.

        `at_risk` belongs to the first time of the curve that is not earlier; `events` are those since the
        previous given time. Raises InputError for a time below 0.

        >>> counts = mean_cumulative_count([0, 2, 0], [2, 5, 4], [1, 0, 1], ["a", "a", "b"])
        >>> counts.at([3, 4.5])[["time", "at_risk", "events", "mean_count"]]
           time  at_risk  events  mean_count
        0   3.0        2       1         0.5
        1   4.5        1       1         1.0
        """
        given = numbers("times", one_or_more(times))
        refuse_where(~(np.isfinite(given) & (given >= 0)), "times", given, A_TIME)
        start = dict.fromkeys(("mean_count", "std_error", "lower", "upper"), 0.0)
        read = [curve_at(curve, np.sort(given), start=start, summed=("events",)) for curve in self._curves]
        return pd.concat(read, ignore_index=True)

    def contrast(self, reference: object, *, time: float) -> pd.DataFrame:
        """Each other group's mean count by `time` against the reference's: differences, then ratios.

        Columns: measure (difference | ratio), group, estimate, lower, upper, p_value. Groups are independent,
        so the variances add; the ratio's limits and p value are on the log scale (delta method), NaN where a
        mean count is 0. Raises InputError where `reference` is no group or a group's curve ends before.

        >>> groups = ["a", "a", "b", "b"]
        >>> counts = mean_cumulative_count([0] * 4, [3, 4, 2, 4], [1, 0, 1, 1], [1, 2, 3, 4], group=groups)
        >>> counts.contrast("a", time=4)[["measure", "group", "estimate"]]
              measure group  estimate
        0  difference     b       1.0
        1       ratio     b       3.0
        """
        found, groups = self.at(time), [curve["group"].iloc[0] for curve in self._curves]
        for group in groups:
            if group not in found["group"].tolist():
                raise InputError("time", repr(time), f"nobody of group {group!r} was followed as long")
        return contrasts(
            groups,
            found["mean_count"].to_numpy(),
            found["std_error"].to_numpy(),
            reference=reference,
            z=normal_quantile(self.conf_level),
        )

    def __repr__(self) -> str:
        """For people: participants, events, terminal events and the mean count at the end of each group."""
        ends = "with a terminal event" if self.terminal else "without a terminal event"
        title = f"Mean cumulative count {ends}, {self.conf_level:.0%} intervals on the log scale"
        return f"{title}\n{self._overview.to_string(index=False)}"


def mean_cumulative_count(
    start: Numbers,
    stop: Numbers,
    event: Numbers,
    participant: Labels,
    *,
    group: Labels | None = None,
    terminal: Numbers | None = None,
    conf_level: float = 0.95,
) -> MeanCumulativeCount:
    """Estimate the mean number of events per participant by each time, one curve a group.

    All arguments are rows of equal length, taken by position and in any order; a participant has as many rows
    as there are stretches between events. `start`, `stop`: a row is at risk at start < t <= stop, and at 0 if
    its participant starts there; `event`: 1 where the row ends in an event; `participant`: whose row it is;
    `group`: labels, one a participant; `terminal`: 1 where the row ends in death (or what else ends events
    for good), with or without an event on that day. A second event on one day is a row with start == stop.
    Rows of one participant may leave gaps and may begin late, but do not overlap.

    Without `terminal`, sum d/n (Nelson 1995), with the variance over participants of Lawless and Nadeau
    (1995): no assumption on how events of one participant depend on each other, or that they are Poisson.
    Censoring must have nothing to do with events: a death taken as a censoring gives the mean count of
    people who never die. With it, int S(u-) dR(u) with its variance of Ghosh and Lin (2000): the mean count
    in which the dead have no more events, S being the survival of all at risk. Of events and a death on the
    same day, events come first. Limits are mean e^(+-z std_error/mean), 0 where no event happened yet.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed.

    Two participants: one has events on days 1 and 3 and leaves on day 4; the other dies on day 2. By day 1
    the mean is 1/2; the survival after day 2 is 1/2, one is left at risk: 1/2 + 1/2 * 1/1 = 1. Had the death
    been a censoring, it would be 1/2 + 1 = 3/2:

    >>> start, stop, event, dead = [0, 1, 3, 0], [1, 3, 4, 2], [1, 1, 0, 0], [0, 0, 0, 1]
    >>> counts = mean_cumulative_count(start, stop, event, ["a", "a", "a", "b"], terminal=dead)
    >>> counts.to_frame()[["time", "at_risk", "events", "mean_count"]]
       time  at_risk  events  mean_count
    0   1.0        2       1         0.5
    1   2.0        2       0         0.5
    2   3.0        1       1         1.0
    3   4.0        1       0         1.0
    >>> mean_cumulative_count(start, stop, event, ["a", "a", "a", "b"])
    Mean cumulative count without a terminal event, 95% intervals on the log scale
    group  n  events  deaths  time  mean_count
      all  2       2       0   4.0         1.5
    """
    z = normal_quantile(conf_level)
    rows = histories(start, stop, event, participant, group=group, terminal=terminal)
    codes = range(len(rows.group.labels))
    spans = [_spans(rows, code) for code in codes]
    found = [(time, mean_count(own)) for time, own in spans]
    labels = rows.group.labels
    curves = tuple(_curve(labels[code], *found[code], z) for code in codes)
    overview = pd.DataFrame(
        {
            "group": labels,
            "n": [len(np.unique(own.cluster)) for _, own in spans],
            "events": [int(counts.events.sum()) for _, counts in found],
            "deaths": [int(counts.deaths.sum()) for _, counts in found],
            "time": [time[-1] for time, _ in found],
            "mean_count": [counts.mean[-1] for _, counts in found],
        }
    )
    return MeanCumulativeCount(conf_level, terminal is not None, curves, overview)


def _spans(rows: Histories, code: int) -> tuple[Floats, Spans]:
    """The distinct times at which rows of a group stop, and its rows numbered by them."""
    own = rows.group.codes == code
    last, time = pd.factorize(rows.stop[own], sort=True)
    # The first time after the start; a row that opens its participant's follow-up at 0 is at risk there too.
    first = np.where(rows.opens[own], 0, np.searchsorted(time, rows.start[own], side="right"))
    event, terminal = rows.event[own], rows.terminal[own]
    return time, Spans(first, last, event, terminal, rows.participant[own], len(time))


def _curve(label: object, time: Floats, found: MeanCount, z: float) -> pd.DataFrame:
    """The columns of `to_frame` for one group."""
    error = np.sqrt(found.variance)
    spread = np.exp(z * np.divide(error, found.mean, out=np.zeros_like(error), where=found.mean > 0))
    return pd.DataFrame(
        {
            "group": label,
            "time": time,
            "at_risk": found.at_risk.astype(np.int64),
            "events": found.events.astype(np.int64),
            "mean_count": found.mean,
            "std_error": error,
            "lower": found.mean / spread,
            "upper": found.mean * spread,
        }
    )
