"""The public signatures and the columns of their frames are those that other programs were promised.

Typed by hand from the project's table of signatures, not from the code. What the code offers beyond it is
given by keyword and has a default, and columns beyond it come last.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args

import pandas as pd
import pytest

import analysis.estimators as estimators
from analysis.estimators import (
    ConfidenceType,
    Count,
    Difference,
    RateModel,
    TimeToEvent,
    cox_regression,
    cumulative_incidence,
    event_rate_ratio,
    fine_gray_regression,
    gray_test,
    kaplan_meier,
    logrank_test,
    mean_cumulative_count,
    mmrm,
    pool_imputations,
    random_slope_model,
    restricted_mean_survival,
    win_ratio,
)
from analysis.estimators.pair_components import Component

PROMISED = {
    "kaplan_meier": (
        "duration, event, *, group=None, entry=None, weights=None, conf_level=0.95, conf_type='log-log'"
    ),
    "logrank_test": "duration, event, group, *, strata=None, entry=None, weights=None, rho=0.0",
    "restricted_mean_survival": "duration, event, *, group=None, weights=None, tau, conf_level=0.95",
    "cox_regression": (
        "duration, event, covariates, *, entry=None, strata=None, cluster=None, weights=None, ties='efron', "
        "conf_level=0.95"
    ),
    "cumulative_incidence": ("duration, cause, *, group=None, entry=None, weights=None, conf_level=0.95"),
    "gray_test": "duration, cause, group, *, cause_of_interest=1, strata=None, rho=0.0",
    "fine_gray_regression": "duration, cause, covariates, *, cause_of_interest=1, conf_level=0.95",
    "mean_cumulative_count": (
        "start, stop, event, participant, *, group=None, terminal=None, conf_level=0.95"
    ),
    "event_rate_ratio": (
        "count, person_time, group, *, covariates=None, model='negative-binomial', reference=None"
    ),
    "mmrm": (
        "frame, *, outcome, participant, visit, arm, covariates=(), covariate_by_visit=(), "
        "covariance='unstructured', df='kenward-roger', conf_level=0.95"
    ),
    "random_slope_model": ("frame, *, outcome, participant, time, arm, covariates=(), df='kenward-roger'"),
    "win_ratio": "first, second, *, hierarchy, strata=None",
    "pool_imputations": "estimates, variances, *, complete_df",
    "TimeToEvent": "time, event",
    "Count": "column",
    "Difference": "column, margin",
}


@pytest.mark.parametrize("name", PROMISED)
def test_signature(name: str) -> None:
    there = inspect.signature(getattr(estimators, name)).parameters
    promised = [part.strip() for part in PROMISED[name].split(", ")]
    by_keyword = promised.index("*") if "*" in promised else len(promised)
    assert list(there)[:by_keyword] == [part.split("=")[0] for part in promised[:by_keyword]]
    for part in promised[:by_keyword]:
        assert there[part].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    for part in promised[by_keyword + 1 :]:
        argument, _, default = part.partition("=")
        assert there[argument].kind is inspect.Parameter.KEYWORD_ONLY
        found = there[argument].default
        assert (repr(found) == default) if default else (found is inspect.Parameter.empty)
    for argument in set(there) - {part.split("=")[0] for part in promised}:
        assert there[argument].default is not inspect.Parameter.empty


DAYS, EVENT, ARM = [1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1], list("ababab")
CAUSE, X = [1, 2, 0, 1, 1, 2], [0.0, 1.0, 2.0, 0.5, 1.5, 3.0]
VISITS = pd.DataFrame(
    {
        "id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
        "arm": list("aaaaaabbbbbb"),
        "day": [0, 1] * 6,
        "score": [1, 3, 3, 3, 2, 7, 3, 6, 3, 4, 5, 4],
    }
)
LINES = pd.DataFrame(
    [
        {"id": who, "arm": "ab"[who // 3], "t": t, "y": level + slope * t + size * bend}
        for who, (level, slope, size) in enumerate(
            [(0, 3, 0.1), (2, 1, -0.1), (4, 2, 0.1), (1, 4, 0.1), (3, 6, -0.1), (8, 5, 0.1)]
        )
        for t, bend in ((0, 2), (1, -3), (3, 1))
    ]
)
FIRST = pd.DataFrame({"day": [5, 9], "death": [1, 0], "stays": [1, 0], "score": [3.0, 4.0]})
SECOND = pd.DataFrame({"day": [3, 7], "death": [1, 1], "stays": [1, 2], "score": [3.0, 1.0]})
COX = "term, coef, std_error, robust_std_error, hazard_ratio, lower, upper, z, p_value"
MIXED = "term, estimate, std_error, df, t, p_value"


def _fitted(name: str) -> Any:  # noqa: ANN401 - one of many result types
    mixed: Any = {"outcome": "score", "participant": "id", "visit": "day", "arm": "arm"}
    lines: Any = {"outcome": "y", "participant": "id", "time": "t", "arm": "arm"}
    hierarchy: list[Component] = [TimeToEvent("day", "death"), Count("stays"), Difference("score", 1.0)]
    makers: dict[str, Callable[[], Any]] = {
        "kaplan_meier": lambda: kaplan_meier(DAYS, EVENT, group=ARM),
        "logrank_test": lambda: logrank_test(DAYS, EVENT, ARM),
        "restricted_mean_survival": lambda: restricted_mean_survival(DAYS, EVENT, group=ARM, tau=3),
        "cox_regression": lambda: cox_regression(DAYS, EVENT, X),
        "cumulative_incidence": lambda: cumulative_incidence(DAYS, CAUSE, group=ARM),
        "gray_test": lambda: gray_test(DAYS, CAUSE, ARM),
        "fine_gray_regression": lambda: fine_gray_regression(DAYS, CAUSE, X),
        "mean_cumulative_count": lambda: mean_cumulative_count([0] * 6, DAYS, EVENT, range(6), group=ARM),
        "event_rate_ratio": lambda: event_rate_ratio([1, 2, 0, 3, 4, 1], DAYS, ARM),
        "mmrm": lambda: mmrm(VISITS, **mixed),
        "random_slope_model": lambda: random_slope_model(LINES, **lines),
        "win_ratio": lambda: win_ratio(FIRST, SECOND, hierarchy=hierarchy),
        "pool_imputations": lambda: pool_imputations([1, 3], [1, 1], complete_df=9),
    }
    return makers[name]()


@pytest.mark.parametrize(
    ("name", "asked", "columns"),
    [
        (
            "kaplan_meier",
            lambda found: found.to_frame(),
            "group, time, at_risk, events, censored, survival, std_error, lower, upper",
        ),
        (
            "kaplan_meier",
            lambda found: found.at([1]),
            "group, time, at_risk, events, censored, survival, std_error, lower, upper",
        ),
        ("kaplan_meier", lambda found: found.quantile(p=0.5), "group, p, time, lower, upper"),
        ("logrank_test", lambda found: found.to_frame(), "group, n, observed, expected"),
        ("restricted_mean_survival", lambda found: found.to_frame(), "group, rmst, std_error, lower, upper"),
        (
            "restricted_mean_survival",
            lambda found: found.contrast("a"),
            "measure, group, estimate, lower, upper, p_value",
        ),
        ("cox_regression", lambda found: found.to_frame(), COX),
        (
            "cox_regression",
            lambda found: found.proportional_hazards_test(transform="km"),
            "term, statistic, df, p_value",
        ),
        (
            "cumulative_incidence",
            lambda found: found.to_frame(),
            "group, cause, time, at_risk, events, incidence, std_error, lower, upper",
        ),
        ("fine_gray_regression", lambda found: found.to_frame(), COX),
        (
            "mean_cumulative_count",
            lambda found: found.to_frame(),
            "group, time, at_risk, events, mean_count, std_error, lower, upper",
        ),
        (
            "event_rate_ratio",
            lambda found: found.to_frame(),
            "term, rate_ratio, std_error, lower, upper, p_value",
        ),
        ("mmrm", lambda found: found.to_frame(), MIXED),
        ("mmrm", lambda found: found.ls_means(), "arm, visit, estimate, std_error, df, lower, upper"),
        (
            "mmrm",
            lambda found: found.contrasts("a"),
            "arm, visit, difference, std_error, df, lower, upper, p_value",
        ),
        ("random_slope_model", lambda found: found.to_frame(), MIXED),
        (
            "random_slope_model",
            lambda found: found.slopes(),
            "arm, slope, std_error, df, lower, upper, p_value",
        ),
        (
            "win_ratio",
            lambda found: found.to_frame().iloc[:, :15],
            "wins, losses, ties, win_ratio, lower, upper, p_value, win_odds, net_benefit, wins_death, "
            "losses_death, wins_stays, losses_stays, wins_score, losses_score",
        ),
        (
            "pool_imputations",
            lambda found: found.to_frame(),
            "estimate, std_error, df, lower, upper, p_value",
        ),
    ],
)
def test_columns(name: str, asked: Any, columns: str) -> None:  # noqa: ANN401 - asks any result
    found = _fitted(name)
    frame = asked(found)
    assert list(frame) == columns.split(", ")
    frame[next(iter(frame))] = None  # a copy: the result does not change
    assert asked(found).iloc[:, 0].notna().all()


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("logrank_test", "statistic df p_value"),
        ("gray_test", "statistic df p_value"),
        ("cox_regression", "log_likelihood"),
        ("event_rate_ratio", "dispersion"),
        ("mmrm", "covariance_matrix log_likelihood"),
        ("pool_imputations", "estimate std_error df lower upper p_value"),
    ],
)
def test_attributes(name: str, attributes: str) -> None:
    found = _fitted(name)
    for attribute in attributes.split():
        assert getattr(found, attribute) is not None


def test_accepted_words() -> None:
    assert set(get_args(ConfidenceType)) == {"log-log", "log", "plain", "logit", "arcsin"}
    assert set(get_args(RateModel)) == {"negative-binomial", "poisson", "quasi-poisson", "exact"}
    cox = cox_regression(DAYS, EVENT, X)
    for kind in ("martingale", "schoenfeld", "scaled_schoenfeld"):
        assert len(cox.residuals(kind)) in {4, 6}
    for transform in ("km", "rank", "identity", "log"):
        assert cox.proportional_hazards_test(transform)["term"].tolist() == ["x", "GLOBAL"]
    mixed: Any = {"outcome": "score", "participant": "id", "visit": "day", "arm": "arm"}
    for structure in (
        *("unstructured", "toeplitz", "ar1", "compound-symmetry"),
        *("heterogeneous-toeplitz", "heterogeneous-ar1", "heterogeneous-compound-symmetry"),
    ):
        found = mmrm(VISITS, covariance=structure, df="satterthwaite", **mixed)
        assert found.covariance == structure


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("cox_regression", "covariance_matrix"),
        ("cox_regression", "model_covariance_matrix"),
        ("fine_gray_regression", "coefficients"),
        ("fine_gray_regression", "covariance_matrix"),
    ],
)
def test_arrays_of_results_cannot_be_written_to(name: str, attribute: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(_fitted(name), attribute)[0] = 1
