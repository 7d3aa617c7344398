"""Exposure-adjusted incidence: first events per time at risk, beside the share that has had one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.estimators.aalen_johansen import group_of, incidence_variance
from analysis.estimators.causes import CompetingRisks, competing_risks
from analysis.estimators.counts import counts_by_time
from analysis.estimators.horizon import horizon
from analysis.estimators.input_error import InputError, is_number
from analysis.estimators.intervals import incidence_limits
from analysis.estimators.observations import Labels, Numbers
from analysis.estimators.rates import EventRates, event_rate


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExposureAdjustedIncidence:
    """One row a group, as `exposure_adjusted_incidence` returns them; `at` is the time of the incidence."""

    cause: object
    per: float
    at: float
    conf_level: float
    _rates: EventRates
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group.

        Columns: group, participants, events (of the cause), competing (events of other causes), person_time
        (in units of `per`), rate, lower, upper, at (a time), incidence (the share with the event by then),
        incidence_lower, incidence_upper.
        """
        return self._frame.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """Each other group's rate against `reference`: the columns and methods of `EventRates.contrast`."""
        return self._rates.contrast(reference)

    def __repr__(self) -> str:
        """For people: the rates."""
        title = f"Exposure-adjusted incidence of cause {self.cause!r}, exact {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def exposure_adjusted_incidence(
    duration: Numbers,
    cause: Labels,
    *,
    group: Labels | None = None,
    cause_of_interest: object = 1,
    per: float = 1.0,
    at: float | None = None,
    conf_level: float = 0.95,
    censored: object = None,
) -> ExposureAdjustedIncidence:
    """Participants with the event, per time until it, until another event or the end of follow-up.

    `duration` and `cause` are rows of equal length, as for `cumulative_incidence`: time to the first event of
    any cause (a tumour, say, or death) or to censoring; a participant counts once, and time after the event
    is not time at risk. `per`: how many units of duration make one of person-time: with days, 365.25 gives
    events per person-year, 36525 per hundred. For events that come again see `event_rate`.

    The interval of a rate is Garwood's, exact for a Poisson count, and what differs between groups is tested
    exactly (`contrast`). A rate describes a risk that stays the same; where it does not, or where many die of
    other causes, look at the share beside it: the cumulative incidence (Aalen and Johansen) at the time `at`,
    death competing, on the log-log scale. `at` is as a rule the last time to which every group was followed.

    No event in a group gives the rate 0 with its upper limit. So does a number, or a category of `cause`,
    that no row has: nobody had the event. Words that no row has are refused. Raises InputError (a ValueError)
    that names the argument, the row, what was found and what is allowed.

    Of two in each group, one of b has the event on day 1 and another dies on day 3; a is followed for 4 days.
    In b one event in 4 days: lower limit -log(0.975)/4; the share is 1/2 from day 1 on.

    >>> found = exposure_adjusted_incidence([4, 4, 1, 3], [0, 0, 1, 2], group=["a", "a", "b", "b"])
    >>> found.to_frame().iloc[:, :8].round(4)
      group  participants  events  competing  person_time  rate   lower   upper
    0     a             2       0          0          8.0  0.00  0.0000  0.4611
    1     b             2       1          1          4.0  0.25  0.0063  1.3929
    """
    if not (is_number(per) and 0 < per < np.inf):
        raise InputError("per", repr(per), "a number of units of duration above 0, for example 365.25")
    data = competing_risks(duration, cause, censored=censored, group=group, none_is_fine=True)
    code = _code(data, cause, cause_of_interest)
    rows = data.rows
    own, labels = data.cause == code, np.array(rows.group.labels, dtype=object)[rows.group.codes]
    order = np.argsort(rows.group.codes, kind="stable")  # groups in their order, not in that of the rows
    rates = event_rate(own[order], rows.duration[order] / per, group=labels[order], conf_level=conf_level)
    groups = len(rows.group.labels)
    frame = rates.to_frame().rename(columns={"count": "events"})
    competing = np.bincount(rows.group.codes, rows.event & ~own, minlength=groups).astype(np.int64)
    frame.insert(1, "participants", np.bincount(rows.group.codes, minlength=groups))
    frame.insert(3, "competing", competing)
    until, shares = _incidence(data, code, at, conf_level)
    return ExposureAdjustedIncidence(
        cause_of_interest, float(per), until, conf_level, rates, pd.concat([frame, shares], axis=1)
    )


def _code(data: CompetingRisks, cause: Labels, cause_of_interest: object) -> int:
    """The number of the cause; one that no row has where it may be that nobody had the event."""
    values = pd.Series(cause)
    if isinstance(values.dtype, pd.CategoricalDtype):
        may_be_none = cause_of_interest in values.cat.categories
    else:
        may_be_none = is_numeric_dtype(values) and is_number(cause_of_interest)
    if may_be_none and cause_of_interest not in data.labels:
        return len(data.labels) + 1
    return data.code(cause_of_interest)


def _incidence(
    data: CompetingRisks, code: int, at: float | None, conf_level: float
) -> tuple[float, pd.DataFrame]:
    """The time, and one row a group: at, incidence, incidence_lower, incidence_upper."""
    counts = counts_by_time(data.rows)
    labels = data.rows.group.labels
    groups = [group_of(data, counts, place) for place in range(len(labels))]
    ends = [course.end() for course, _ in groups]
    if at is None:  # where nobody is left to have an event in any group, its last time is as good as any
        last = max(float(course.time[-1]) for course, _ in groups)
        until = min(*ends, last)
    else:
        until = horizon(at, ends, labels, argument="at")
    found = []
    for course, people in groups:
        passed = int(np.searchsorted(course.time, until, side="right"))
        if code > len(data.labels) or passed == 0:
            incidence, error = np.zeros(1), np.zeros(1)
        else:
            here = slice(passed - 1, passed)
            incidence = course.incidence(code)[here]
            error = np.sqrt(incidence_variance(course, people, code)[here])
        limits = incidence_limits(incidence, error, conf_level=conf_level, conf_type="log-log")
        found.append([until, *incidence, *limits[0], *limits[1]])
    return until, pd.DataFrame(found, columns=["at", "incidence", "incidence_lower", "incidence_upper"])
