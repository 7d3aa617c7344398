"""What each method of an analysis plan is called, which endpoints it takes, and which options it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.analysis_plan import Method
from app.domain.estimand import AnyEndpoint, Strategy

TIMES: tuple[AnyEndpoint, ...] = ("TFS", "OS")
ANY_TIMES: tuple[AnyEndpoint, ...] = ("TFS", "OS", "TTX")
STAYS: tuple[AnyEndpoint, ...] = ("HOSP",)
SCORES: tuple[AnyEndpoint, ...] = ("QOL",)
COVARIANCES = (
    "unstructured",
    "toeplitz",
    "heterogeneous-toeplitz",
    "ar1",
    "heterogeneous-ar1",
    "compound-symmetry",
    "heterogeneous-compound-symmetry",
    "adaptive",
)


@dataclass(frozen=True, kw_only=True)
class MethodRule:
    """A method's name for people, its endpoints, and the fields of an analysis that it needs and may have.

    `words` are what fields that are texts may say, the first one where nothing is said. A quality of life
    whose estimand names no scale is for methods with `all_scales` only; those `by_difference` need to know
    which difference is meaningful; those `of_the_living` look at scores alone, so that neither a death nor a
    transplant is an event for them. `deaths` and `transplants` are what those can be that it carries out,
    where that is not all that its endpoints allow. `tests`: whether it has one p value of all arms together,
    or one of each arm against the reference.
    """

    title: str
    endpoints: tuple[AnyEndpoint, ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    all_scales: bool = False
    by_difference: bool = False
    of_the_living: bool = False
    deaths: tuple[Strategy, ...] = ()
    transplants: tuple[Strategy, ...] = ()
    tests: Literal["", "arms", "pairs"] = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Return all fields that the method has, those that it needs first."""
        return (*self.needs, *self.takes)


