"""Restricted mean time lost: the part of a horizon that each cause takes away, on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.aalen_johansen import Course, Participants, group_of, influence
from analysis.estimators.causes import competing_risks
from analysis.estimators.contrasts import contrasts
from analysis.estimators.counts import counts_by_time
from analysis.estimators.horizon import horizon
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.observations import Labels, Numbers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RestrictedMeanTimeLost:
    """One restricted mean a group and cause, as `restricted_mean_time_lost` returns them."""

    tau: float
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group and cause.

        Columns: group, cause, rmtl (in the unit of the durations), std_error, lower, upper.
        """
        return self._frame.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """For each cause, each other group against `reference` (a group's label): difference, then ratio.

        Columns: cause, measure (difference: group minus reference; ratio: group over reference), group,
        estimate, lower, upper, p_value (two-sided, normal). The ratio's interval and test are on the log
        scale, by the delta method; it is NaN where a cause took no time from one of the two. Raises
        InputError where there is no such group, or no other one.

        >>> arms, causes = list("aaabbb"), [1, 2, 0, 1, 1, 0]
        >>> lost = restricted_mean_time_lost([1, 2, 3, 1, 2, 3], causes, group=arms, tau=3)
        >>> lost.contrast("a").round(4).iloc[:2]
           cause     measure group  estimate   lower   upper  p_value
        0      1  difference     b    0.3333 -1.0780  1.7447   0.6434
        1      1       ratio     b    1.5000  0.2364  9.5194   0.6672
        """
        z = normal_quantile(self.conf_level)
        found = []
        for cause, own in self._frame.groupby("cause", sort=False):
            groups, mean, error = (own[name] for name in ("group", "rmtl", "std_error"))
            against = contrasts(groups.tolist(), mean.to_numpy(), error.to_numpy(), reference=reference, z=z)
            against.insert(0, "cause", cause)
            found.append(against)
        return pd.concat(found, ignore_index=True)

    def __repr__(self) -> str:
        """For people: the means."""
        title = f"Restricted mean time lost to {self.tau:g}, {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def restricted_mean_time_lost(
    duration: Numbers,
    cause: Labels,
    *,
    group: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    tau: float,
    conf_level: float = 0.95,
    censored: object = None,
) -> RestrictedMeanTimeLost:
    """Estimate how much of the first `tau` each cause takes on average: the area under its incidence.

    The data are those of `cumulative_incidence`, weights too; `tau` is in their unit. The areas of all causes
    and the restricted mean survival without any event add up to tau (Andersen 2013). The error is the
    infinitesimal jackknife's: each participant's influence on F(t), which R's `survfit` gives, integrated to
    tau. For one cause, without weights and late entry, it is the error of `restricted_mean_survival`.
    Intervals are normal. R's own `summary(rmean=)` has the same areas; of its errors, those of several groups
    or with weights are wrong in survival 3.5-3 (steps of another width, no weights).

    Where a group's curve of those free of any event is not 0 at its last time, nothing is known of it after
    that time: a later `tau` is refused, with the latest that is allowed. Raises InputError (a ValueError)
    that names the argument, the row, what was found and what is allowed.

    Without a censoring before tau each loses tau - t: of three, one has cause 1 on day 1 and loses 2 days of
    three, one has cause 2 on day 2 and loses 1. The means are 2/3 and 1/3; the variance of a mean is that of
    (2, 0, 0), 8/9, by 3.

    >>> restricted_mean_time_lost([1, 2, 3], [1, 2, 0], tau=3).to_frame().round(4)
      group  cause    rmtl  std_error   lower   upper
    0   all      1  0.6667     0.5443 -0.4002  1.7335
    1   all      2  0.3333     0.2722 -0.2001  0.8668
    """
    data = competing_risks(duration, cause, censored=censored, group=group, entry=entry, weights=weights)
    z = normal_quantile(conf_level)
    counts = counts_by_time(data.rows)
    labels = data.rows.group.labels
    courses = [group_of(data, counts, code) for code in range(len(labels))]
    until = horizon(tau, [course.end() for course, _ in courses], labels)
    frame = pd.DataFrame(
        [
            {"group": label, "cause": of_cause, **_time_lost(course, people, code, until)}
            for label, (course, people) in zip(labels, courses, strict=True)
            for code, of_cause in enumerate(data.labels, start=1)
        ]
    )
    frame["lower"] = frame["rmtl"] - z * frame["std_error"]
    frame["upper"] = frame["rmtl"] + z * frame["std_error"]
    return RestrictedMeanTimeLost(until, conf_level, frame)


def _time_lost(course: Course, people: Participants, code: int, until: float) -> dict[str, float]:
    """The area to `until` and its error: the S(s-)/n of an event at s is lost from s on."""
    worth = np.maximum(until - course.time, 0)
    influences = influence(course, people, code, worth).closed_p
    return {
        "rmtl": float(worth @ course.jumps(code)),
        "std_error": float(np.sqrt(people.squared @ influences**2)),
    }
