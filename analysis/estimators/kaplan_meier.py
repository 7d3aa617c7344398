"""Survival curves: the share still free of the event, its error and limits, quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.bands import Band, confidence_band
from analysis.estimators.counts import Counts, counts_by_time
from analysis.estimators.curve_reading import crossing_time, curve_at
from analysis.estimators.input_error import refuse_where
from analysis.estimators.intervals import ConfidenceType, survival_limits
from analysis.estimators.observations import (
    A_TIME,
    Labels,
    Numbers,
    Observations,
    numbers,
    observations,
    one_or_more,
)
from analysis.estimators.product_limit import log_survival_variance, survival


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KaplanMeier:
    """One survival curve a group, as `kaplan_meier` returns them."""

    conf_level: float
    conf_type: ConfidenceType
    _curves: tuple[pd.DataFrame, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per group and distinct time.

        Columns: group, time, at_risk (just before that time), events and censored (at it), survival (just
        after it), std_error (of the survival), lower, upper. Counts are whole numbers where the weights are.
        """
        return pd.concat(self._curves, ignore_index=True)

    def quantile(self, p: float | Sequence[float] = 0.5) -> pd.DataFrame:
        """The time by which the share `p` has had the event, one row per group and `p`; 0.5 gives the median.

        Columns: group, p, time, lower, upper; NaN where the curve or its limit does not fall so far. It is
        the first time with S < 1 - p; where S rests at 1 - p (to 1.5e-8), the middle of that step, as R has
        it. The interval inverts the pointwise limits (Brookmeyer and Crowley 1982). Raises InputError unless
        0 < p < 1.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], conf_type="plain").quantile()
          group    p  time  lower  upper
        0   all  0.5   2.5    1.0    NaN
        """
        shares = numbers("p", one_or_more(p))
        refuse_where(~((shares > 0) & (shares < 1)), "p", shares, "a share lies between 0 and 1")
        rows = [
            {
                "group": curve["group"].iloc[0],
                "p": share,
                # The curve's lower limit is the first to fall below 1 - p: it bounds the time from below.
                "time": crossing_time(curve, "survival", share),
                "lower": crossing_time(curve, "lower", share),
                "upper": crossing_time(curve, "upper", share),
            }
            for curve in self._curves
            for share in shares.tolist()
        ]
        return pd.DataFrame(rows, columns=["group", "p", "time", "lower", "upper"])

    def at(self, times: float | Numbers) -> pd.DataFrame:
        """The columns of `to_frame` at given times, sorted, by the rules of R's `summary(times=)`.

        `at_risk` belongs to the first time of the curve that is not earlier; `events` and `censored` are
        those since the previous given time; a time after a group's last one has no row. Raises InputError for
        a time below 0.

        >>> curves = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0])
        >>> curves.at([0, 2.5]).drop(columns=["std_error", "lower", "upper"])
          group  time  at_risk  events  censored  survival
        0   all   0.0        4       0         0       1.0
        1   all   2.5        1       2         1       0.5
        """
        given = numbers("times", one_or_more(times))
        refuse_where(~(np.isfinite(given) & (given >= 0)), "times", given, A_TIME)
        start = {"survival": 1.0, "std_error": 0.0, "lower": 1.0, "upper": 1.0}
        read = [curve_at(curve, np.sort(given), start=start) for curve in self._curves]
        return pd.concat(read, ignore_index=True)

    def bands(
        self, kind: Band = "equal-precision", *, start: float | None = None, end: float | None = None
    ) -> pd.DataFrame:
        """A band that holds the whole curve from `start` to `end` with the confidence level, one a group.

        Columns: group, time, survival, lower, upper, critical_value; one row for each time of the curve, and
        one for `start`. "equal-precision" (Nair 1984): the pointwise limits with a larger multiple of the
        error; "hall-wellner" (Hall and Wellner 1980): a multiple of (1 + n G)/sqrt(n), G being Greenwood's
        sum, wider early and late. Both on the scale of `conf_type`, with the critical values of
        `analysis.estimators.band_values`.

        `start` is the first event of each group unless given, `end` the last one that leaves the curve above
        0; neither may lie beyond. Raises InputError also where a group has no such event, for weights that
        are not whole, and for confidence levels below a half.

        Ten events, one a day: G is 1/(10*9) on day 1, so that the second band's lower limit is 0.9 - 0.9 *
        0.9247 (1 + 10/90) / sqrt(10).

        >>> curve = kaplan_meier(range(1, 11), [1] * 10, conf_type="plain")
        >>> curve.bands(start=1, end=2).round(4)
          group  time  survival   lower  upper  critical_value
        0   all   1.0       0.9  0.6571    1.0          2.5602
        1   all   2.0       0.8  0.4762    1.0          2.5602
        >>> curve.bands("hall-wellner", start=1, end=2).round(4)
          group  time  survival   lower  upper  critical_value
        0   all   1.0       0.9  0.6076    1.0          0.9247
        1   all   2.0       0.8  0.5076    1.0          0.9247
        """
        return pd.concat(
            [
                confidence_band(curve, kind, self.conf_level, self.conf_type, start=start, end=end)
                for curve in self._curves
            ],
            ignore_index=True,
        )

    def __repr__(self) -> str:
        """For people: participants (or weights), events and median of each group."""
        overview = self.quantile().drop(columns="p").rename(columns={"time": "median"})
        events = [curve["events"].sum() for curve in self._curves]
        censored = [curve["censored"].sum() for curve in self._curves]
        overview.insert(1, "n", np.add(events, censored))
        overview.insert(2, "events", events)
        title = f"Kaplan-Meier, {self.conf_level:.0%} intervals on the {self.conf_type} scale"
        return f"{title}\n{overview.to_string(index=False)}"


