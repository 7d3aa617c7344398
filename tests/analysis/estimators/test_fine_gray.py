"""Fine and Gray's model by hand, and equal to R's `crr` (reference/make_competing.R)."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import InputError, cox_regression, fine_gray_regression

# R's numbers are kept with 15 digits; crr stops when half a step changes nothing, 3e-10 off at worst.
TOLERANCE = 1e-9
COLUMNS = [
    "term",
    "coef",
    "std_error",
    "robust_std_error",
    "hazard_ratio",
    "lower",
    "upper",
    "z",
    "p_value",
]


class TestByHand:
    def test_without_censoring_those_with_another_event_stay(self) -> None:
        # The likelihood h/(1 + 2h) * 1/(1 + h), see the docstring: h = 1/sqrt(2).
        fit = fine_gray_regression([1, 1, 2], [1, 2, 1], [1, 1, 0])
        assert_allclose(fit.coefficients, [-np.log(2) / 2], rtol=1e-12)
        assert_allclose(fit.null_log_likelihood, -np.log(6), rtol=1e-12)
        assert (fit.n, fit.events) == (3, 2)

    def test_a_censoring_takes_a_share_of_those_who_stay(self) -> None:
        # Day 1: the other event of x = 1; day 2: one of 4 is censored, G = 3/4; day 3: the event of x = 0, at
        # risk 2 with x = 0 and 1 with x = 1, and 3/4 of the other; day 4: the event of x = 1, at risk 1 + 3/4
        # with x = 1 and 1 with x = 0. 1/(2 + 7/4 h) * h/(1 + 7/4 h) is greatest where 2 = (7/4)^2 h^2.
        fit = fine_gray_regression([1, 2, 3, 4, 5], [2, 0, 1, 1, 0], [1, 1, 0, 1, 0])
        assert_allclose(fit.coefficients, [np.log(np.sqrt(2) * 4 / 7)], rtol=1e-12)

    def test_columns(self) -> None:
        frame = fine_gray_regression([1, 1, 2], [1, 2, 1], [1, 1, 0], conf_level=0.9).to_frame()
        assert list(frame.columns) == COLUMNS
        assert frame["robust_std_error"].equals(frame["std_error"])
        row = frame.iloc[0]
        assert_allclose(row["hazard_ratio"], np.exp(row["coef"]))
        assert_allclose(row["z"], row["coef"] / row["std_error"])
        assert_allclose(row["upper"], np.exp(row["coef"] + 1.6448536269514722 * row["std_error"]))

    def test_without_other_causes_it_is_cox_with_robust_errors(self, randomised: pd.DataFrame) -> None:
        covariates = randomised[["trt", "age", "edema"]]
        fit = fine_gray_regression(randomised["time"], randomised["tfs"], covariates).to_frame()
        cox = cox_regression(
            randomised["time"], randomised["tfs"], covariates, ties="breslow", cluster=randomised["id"]
        ).to_frame()
        for column in ("coef", "robust_std_error", "lower", "p_value"):
            assert_allclose(fit[column], cox[column], rtol=1e-9)

    def test_day_0_is_a_day_as_any(self) -> None:
        # R's crr on the same data a day later, gtol=1e-14. On day 0 itself crr takes G(0) for G(0-), since it
        # looks up 0 (1 - 2e-14) for a little before 0, and gives -0.338129145746964 and 0.952865480736463.
        days, cause = np.array([0, 0, 0, 1, 2, 2, 3, 4, 5, 6]), [2, 0, 1, 1, 2, 0, 1, 0, 1, 2]
        for later in (0, 1):
            fit = fine_gray_regression(days + later, cause, [1, 0, 1, 0, 1, 0, 0, 1, 1, 0])
            assert_allclose(fit.coefficients, [-0.319406061758949], rtol=TOLERANCE)
            assert_allclose(fit.to_frame()["std_error"], [0.946411711434691], rtol=TOLERANCE)
            assert_allclose(fit.log_likelihood, -7.156786044138020, rtol=TOLERANCE)

    def test_repr_is_for_people(self) -> None:
        assert repr(fine_gray_regression([1, 1, 2], [1, 2, 1], [1, 1, 0])).startswith(
            "Fine-Gray regression of cause 1, 2 events among 3\nterm      coef  std_error  hazard_ratio"
        )


@pytest.fixture
def fits(
    randomised: pd.DataFrame, gammopathy: pd.DataFrame, transplant: pd.DataFrame
) -> dict[str, tuple[pd.Series[Any], pd.Series[Any], pd.DataFrame]]:
    """By the key in competing_risks.json, without the cause: duration, cause, covariates."""
    measured = gammopathy.dropna(subset=["hgb", "mspike"])
    later = transplant[(transplant["futime"] > 0) & transplant["age"].notna()].assign(
        sex=lambda rows: pd.Categorical(rows["sex"], ["m", "f"]),
        abo=lambda rows: pd.Categorical(rows["abo"], ["A", "B", "AB", "O"]),
    )
    several = pd.DataFrame(
        {
            "factor(trt)": randomised["trt"].astype(str),
            "age": randomised["age"],
            "edema": randomised["edema"],
            "log(bili)": np.log(randomised["bili"]),
        }
    )
    waiting = later[["age", "sex", "abo"]].assign(**{"I(year - 1990)": later["year"] - 1990})
    return {
        "pbc_trt": (randomised["time"], randomised["status"], randomised[["trt"]]),
        "pbc_several": (randomised["time"], randomised["status"], several),
        "mgus2": (measured["time"], measured["cause"], measured[["age", "sex", "hgb", "mspike"]]),
        "transplant": (later["futime"], later["event"], waiting),
    }


@pytest.mark.parametrize(
    "key",
    [
        "pbc_trt_1",
        "pbc_trt_2",
        "pbc_several_2",
        "mgus2_1",
        "mgus2_2",
        "transplant_ltx",
        "transplant_death",
    ],
)
def test_against_r(
    key: str,
    fits: dict[str, tuple[pd.Series[Any], pd.Series[Any], pd.DataFrame]],
    r_competing_risks: dict[str, Any],
) -> None:
    name, label = key.rsplit("_", 1)
    of_interest = int(label) if label.isdigit() else label
    fit, expected = (
        fine_gray_regression(*fits[name], cause_of_interest=of_interest),
        r_competing_risks["fine_gray"][key],
    )
    assert list(fit.terms) == expected["terms"]
    assert_allclose(fit.coefficients, expected["coef"], rtol=0, atol=TOLERANCE)
    assert_allclose(fit.to_frame()["std_error"], expected["se"], rtol=0, atol=TOLERANCE)
    assert_allclose(fit.covariance_matrix, expected["var"], rtol=0, atol=TOLERANCE)
    assert_allclose(
        [fit.log_likelihood, fit.null_log_likelihood],
        [expected["loglik"], expected["loglik.null"]],
        rtol=TOLERANCE,
    )


def test_neither_order_nor_units_matter(gammopathy: pd.DataFrame) -> None:
    rows = gammopathy[["time", "cause", "age", "sex"]]
    order = list(rows.index)
    Random(1).shuffle(order)
    other = rows.loc[order].assign(time=lambda rows: rows["time"] * 30, age=lambda rows: rows["age"] * 365)
    first, second = (
        fine_gray_regression(data["time"], data["cause"], data[["age", "sex"]]).to_frame()
        for data in (rows, other)
    )
    assert_allclose(first[["z", "p_value"]], second[["z", "p_value"]], rtol=1e-9)
    assert_allclose(first["coef"] / second["coef"], [365, 1], rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"covariates": [0, 1, 0]}, "covariates is 3 long: the data are 4 long"),
        ({"covariates": [1, 1, 1, 1]}, "covariates['x'] is 1 in every row: a covariate differs between rows"),
        ({"covariates": [0, 0, 1, 1]}, "the coefficient of 'x' is infinite"),
        (
            {"covariates": pd.DataFrame({"a": [0, 1, 0, 1], "b": [1, 3, 1, 3]})},
            "anything in 'b' that the terms",
        ),
        ({"cause_of_interest": 3}, "cause_of_interest is 3: the causes here are 1, 2"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
        ({"duration": [1, 2, -3, 4]}, "duration[2] is -3.0: a time is a number, 0 or more"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {
        "duration": [1, 2, 3, 4],
        "cause": [1, 1, 2, 0],
        "covariates": [0, 1, 0, 1],
    } | change
    with pytest.raises(InputError, match=re.escape(message)):
        fine_gray_regression(**data)
