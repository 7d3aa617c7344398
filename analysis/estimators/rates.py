"""Events per person-time, with the exact interval of a Poisson count, and what differs between groups."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from analysis.estimators.contrasts import place_of
from analysis.estimators.exact_ratio import exact_ratio
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Labels, Numbers, are_counts, grouping, numbers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EventRates:
    """One rate a group, as `event_rate` returns them."""

    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group: group, count, person_time, rate, lower, upper; NaN where no time was observed."""
        return self._frame.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """Each other group's rate against that of `reference` (a group's label): difference, then ratio.

        Columns: measure (difference: group minus reference; ratio: group over reference), group, estimate,
        lower, upper, p_value. The ratio's limits and the test, one for both, are exact: given the sum of both
        counts, one of them is binomial (Clopper and Pearson; R's `poisson.test`). The difference has no such
        distribution: its limits are put together from both exact intervals, d -+ sqrt((rate - limit)^2 +
        (other limit - other rate)^2) (Zou and Donner 2008; Li, Tang and Wong 2014). Infinite where the
        reference has no event, NaN where no time was observed. Raises InputError where there is no such
        group, or no other one.

        >>> event_rate([1, 5], [10, 10], group=["a", "b"]).contrast("a").round(4)
              measure group  estimate   lower     upper  p_value
        0  difference     b       0.4 -0.1683    1.0739   0.2188
        1       ratio     b       5.0  0.5595  236.4877   0.2188
        """
        place = place_of(reference, self._frame["group"].tolist())
        base = self._frame.iloc[place]
        others = self._frame.drop(index=place)
        share = upper_share(self.conf_level)
        ratios = [
            exact_ratio(int(count), time, int(base["count"]), base["person_time"], share)
            for count, time in zip(others["count"], others["person_time"], strict=True)
        ]
        difference = others["rate"] - base["rate"]
        below = np.hypot(others["rate"] - others["lower"], base["upper"] - base["rate"])
        above = np.hypot(others["upper"] - others["rate"], base["rate"] - base["lower"])
        differences = pd.DataFrame(
            {
                "measure": "difference",
                "group": others["group"],
                "estimate": difference,
                "lower": difference - below,
                "upper": difference + above,
                "p_value": [ratio.p_value for ratio in ratios],
            }
        )
        found = pd.DataFrame([asdict(ratio) for ratio in ratios]).assign(group=others["group"].to_numpy())
        return pd.concat([differences, found.assign(measure="ratio")], ignore_index=True)

    def __repr__(self) -> str:
        """For people: the rates."""
        return f"Event rates, exact {self.conf_level:.0%} intervals\n{self._frame.to_string(index=False)}"


def event_rate(
    count: Numbers, person_time: Numbers, *, group: Labels | None = None, conf_level: float = 0.95
) -> EventRates:
    """Events divided by time at risk, both summed over the rows of a group (a row is a participant, say).

    The interval is Garwood's (1936): chi2(2c)/2 and chi2(2c + 2)/2 at the two tails, divided by the time; its
    lower limit is 0 where nothing happened. It takes all events as independent: where some people have many,
    it is too narrow. Groups come in the order of their first row. Raises InputError (a ValueError) that names
    the argument and the row.

    No event in 2 years: the upper limit is -log(0.025)/2 = 1.8444. One: the lower is -log(0.975)/2 = 0.0127.

    >>> event_rate([0, 1], [2, 2], group=["a", "b"]).to_frame().round(4)
      group  count  person_time  rate   lower   upper
    0     a      0          2.0   0.0  0.0000  1.8444
    1     b      1          2.0   0.5  0.0127  2.7858
    """
    share = upper_share(conf_level)
    events = numbers("count", count)
    if len(events) == 0:
        raise InputError("count", "empty", "at least one row is needed")
    time = numbers("person_time", person_time, len(events), "count")
    refuse_where(~are_counts(events), "count", events, "a whole number")
    refuse_where(~(np.isfinite(time) & (time >= 0)), "person_time", time, "a number, 0 or more")
    arms = grouping("group", group, np.ones(len(events), dtype=np.bool_), "count")
    place, order = pd.factorize(arms.codes)  # in the order of their first row
    found = pd.DataFrame(
        {
            "group": [arms.labels[code] for code in order],
            "count": np.bincount(place, events).astype(np.int64),
            "person_time": np.bincount(place, time),
        }
    )
    c, observed = found["count"].to_numpy(), found["person_time"].where(found["person_time"] > 0).to_numpy()
    found["rate"] = c / observed
    found["lower"] = np.where(c > 0, chi2.ppf(1 - share, 2 * np.maximum(c, 1)) / 2, 0) / observed
    found["upper"] = chi2.ppf(share, 2 * c + 2) / 2 / observed
    return EventRates(conf_level, found)
