"""A plan for the tiny study that draws every kind of figure."""

from typing import Any

from app.domain.analysis_plan import Analysis
from app.domain.estimand import Estimand

WORDS: dict[str, Any] = {
    "origin": "randomisation",
    "population": "All",
    "intercurrent": "As usual",
    "summary": "By arm",
}
SCORE: dict[str, Any] = {"instrument": "itch", "scale": "ITCH"}
ESTIMANDS = (
    Estimand(endpoint="TFS", **WORDS),
    Estimand(endpoint="TTX", **WORDS),
    Estimand(endpoint="HOSP", **WORDS),
    Estimand(endpoint="QOL", meaningful_difference=10, **SCORE, **WORDS),
    Estimand(endpoint="COMPOSITE", **SCORE, **WORDS),
)
PLAN = (
    Analysis(code="tfs", estimand="tfs", rank="primary", method="kaplan-meier"),
    Analysis(code="groups", estimand="tfs", rank="secondary", method="subgroups", subgroups=("site",)),
    Analysis(code="ttx", estimand="ttx", rank="secondary", method="cumulative-incidence"),
    Analysis(code="stays", estimand="hosp", rank="secondary", method="mean-cumulative-count"),
    Analysis(code="home", estimand="hosp", rank="secondary", method="days-out-of-hospital", tau_days=60),
    Analysis(code="better", estimand="qol", rank="secondary", method="responders", visits=("w4",)),
    Analysis(
        code="imputed",
        estimand="qol",
        rank="sensitivity",
        method="multiple-imputation",
        visits=("w4",),
        seed=7,
        imputations=5,
    ),
    Analysis(
        code="wins", estimand="composite", rank="secondary", method="win-ratio", hierarchy=("death", "score")
    ),
    Analysis(code="courses", estimand="composite", rank="exploratory", method="swimmer"),
    Analysis(code="all", estimand="tfs", rank="sensitivity", method="kaplan-meier", events="all"),
)
