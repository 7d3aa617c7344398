"""Restricted mean survival time: the mean of the time lived within a horizon, and its contrasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.area import area_to
from analysis.estimators.contrasts import contrasts
from analysis.estimators.counts import counts_by_time
from analysis.estimators.horizon import horizon
from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.observations import Labels, Numbers, observations
from analysis.estimators.product_limit import survival


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RestrictedMean:
    """One restricted mean a group, as `restricted_mean_survival` returns them."""

    tau: float
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group: group, rmst (in the unit of the durations), std_error, lower, upper."""
        return self._frame.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """Each other group against `reference` (a group's label): its difference, then its ratio.

        Columns: measure (difference: group minus reference; ratio: group over reference), group, estimate,
        lower, upper, p_value (two-sided, normal). The ratio's interval and test are on the log scale, by the
        delta method. Raises InputError where there is no such group, no other one, or both means have no
        error.

        >>> arms = list("aaabbb")
        >>> found = restricted_mean_survival([1, 3, 3, 1, 2, 3], [1, 0, 0, 1, 1, 0], group=arms, tau=3)
        >>> found.contrast("a").round(4)
              measure group  estimate   lower   upper  p_value
        0  difference     b   -0.3333 -1.7447  1.0780   0.6434
        1       ratio     b    0.8571  0.4475  1.6419   0.6421
        """
        groups, mean, error = (self._frame[name] for name in ("group", "rmst", "std_error"))
        z = normal_quantile(self.conf_level)
        found = contrasts(groups.tolist(), mean.to_numpy(), error.to_numpy(), reference=reference, z=z)
        still = groups[(error == 0) & (groups != reference)].tolist()
        if still and not error[groups == reference].any():
            both = (
                f"never 1 before {self.tau:g}, or always on one day, in both {reference!r} and {still[0]!r}"
            )
            raise InputError("event", both, "their means have no error, and there is nothing to test")
        return found

    def __repr__(self) -> str:
        """For people: the means."""
        title = f"Restricted mean survival to {self.tau:g}, {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def restricted_mean_survival(
    duration: Numbers,
    event: Numbers,
    *,
    group: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    tau: float,
    conf_level: float = 0.95,
    robust: bool = False,
) -> RestrictedMean:
    """Estimate the mean time without the event within the first `tau`: the area under Kaplan-Meier's curve.

    The data are those of `kaplan_meier`; `tau` is in their unit. The variance is sum A^2 d/(n(n - d)), A
    being the area from the day of the d events to tau (Klein and Moeschberger 2003, section 4.5); intervals
    are normal. The numbers are those of R's `print(survfit(...), rmean=tau)` and of its package survRM2.

    Weights count participants in that variance, as they do in R: ten times the weights, a tenth of the
    variance. For sampling weights set `robust`: the variance is then the infinitesimal jackknife's, each row
    one participant, and does not depend on the scale of the weights.

    Where a group's curve is not 0 at its last time, nothing is known of it after that time: a later `tau` is
    refused, with the latest that is allowed. Raises InputError (a ValueError) that names the argument, the
    row, what was found and what is allowed.

    An event on day 1, two censorings on day 3: S is 1 for a day and 2/3 for two, the area 7/3. After the
    event it is 4/3, and so the variance (4/3)^2 / (3 * 2), the error 0.5443. With events on days 1 and 2: 1
    + 2/3 + 1/3, areas of 1 and 1/3 after the events, variance 1/(3 * 2) + (1/3)^2 / (2 * 1):

    >>> restricted_mean_survival([1, 3, 3, 1, 2, 3], [1, 0, 0, 1, 1, 0], group=list("aaabbb"), tau=3)
    Restricted mean survival to 3, 95% intervals
    group     rmst  std_error    lower    upper
        a 2.333333   0.544331 1.266464 3.400203
        b 2.000000   0.471405 1.076064 2.923936
    """
    rows = observations(duration, event, group=group, entry=entry, weights=weights)
    z = normal_quantile(conf_level)
    counts = counts_by_time(rows)
    curves = [(own, survival(rows, own)) for own in map(counts.of_group, range(len(rows.group.labels)))]
    ends = [float(own.time[-1]) if share[-1] > 0 else np.inf for own, share in curves]
    until = horizon(tau, ends, rows.group.labels)
    areas = [
        area_to(until, own, share, rows.of_group(code) if robust else None)
        for code, (own, share) in enumerate(curves)
    ]
    frame = pd.DataFrame({"group": list(rows.group.labels)})
    frame["rmst"] = [area for area, _ in areas]
    frame["std_error"] = np.sqrt([variance for _, variance in areas])
    frame["lower"] = frame["rmst"] - z * frame["std_error"]
    frame["upper"] = frame["rmst"] + z * frame["std_error"]
    return RestrictedMean(until, conf_level, frame)
