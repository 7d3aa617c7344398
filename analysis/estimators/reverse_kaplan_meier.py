"""How long participants are followed: the median follow-up, by Kaplan and Meier's curve of the censoring."""

from __future__ import annotations

import numpy as np

from analysis.estimators.input_error import refuse_where
from analysis.estimators.intervals import ConfidenceType
from analysis.estimators.kaplan_meier import KaplanMeier, kaplan_meier
from analysis.estimators.observations import Labels, Numbers, numbers


def reverse_kaplan_meier(
    duration: Numbers,
    event: Numbers,
    *,
    group: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
    conf_level: float = 0.95,
    conf_type: ConfidenceType = "log-log",
) -> KaplanMeier:
    """Estimate how long participants would be followed if nobody had the event (Schemper and Smith 1996).

    The data are those of `kaplan_meier`, with the same `event`: here the end of the follow-up is what
    happens, and the event what censors. `.quantile(0.5)` is the median follow-up. In the result `events` are
    ends of follow-up, `censored` are events.

    Who has the event on a day counts as at risk at the ends of follow-up on that day, as in R's
    `survfit(Surv(time, 1 - event) ~ group)`. A rule that puts events before censorings on the same day
    (prodlim's) divides by fewer and gives follow-up that is a little shorter.

    Raises InputError as `kaplan_meier` does.

    Ends of follow-up on days 3 and 5, events on days 2 and 3: 3 of 3 are at risk on day 3, 1 on day 5.

    >>> found = reverse_kaplan_meier([2, 3, 3, 5], [1, 1, 0, 0])
    >>> found.to_frame()[["time", "at_risk", "events", "censored", "survival"]].round(4)
       time  at_risk  events  censored  survival
    0   2.0        4       0         1    1.0000
    1   3.0        3       1         1    0.6667
    2   5.0        1       1         0    0.0000
    >>> found.quantile()["time"].tolist()
    [5.0]
    """
    happened = numbers("event", event)
    refuse_where((happened != 0) & (happened != 1), "event", happened, "1 is an event, 0 a censoring")
    return kaplan_meier(
        duration,
        np.asarray(1 - happened),
        group=group,
        entry=entry,
        weights=weights,
        conf_level=conf_level,
        conf_type=conf_type,
    )