def kaplan_meier(
    duration: Numbers,
    event: Numbers,
    *,
    group: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    conf_level: float = 0.95,
    conf_type: ConfidenceType = "log-log",
) -> KaplanMeier:
    """Estimate survival by the product limit S(t) = prod(1 - d/n) (Kaplan and Meier 1958), one curve a group.

    All arguments are rows of equal length, taken by position. `duration`: time to event or censoring, 0 or
    more, in any one unit; `event`: 1 happened, 0 censored; `group`: labels (one group, "all", without them);
    `entry`: late entry, on the clock of `duration` (a row counts as at risk at entry < t <= duration);
    `weights`: 0 or more. Equal times are events first, then censorings; times are compared exactly, so keep
    whole days.

    Whole weights count participants: a row of weight 3 is three participants, and the error is Greenwood's.
    As soon as one weight is not whole, they are sampling weights, each row is one participant, and the error
    is the infinitesimal jackknife's (R's `survfit` draws the same line). Limits are cut to [0, 1]; at S = 1
    they are 1, at S = 0 they and the error are undefined (NaN). Only the jackknife is defined there: no
    weight moves S from 0, its error is 0, and so are plain limits.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed.

    Four participants: an event on day 1, an event and a censoring on day 2, a censoring on day 3. S(1) = 3/4,
    S(2) = 3/4 * 2/3 = 1/2; Greenwood: 1/(4*3) + 1/(3*2) = 1/4, so that the error of S(2) is 1/2 * 1/2:

    >>> curves = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0], conf_type="plain")
    >>> curves.to_frame().round(4)
      group  time  at_risk  events  censored  survival  std_error   lower  upper
    0   all   1.0        4       1         0      0.75     0.2165  0.3257   1.00
    1   all   2.0        3       1         1      0.50     0.2500  0.0100   0.99
    2   all   3.0        1       0         1      0.50     0.2500  0.0100   0.99
    >>> curves
    Kaplan-Meier, 95% intervals on the plain scale
    group  n  events  median  lower  upper
      all  4       2     2.5    1.0    NaN
    """
    rows = observations(duration, event, group=group, entry=entry, weights=weights)
    counts = counts_by_time(rows)
    curves = tuple(
        _curve(rows, counts, code, conf_level=conf_level, conf_type=conf_type)
        for code in range(len(rows.group.labels))
    )
    return KaplanMeier(conf_level, conf_type, curves)


def _curve(
    rows: Observations, counts: Counts, code: int, *, conf_level: float, conf_type: ConfidenceType
) -> pd.DataFrame:
    """The columns of `to_frame` for the group `code`, at the times at which someone of the group leaves."""
    own = counts.of_group(code)
    share = survival(rows, own)
    log_error = np.sqrt(log_survival_variance(rows, own, code))
    lower, upper = survival_limits(share, log_error, conf_level=conf_level, conf_type=conf_type)
    error = np.where(share > 0, share * log_error, np.nan)
    number: type = np.int64
    if not rows.whole_weights:
        number = np.float64
        error[share == 0] = 0
        if conf_type == "plain":
            lower[share == 0] = upper[share == 0] = 0
    return pd.DataFrame(
        {
            "group": rows.group.labels[code],
            "time": own.time,
            "at_risk": own.at_risk.astype(number),
            "events": own.events.astype(number),
            "censored": own.censored.astype(number),
            "survival": share,
            "std_error": error,
            "lower": lower,
            "upper": upper,
        }
    )
