"""Participants with a line each: by hand, and equal to R (reference/make_mixed.R)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import ttest_ind

from analysis.estimators import InputError, RandomSlopes, random_slope_model
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom

REFERENCE = Path(__file__).parents[1] / "reference"
R_SLOPES: dict[str, Any] = json.loads((REFERENCE / "mixed.json").read_text())["slopes"]
FRAMES = pd.read_csv(REFERENCE / "mixed_frames.csv", dtype={"arm": str})

EXACT = 1e-9
DEFINED = 2e-6  # relative: R maximises with numerical derivatives
SECOND = 3e-5  # degrees of freedom rest on second ones
LMER = 1e-6  # where lmer's optimiser stops, asked to be strict

SLOPES = {"a": [3.0, 1.0, 2.0], "b": [4.0, 6.0, 5.5]}


def trial() -> pd.DataFrame:
    """Lines, and about them 0.1 times (2, -3, 1) up or down: at right angles to any line at 0, 1, 3."""
    return pd.DataFrame(
        [
            {"id": f"{arm}{who}", "arm": arm, "t": t, "y": 2 * who + slope * t + (-1) ** who * 0.1 * bend}
            for arm, slopes in SLOPES.items()
            for who, slope in enumerate(slopes)
            for t, bend in [(0, 2), (1, -3), (3, 1)]
        ]
    )


def fit(frame: pd.DataFrame, **more: Any) -> RandomSlopes:  # noqa: ANN401  # whatever is asked
    return random_slope_model(
        frame, **{"outcome": "y", "participant": "id", "time": "t", "arm": "arm"} | more
    )


class TestByHand:
    """All have the same times: each arm has the mean of its participants' own slopes, compared by Student."""

    @pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite"])
    def test_slopes_and_contrasts(self, df: DegreesOfFreedom) -> None:
        found = fit(trial(), df=df)
        slopes, contrasts = found.slopes(), found.contrasts("a")
        assert list(slopes) == ["arm", "slope", "std_error", "df", "lower", "upper", "p_value"]
        assert list(contrasts) == ["arm", "difference", "std_error", "df", "lower", "upper", "p_value"]
        assert_allclose(slopes["slope"], [2, 31 / 6], rtol=EXACT)
        variance = (np.var(SLOPES["a"], ddof=1) + np.var(SLOPES["b"], ddof=1)) / 2
        assert_allclose(slopes["std_error"], np.sqrt(variance / 3), rtol=EXACT)
        expected = ttest_ind(SLOPES["b"], SLOPES["a"])
        interval = expected.confidence_interval()
        assert_allclose(contrasts["df"], 4, rtol=EXACT)
        assert_allclose(contrasts["p_value"], expected.pvalue, rtol=EXACT)
        assert_allclose(contrasts[["lower", "upper"]], [[interval.low, interval.high]], rtol=EXACT)
        test = found.slope_test()
        assert_allclose([test.statistic, test.p_value], [expected.statistic**2, expected.pvalue], rtol=EXACT)
        assert (test.numerator_df, round(test.denominator_df, 9)) == (1, 4)

    def test_variances(self) -> None:
        """About each line 0.01 * 14 on 1 df; the slopes' own is theirs less 0.14 over the times' squares."""
        found = fit(trial())
        assert_allclose(found.residual_variance, 0.14, rtol=EXACT)
        between = (np.var(SLOPES["a"], ddof=1) + np.var(SLOPES["b"], ddof=1)) / 2
        assert found.covariance_matrix.index.tolist() == ["(Intercept)", "t"]
        matrix = found.covariance_matrix.to_numpy()
        assert_allclose(matrix[1, 1], between - 0.14 / (14 / 3), rtol=EXACT)
        # Intercepts 0, 2, 4 in both arms; Z'Z is ((3, 4), (4, 10)), and its inverse begins with 10/14.
        assert_allclose(matrix[0, 0], 4 - 0.14 * 10 / 14, rtol=EXACT)

    def test_coefficients_and_counts(self) -> None:
        frame = pd.concat([trial(), pd.DataFrame({"id": ["a0"], "arm": ["a"], "t": [9], "y": [np.nan]})])
        found = fit(frame)
        assert (found.participants, found.observations, found.left_out) == (6, 18, 1)
        coefficients = found.to_frame()
        assert list(coefficients) == ["term", "estimate", "std_error", "df", "t", "p_value"]
        assert coefficients["term"].tolist() == ["(Intercept)", "t", "armb", "t:armb"]
        assert_allclose(coefficients["estimate"], [2, 2, 0, 31 / 6 - 2], rtol=EXACT, atol=EXACT)
        assert repr(found).startswith(
            "Random intercepts and slopes, kenward-roger df, 95% intervals\n18 outcomes of 6"
        )


