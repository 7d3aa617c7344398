"""The analyses that a study plans: which estimand, by which method, with which options, in which rank."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.adjudication import EventChoice
from app.domain.definition import Strict

Rank = Literal["primary", "secondary", "sensitivity", "exploratory", "safety"]
RANKS: tuple[Rank, ...] = ("primary", "secondary", "sensitivity", "exploratory", "safety")
"""In the order of the report."""

Method = Literal[
    "kaplan-meier",
    "log-rank",
    "rmst",
    "cox",
    "landmark",
    "event-counts",
    "cumulative-incidence",
    "fine-gray",
    "time-lost",
    "subgroups",
    "follow-up",
    "rates",
    "rate-ratio",
    "mean-cumulative-count",
    "recurrent-cox",
    "days-out-of-hospital",
    "readmission",
    "means",
    "mmrm",
    "random-slope",
    "responders",
    "deterioration",
    "area-under-curve",
    "while-alive-mean",
    "composite-mean",
    "worst-rank",
    "multiple-imputation",
    "tipping-point",
    "pattern-mixture",
    "win-ratio",
    "swimmer",
    "exposure-adjusted",
]
LateDeaths = Literal["count", "as-known"]
Multiplicity = Literal["fixed-sequence", "holm", "none"]
Spending = Literal["obrien-fleming", "pocock", "power", "hwang-shih-decani"]
Component = Literal["death", "transplant", "hospital-days", "hospital-stays", "score"]
SafetyKind = Literal["tumour", "serious", "adverse-event", "death", "hospital-stay"]
SAFETY_KINDS: tuple[SafetyKind, ...] = ("tumour", "serious", "adverse-event", "death", "hospital-stay")


@dataclass(frozen=True, kw_only=True)
class Analysis(Strict):
    """One step of the plan. Which of the fields from `at_days` on it may have follows from its method.

    `METHODS` (analysis_methods.py) says so; what is left out is the method's own. `covariates`, `strata` and
    `subgroups` are names of analysis_covariates.py; `margins` are by component of the hierarchy.
    """

    code: str
    estimand: str
    rank: Rank
    method: Method
    title: str = ""
    events: EventChoice = "confirmed"
    at_days: tuple[int, ...] = ()
    tau_days: int | None = None
    landmark_day: int | None = None
    within_days: tuple[int, ...] = ()
    visits: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()
    kinds: tuple[SafetyKind, ...] = ()
    conf_type: Literal["log-log", "log", "plain", "logit", "arcsin"] | None = None
    bands: Literal["equal-precision", "hall-wellner"] | None = None
    rho: float | None = None
    ties: Literal["efron", "breslow"] | None = None
    model: str | None = None
    covariance: str | None = None
    df: Literal["kenward-roger", "satterthwaite"] | None = None
    hierarchy: tuple[Component, ...] = ()
    margins: Mapping[Component, float] = field(default_factory=dict)
    difference: float | None = None
    at_death: float | None = None
    deltas: tuple[float, ...] = ()
    imputations: int | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Looks(Strict):
    """Planned looks at the primary analysis by the numbers of events that they wait for, the last one final.

    `parameter` is rho of `power`, gamma of `hwang-shih-decani`.
    """

    events: tuple[int, ...]
    spending: Spending = "obrien-fleming"
    parameter: float | None = None


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings(Strict):
    """What all analyses share: the arm that others are held against (the last one), two-sided alpha, looks.

    `multiplicity`: how several primary analyses are held against alpha together; None where there are not.
    `late_deaths`: a death before the cut-off that was told after it counts, or the data stand as they were
    known on the day of the cut-off.
    """

    reference: str = ""
    alpha: float = 0.05
    multiplicity: Multiplicity | None = None
    late_deaths: LateDeaths = "count"
    looks: Looks | None = None


USUAL = AnalysisSettings()
"""What holds for a study that says nothing."""
