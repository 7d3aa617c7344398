"""The methods of a plan: one file a method, with a function `find` from a step to what it finds.

A new method is a file here and a line in `METHODS`; which endpoints and options it has stands in
`app.domain.analysis_methods`. `find` raises `NotPossible`, or lets an estimator's InputError pass, where
the data do not allow it.
"""

from collections.abc import Callable, Mapping

from analysis.reports.finding import Finding
from analysis.reports.methods import (
    cox,
    cumulative_incidence,
    event_counts,
    fine_gray,
    kaplan_meier,
    log_rank,
    mean_cumulative_count,
    means,
    mmrm,
    rate_ratio,
    rates,
    rmst,
    time_lost,
    win_ratio,
)
from analysis.reports.step import Step
from app.domain.analysis_plan import Method

METHODS: Mapping[Method, Callable[[Step], Finding]] = {
    "cox": cox.find,
    "cumulative-incidence": cumulative_incidence.find,
    "event-counts": event_counts.find,
    "fine-gray": fine_gray.find,
    "kaplan-meier": kaplan_meier.find,
    "log-rank": log_rank.find,
    "mean-cumulative-count": mean_cumulative_count.find,
    "means": means.find,
    "mmrm": mmrm.find,
    "rate-ratio": rate_ratio.find,
    "rates": rates.find,
    "rmst": rmst.find,
    "time-lost": time_lost.find,
    "win-ratio": win_ratio.find,
}