@pytest.mark.parametrize("name", list(R_SLOPES))
def test_equal_to_the_definitions_and_to_lmer(name: str) -> None:
    """The package pbkrtest takes the expected information: the same errors to 0.1 %, other df."""
    expected = R_SLOPES[name]
    kenward_roger, satterthwaite = of_frame(name, "kenward-roger"), of_frame(name, "satterthwaite")
    as_in_r = {"yr": "time", "trt": "arm", "lbili0": "base"}
    assert kenward_roger.to_frame()["term"].replace(as_in_r, regex=True).tolist() == expected["names"]
    for found, key in [(kenward_roger, "se_kr"), (satterthwaite, "se")]:
        assert_allclose(found.to_frame()["estimate"], expected["coef"], rtol=DEFINED)
        assert_allclose(found.to_frame()["std_error"], expected[key], rtol=DEFINED)
        rows = pd.concat([found.slopes(), found.contrasts(found.slopes()["arm"][0])])
        assert rows["arm"].astype(str).tolist() == expected["arm"]
        estimates = rows["slope"].fillna(rows["difference"])
        assert_allclose(estimates, expected["rows"]["estimate"], rtol=DEFINED)
        assert_allclose(rows["std_error"], expected["rows"][key], rtol=DEFINED)
        assert_allclose(rows["df"], expected["rows"]["df"], rtol=SECOND)
    test, joint = kenward_roger.slope_test(), expected["joint"]
    assert_allclose([test.statistic, test.denominator_df], [joint["f"], joint["den_df"]], rtol=SECOND)
    assert_allclose(kenward_roger.log_likelihood, expected["reml"], rtol=1e-10)
    assert kenward_roger.singular == expected["lmer"]["singular"]
    assert_allclose(kenward_roger.covariance_matrix, expected["between"], rtol=DEFINED)
    assert_allclose(kenward_roger.residual_variance, expected["residual"], rtol=DEFINED)
    for column, key in [("estimate", "coef"), ("std_error", "se"), ("df", "df")]:
        assert_allclose(satterthwaite.to_frame()[column], expected["lmer"][key], rtol=LMER)
    if not kenward_roger.singular:  # pbkrtest then goes on as if D could be on either side of its edge
        assert_allclose(kenward_roger.to_frame()["std_error"], expected["lmer"]["se_kr_expected"], rtol=1e-3)


def of_frame(name: str, df: DegreesOfFreedom) -> RandomSlopes:
    if name == "pbcseq":
        return random_slope_model(
            pd.read_csv(REFERENCE / "pbcseq_visits.csv"),
            outcome="lbili",
            participant="id",
            time="yr",
            arm="trt",
            covariates=["lbili0"],
            df=df,
        )
    frame = FRAMES[FRAMES["frame"] == name]
    return random_slope_model(frame, outcome="y", participant="who", time="time", arm="arm", df=df)


def test_lines_that_differ_little_are_fitted_at_the_edge() -> None:
    """As lmer's "singular fit": intercepts and slopes wholly correlated (the frame flat, against R above)."""
    found = of_frame("flat", "kenward-roger")
    assert found.singular
    matrix = found.covariance_matrix.to_numpy()
    assert_allclose(np.linalg.det(matrix), 0, atol=EXACT)
    assert (np.diag(matrix) > 0).all()
    assert not of_frame("sleep", "kenward-roger").singular


@given(order=st.permutations(range(18)), unit=st.floats(1e-3, 1e3), since=st.integers(-5000, 5000))
@settings(max_examples=10, deadline=None)
def test_neither_order_nor_the_unit_of_time_matter(order: list[int], unit: float, since: int) -> None:
    plain = fit(trial()).contrasts("a")
    frame = trial().iloc[order]
    moved = fit(frame.assign(t=since + unit * frame["t"])).contrasts("a")
    assert_allclose(unit * moved["difference"], plain["difference"], rtol=1e-6)
    assert_allclose(moved["df"], plain["df"], rtol=1e-6)
    assert_allclose(moved["p_value"], plain["p_value"], rtol=1e-6)


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"t": None}, "frame['t'][4] is nan: a row with an outcome needs one"),
            ({"t": np.inf}, "frame['t'][4] is inf: a number is finite"),
            ({"id": "b0"}, "frame['arm'][9] is b: participant b0 has another arm before, and has one"),
        ],
    )
    def test_a_row_by_its_place(self, change: dict[str, Any], message: str) -> None:
        frame = trial().astype({"t": float})
        frame.loc[4, list(change)] = list(change.values())
        with pytest.raises(InputError, match=re.escape(message)):
            fit(frame)

    @pytest.mark.parametrize(
        ("frame", "more", "message"),
        [
            (trial().assign(t="early"), {}, "frame['t'] is not a row of numbers"),
            (trial().query("t == 1"), {}, "frame['t'] is one time for each participant: a slope needs two"),
            (trial(), {"time": "week"}, "time is 'week': give the name of one column of the frame"),
            (trial(), {"covariates": "arm"}, "the term armb is a combination of those before it"),
            (trial().assign(y=lambda rows: 2.0 * rows["t"]), {}, "outcome is explained wholly in every row"),
            (trial(), {"df": "between"}, "df is 'between': choose one of kenward-roger, satterthwaite"),
            (trial(), {"conf_level": 1}, "conf_level is 1: a level lies between 0 and 1"),
            (trial().query("t < 2"), {}, "frame is no data for a random slope"),
        ],
    )
    def test_by_name(self, frame: pd.DataFrame, more: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=re.escape(message)):
            fit(frame, **more)

    def test_what_is_no_frame(self) -> None:
        with pytest.raises(InputError, match="frame is of type list: give a frame with named columns"):
            fit([1, 2])  # type: ignore[arg-type]  # it is not

    def test_too_few_for_a_covariance(self) -> None:
        # Both times twice or less in each arm: the Hessian is singular but for rounding.
        frame = pd.DataFrame(
            {
                "id": [0, 1, 1, 2, 2, 3, 3],
                "t": [2, 0, 2, 0, 2, 0, 2],
                "arm": list("abbaabb"),
                "y": [
                    *(-1.8028794385182215, 0.986813368535406, 1.5943675729525528, 0.00692073884071281),
                    *(1.4377350334351762, -0.5008180273645041, -1.280426882497194),
                ],
            }
        )
        with pytest.raises(InputError, match="frame is no data for a random slope"):
            fit(frame)

    def test_a_reference_that_there_is_not(self) -> None:
        with pytest.raises(InputError, match="reference is 'c': choose one of a, b"):
            fit(trial()).contrasts("c")
