"""The methods of a plan: one file a method, with a function `find` from a step to what it finds.

A new method is a file here and a line in `METHODS`; which endpoints and options it has stands in
`app.domain.analysis_methods`. `find` raises `NotPossible`, or lets an estimator's InputError pass, where
the data do not allow it.
"""

from collections.abc import Callable, Mapping

from analysis.reports.finding import Finding
from analysis.reports.methods import event_counts, kaplan_meier, log_rank, means, rates, rmst
from analysis.reports.step import Step
from app.domain.analysis_plan import Method

METHODS: Mapping[Method, Callable[[Step], Finding]] = {
    "event-counts": event_counts.find,
    "kaplan-meier": kaplan_meier.find,
    "log-rank": log_rank.find,
    "means": means.find,
    "rates": rates.find,
    "rmst": rmst.find,
}
