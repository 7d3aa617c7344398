"""Cumulative incidence with competing risks: the share that has had each event, its error and limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.aalen_johansen import Course, Participants, group_of, incidence_variance
from analysis.estimators.causes import CompetingRisks, competing_risks
from analysis.estimators.counts import counts_by_time
from analysis.estimators.curve_reading import curve_at
from analysis.estimators.input_error import refuse_where
from analysis.estimators.intervals import ConfidenceType, incidence_limits
from analysis.estimators.observations import A_TIME, Labels, Numbers, numbers, one_or_more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CumulativeIncidence:
    """One curve a group and cause, as `cumulative_incidence` returns them."""

    conf_level: float
    conf_type: ConfidenceType
    _curves: tuple[pd.DataFrame, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per group, cause and distinct time of the group.

        Columns: group, cause, time, at_risk (just before that time), events (of that cause, at it), incidence
        (just after it), std_error, lower, upper. Counts are whole numbers where the weights are.
        """
        return pd.concat(self._curves, ignore_index=True)

    def at(self, times: float | Numbers) -> pd.DataFrame:
        """The columns of `to_frame` at given times, sorted, by the rules of R's `summary(times=)`.

        `at_risk` belongs to the first time of the group that is not earlier; `events` are those since the
        previous given time; a time after a group's last one has no row. Raises InputError for a time below 0.

        >>> curves = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1])
        >>> curves.at(2.5).drop(columns=["std_error", "lower", "upper"])
          group  cause  time  at_risk  events  incidence
        0   all      1   2.5        1       1       0.25
        1   all      2   2.5        1       1       0.25
        """
        given = numbers("times", one_or_more(times))
        refuse_where(~(np.isfinite(given) & (given >= 0)), "times", given, A_TIME)
        limit = 0.0 if self.conf_type == "plain" else np.nan  # as in `incidence_limits`
        start = {"incidence": 0.0, "std_error": 0.0, "lower": limit, "upper": limit}
        read = [
            curve_at(curve, np.sort(given), start=start, summed=("events",), kept=("group", "cause"))
            for curve in self._curves
        ]
        return pd.concat(read, ignore_index=True)

    def __repr__(self) -> str:
        """For people: events and the last incidence of each group and cause."""
        last = [curve.iloc[[-1]].assign(events=curve["events"].sum()) for curve in self._curves]
        overview = pd.concat(last, ignore_index=True).drop(columns="at_risk")
        title = f"Cumulative incidence, {self.conf_level:.0%} intervals on the {self.conf_type} scale"
        return f"{title}\n{overview.to_string(index=False)}"


def cumulative_incidence(
    duration: Numbers,
    cause: Labels,
    *,
    group: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    conf_level: float = 0.95,
    conf_type: ConfidenceType = "log-log",
    censored: object = None,
) -> CumulativeIncidence:
    """Estimate the share that has had each event by each time, others competing (Aalen and Johansen 1978).

    All arguments are rows of equal length, taken by position. `duration`: time to the first event of any
    cause or to censoring, 0 or more, in any one unit; `cause`: 0 censored, 1, 2, ... or labels; `censored`:
    the label of a censoring where it is another than 0; `group`, `entry` and `weights` as for `kaplan_meier`.
    Equal times are events first, then censorings; events of several causes on one day share that day's number
    at risk, and nothing is moved apart.

    F_k(t) = sum over s <= t of S(s-) d_k/n, S being the share free of any event. The error is the
    infinitesimal jackknife's, as in R's `survfit` (package survival), late entry included; without late entry
    it is the formula of Marubini and Valsecchi (1995). Aalen's variance, of R's `cuminc` (cmprsk), is another
    one, about 0.2 % apart. Whole weights count participants, a row of weight 3 is three of them; as soon as
    one weight is not whole they are sampling weights, and each row is one participant. (R takes all weights
    as sampling weights here, whole ones too.)

    Limits are those of `survfit` on the same scale, cut to [0, 1]: by default F^exp(+-z error/(F log F)), as
    for `kaplan_meier` (R's own default is "log"). Where F is 0 or 1 they are undefined (NaN), except "plain".

    lifelines is not used: its Aalen-Johansen moves equal times apart at random (up to 1e-3 off) and drops
    events at time 0.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed.

    Four participants: the event on day 1, death and a censoring on day 2, the event on day 3. F_1(1) = 1/4,
    F_2(2) = 3/4 * 1/3 = 1/4, and S(2) = 1/2 goes to cause 1 on day 3. The first error is sqrt(1/4 * 3/4 / 4).

    >>> curves = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], conf_type="plain")
    >>> curves.to_frame().round(4)
      group  cause  time  at_risk  events  incidence  std_error   lower   upper
    0   all      1   1.0        4       1       0.25     0.2165  0.0000  0.6743
    1   all      1   2.0        3       0       0.25     0.2165  0.0000  0.6743
    2   all      1   3.0        1       1       0.75     0.2165  0.3257  1.0000
    3   all      2   1.0        4       0       0.00     0.0000  0.0000  0.0000
    4   all      2   2.0        3       1       0.25     0.2165  0.0000  0.6743
    5   all      2   3.0        1       0       0.25     0.2165  0.0000  0.6743
    """
    data = competing_risks(duration, cause, censored=censored, group=group, entry=entry, weights=weights)
    counts = counts_by_time(data.rows)
    curves: list[pd.DataFrame] = []
    for code in range(len(data.rows.group.labels)):
        course, people = group_of(data, counts, code)
        curves += [
            _curve(data, course, people, cause_code, conf_level=conf_level, conf_type=conf_type)
            for cause_code in range(1, len(data.labels) + 1)
        ]
    return CumulativeIncidence(conf_level, conf_type, tuple(curves))


def _curve(
    data: CompetingRisks,
    course: Course,
    people: Participants,
    code: int,
    *,
    conf_level: float,
    conf_type: ConfidenceType,
) -> pd.DataFrame:
    """The columns of `to_frame` for one cause of one group."""
    incidence = course.incidence(code)
    error = np.sqrt(incidence_variance(course, people, code))
    lower, upper = incidence_limits(incidence, error, conf_level=conf_level, conf_type=conf_type)
    number = np.int64 if data.rows.whole_weights else np.float64
    return pd.DataFrame(
        {
            "group": people.group,
            "cause": data.labels[code - 1],
            "time": course.time,
            "at_risk": course.at_risk.astype(number),
            "events": course.causes[code - 1].astype(number),
            "incidence": incidence,
            "std_error": error,
            "lower": lower,
            "upper": upper,
        }
    )