METHODS: Mapping[Method, MethodRule] = {
    "kaplan-meier": MethodRule(
        title="Kaplan-Meier curves and log-rank test",
        endpoints=TIMES,
        takes=("at_days", "conf_type", "bands", "strata", "rho"),
        tests="arms",
    ),
    "log-rank": MethodRule(
        title="Log-rank test",
        endpoints=ANY_TIMES,
        takes=("strata", "rho"),
        tests="arms",
    ),
    "rmst": MethodRule(
        title="Restricted mean survival time",
        endpoints=TIMES,
        needs=("tau_days",),
        tests="pairs",
    ),
    "cox": MethodRule(
        title="Cox model",
        endpoints=ANY_TIMES,
        takes=("covariates", "strata", "ties"),
        tests="pairs",
    ),
    "landmark": MethodRule(
        title="Landmark analysis",
        endpoints=TIMES,
        needs=("landmark_day",),
        takes=("at_days", "conf_type"),
        tests="arms",
    ),
    "event-counts": MethodRule(title="Counts of events", endpoints=("TTX",)),
    "cumulative-incidence": MethodRule(
        title="Cumulative incidence and Gray's test",
        endpoints=("TTX", "SAFETY"),
        takes=("at_days", "strata", "kinds"),
        tests="arms",
    ),
    "fine-gray": MethodRule(
        title="Fine-Gray model",
        endpoints=("TTX",),
        takes=("covariates",),
        tests="pairs",
    ),
    "time-lost": MethodRule(
        title="Restricted mean time lost",
        endpoints=("TTX",),
        needs=("tau_days",),
    ),
    "subgroups": MethodRule(
        title="Subgroups", endpoints=ANY_TIMES, needs=("subgroups",), takes=("strata", "ties")
    ),
    "follow-up": MethodRule(title="Length and completeness of follow-up", endpoints=("TFS", "OS", "SAFETY")),
    "rates": MethodRule(title="Stays per person-year", endpoints=STAYS),
    "rate-ratio": MethodRule(
        title="Ratio of rates",
        endpoints=STAYS,
        takes=("model", "covariates"),
        words={"model": ("negative-binomial", "poisson", "quasi-poisson", "exact")},
        tests="pairs",
    ),
    "mean-cumulative-count": MethodRule(title="Mean cumulative count", endpoints=STAYS, takes=("at_days",)),
    "recurrent-cox": MethodRule(
        title="Model of recurrent stays",
        endpoints=STAYS,
        takes=("model", "covariates"),
        words={"model": ("andersen-gill", "pwp-total-time", "pwp-gap-time")},
        tests="pairs",
    ),
    "days-out-of-hospital": MethodRule(
        title="Days alive and out of hospital",
        endpoints=STAYS,
        needs=("tau_days",),
        deaths=("while-alive", "competing"),
        tests="pairs",
    ),
    "readmission": MethodRule(
        title="Readmission", endpoints=STAYS, takes=("within_days",), deaths=("while-alive", "competing")
    ),
    "means": MethodRule(
        title="Observed means", endpoints=SCORES, takes=("visits",), all_scales=True, of_the_living=True
    ),
    "mmrm": MethodRule(
        title="Mixed model for repeated measures",
        endpoints=SCORES,
        takes=("visits", "covariates", "covariance", "df"),
        words={"covariance": COVARIANCES},
        of_the_living=True,
        tests="pairs",
    ),
    "random-slope": MethodRule(
        title="Random-slope model",
        endpoints=SCORES,
        takes=("visits", "covariates", "df"),
        of_the_living=True,
        tests="pairs",
    ),
    "responders": MethodRule(
        title="Responders",
        endpoints=SCORES,
        needs=("visits",),
        takes=("difference",),
        by_difference=True,
        deaths=("event", "competing", "while-alive"),
        transplants=("ignored", "event"),
        tests="pairs",
    ),
    "deterioration": MethodRule(
        title="Time to sustained deterioration",
        endpoints=SCORES,
        takes=("difference", "visits"),
        by_difference=True,
    ),
    "area-under-curve": MethodRule(
        title="Area under the curve",
        endpoints=SCORES,
        needs=("visits",),
        of_the_living=True,
        tests="pairs",
    ),
    "while-alive-mean": MethodRule(
        title="Average score while alive",
        endpoints=SCORES,
        needs=("visits",),
        of_the_living=True,
        deaths=("while-alive",),
        tests="pairs",
    ),
    "composite-mean": MethodRule(
        title="Mean score, death counting as one",
        endpoints=SCORES,
        needs=("visits", "at_death"),
        deaths=("event",),
        transplants=("ignored", "event"),
        tests="pairs",
    ),
    "worst-rank": MethodRule(
        title="Scores ranked above deaths",
        endpoints=SCORES,
        needs=("visits",),
        deaths=("event",),
        transplants=("ignored", "event"),
        tests="pairs",
    ),
    "multiple-imputation": MethodRule(
        title="Multiple imputation",
        endpoints=SCORES,
        needs=("visits", "seed"),
        takes=("covariates", "imputations"),
        of_the_living=True,
        deaths=("while-alive",),
        tests="pairs",
    ),
    "tipping-point": MethodRule(
        title="Tipping point",
        endpoints=SCORES,
        needs=("visits", "deltas", "seed"),
        takes=("covariates", "imputations"),
        of_the_living=True,
        deaths=("while-alive",),
    ),
    "pattern-mixture": MethodRule(
        title="Pattern mixture",
        endpoints=SCORES,
        needs=("visits", "seed"),
        takes=("covariates", "imputations", "model"),
        words={"model": ("jump-to-reference", "copy-reference", "copy-increments")},
        of_the_living=True,
        deaths=("while-alive",),
        tests="pairs",
    ),
    "win-ratio": MethodRule(
        title="Win ratio",
        endpoints=("COMPOSITE",),
        needs=("hierarchy",),
        takes=("margins", "visits", "strata"),
        tests="pairs",
    ),
    "swimmer": MethodRule(title="Every course on one line", endpoints=("COMPOSITE",)),
    "exposure-adjusted": MethodRule(title="Events per person-year", endpoints=("SAFETY",), takes=("kinds",)),
}
OPTIONS = tuple(dict.fromkeys(option for rule in METHODS.values() for option in rule.options))
"""The fields of an analysis that depend on its method."""
WITH_LOOKS: tuple[Method, ...] = ("kaplan-meier", "log-rank")
"""Those beside whose test a boundary of a look can stand."""
