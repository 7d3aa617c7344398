"""The methods of a plan: one file a method, with a function `find` from a step to what it finds.

A new method is a file here and a line in `METHODS`; which endpoints and options it has stands in
`app.domain.analysis_methods`. Captions, heads and words of figures go through `gettext`
(`analysis.reports.language`; never inside an f-string, where nothing finds them; then `make catalogues`),
sentences do not. `find` raises `NotPossible`, or lets an estimator's InputError pass, where
the data do not allow it.
"""

from collections.abc import Callable, Mapping

from analysis.reports.finding import Finding
from analysis.reports.methods import (
    area_under_curve,
    composite_mean,
    cox,
    cumulative_incidence,
    days_out_of_hospital,
    deterioration,
    event_counts,
    exposure_adjusted,
    fine_gray,
    follow_up,
    kaplan_meier,
    landmark,
    log_rank,
    mean_cumulative_count,
    means,
    mmrm,
    multiple_imputation,
    random_slope,
    rate_ratio,
    rates,
    readmission,
    recurrent_cox,
    responders,
    rmst,
    subgroups,
    swimmer,
    time_lost,
    tipping_point,
    while_alive_mean,
    win_ratio,
    worst_rank,
)
from analysis.reports.step import Step
from app.domain.analysis_plan import Method

METHODS: Mapping[Method, Callable[[Step], Finding]] = {
    "area-under-curve": area_under_curve.find,
    "composite-mean": composite_mean.find,
    "cox": cox.find,
    "cumulative-incidence": cumulative_incidence.find,
    "days-out-of-hospital": days_out_of_hospital.find,
    "deterioration": deterioration.find,
    "event-counts": event_counts.find,
    "exposure-adjusted": exposure_adjusted.find,
    "fine-gray": fine_gray.find,
    "follow-up": follow_up.find,
    "kaplan-meier": kaplan_meier.find,
    "landmark": landmark.find,
    "log-rank": log_rank.find,
    "mean-cumulative-count": mean_cumulative_count.find,
    "means": means.find,
    "mmrm": mmrm.find,
    "multiple-imputation": multiple_imputation.find,
    "pattern-mixture": multiple_imputation.pattern_mixture,
    "random-slope": random_slope.find,
    "rate-ratio": rate_ratio.find,
    "rates": rates.find,
    "readmission": readmission.find,
    "recurrent-cox": recurrent_cox.find,
    "responders": responders.find,
    "rmst": rmst.find,
    "subgroups": subgroups.find,
    "swimmer": swimmer.find,
    "time-lost": time_lost.find,
    "tipping-point": tipping_point.find,
    "while-alive-mean": while_alive_mean.find,
    "win-ratio": win_ratio.find,
    "worst-rank": worst_rank.find,
}
