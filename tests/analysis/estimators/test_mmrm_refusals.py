"""What the mixed model for repeated measures refuses, falls back to, and does not depend on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import InputError, Mmrm, mmrm
from analysis.estimators.mixed.structures import STRUCTURES


def trial(participants: int = 12, days: Sequence[int] = (1, 2, 3)) -> pd.DataFrame:
    """Scores by fixed chance, with a covariate and a third of the last visits missing."""
    chance = np.random.default_rng(7)
    who = np.repeat(np.arange(participants), len(days))
    day = np.tile(days, participants)
    age = np.repeat(chance.integers(30, 70, participants), len(days))
    score = np.repeat(chance.normal(size=participants), len(days)) + chance.normal(size=len(who)) + day
    frame = pd.DataFrame(
        {"id": who, "arm": np.where(who % 2, "b", "a"), "day": day, "age": age, "score": score}
    )
    return frame[(frame["day"] < max(days)) | (frame["id"] % 3 > 0)].reset_index(drop=True)


def fit(frame: pd.DataFrame, **more: Any) -> Mmrm:  # noqa: ANN401  # whatever mmrm is asked
    return mmrm(frame, **{"outcome": "score", "participant": "id", "visit": "day", "arm": "arm"} | more)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": np.inf}, "frame['score'][4] is inf: a number is finite"),
        ({"score": "high"}, "frame['score'] is not a row of numbers"),
        ({"id": None}, "frame['id'][4] is None: a row with an outcome needs one"),
        ({"day": None}, "frame['day'][4] is None: a row with an outcome needs one"),
        ({"arm": None}, "frame['arm'][4] is None: a row with an outcome needs one"),
        ({"age": None}, "frame['age'][4] is None: a row with an outcome needs one"),
        ({"day": 1}, "frame['day'][4] is 1: participant 1 has an outcome there already, and a visit has one"),
        ({"arm": "a"}, "frame['arm'][4] is a: participant 1 has another arm before, and has one"),
        (
            {"day": 9},
            "frame['day'] is 9 in no row with an outcome of arm a: each arm needs an outcome at each",
        ),
    ],
)
def test_a_row_is_refused_by_its_place_in_the_frame(change: dict[str, Any], message: str) -> None:
    frame = trial().astype(object)
    frame.loc[0, "score"] = None  # rows without an outcome are not looked at, and still count
    frame.loc[0, ["arm", "age"]] = None
    assert frame.loc[[3, 4], "id"].tolist() == [1, 1]
    for column, value in change.items():
        frame.loc[4, column] = value
    frame = frame if change == {"score": "high"} else frame.astype({"score": float})
    with pytest.raises(InputError, match=re.escape(message)):
        fit(frame, covariates=["age"])


def test_no_covariates_may_be_none() -> None:
    without = fit(trial(), covariates=None, covariate_by_visit=None)
    assert without.to_frame().equals(fit(trial()).to_frame())


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"covariates": 3}, "covariates is 3: give the names of columns of the frame"),
        ({"covariates": [["age"]]}, "covariates is [['age']]: give the names of columns of the frame"),
        ({"covariate_by_visit": 3}, "covariate_by_visit is 3: give the names of columns of the frame"),
        ({"arm": ["arm"]}, "arm is ['arm']: give the name of one column of the frame"),
        ({"covariance": None}, "covariance is None: choose adaptive or of unstructured"),
        ({"covariance": ["ar1", "ar2"]}, "covariance is ['ar1', 'ar2']: choose adaptive or of unstructured"),
    ],
)
def test_a_setting_that_is_none_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        fit(trial(), **setting)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": 1.5}, "frame['score'] is 1.5 in every row: outcomes differ between rows"),
        ({"score": np.nan}, "frame['score'] is missing in every row: outcomes differ between rows"),
        ({"age": 50}, "covariates['age'] is *50* in every row: a covariate differs between rows"),
    ],
)
def test_a_column_without_differences_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message).replace(r"\*", ".*")):
        fit(trial().assign(**change), covariates=["age"])


def test_what_cannot_be_sorted_is_no_label() -> None:
    frame = trial()
    frame["day"] = pd.Series([{"day": day} for day in frame["day"]], dtype=object)
    with pytest.raises(InputError, match=r"frame\['day'\] is not of one kind"):
        fit(frame)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"outcome": "points"}, "outcome is 'points': give the name of one column of the frame"),
        ({"participant": "who"}, "participant is 'who': give the name of one column of the frame"),
        ({"visit": "week"}, "visit is 'week': give the name of one column of the frame"),
        ({"arm": "group"}, "arm is 'group': give the name of one column of the frame"),
        ({"covariates": ["weight"]}, "covariates is 'weight': give the name of one column of the frame"),
        (
            {"covariate_by_visit": "weight"},
            "covariates is 'weight': give the name of one column of the frame",
        ),
        (
            {"covariates": ["arm"]},
            "covariates is such that the term armb is a combination of those before it",
        ),
        ({"covariance": "diagonal"}, "covariance is 'diagonal': choose adaptive or of unstructured, heterog"),
        ({"covariance": []}, "covariance is []: choose adaptive or of unstructured"),
        ({"df": "residual"}, "df is 'residual': choose one of kenward-roger, satterthwaite"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
    ],
)
def test_settings_are_refused_by_name(more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        fit(trial(), **more)


def test_what_is_asked_of_a_result_is_refused_by_name() -> None:
    found = fit(trial())
    with pytest.raises(InputError, match="reference is 'c': choose one of a, b"):
        found.contrasts("c")
    with pytest.raises(InputError, match=r"terms is 'age': choose one of \(Intercept\), day2"):
        found.joint_test(["age"])
    with pytest.raises(InputError, match="terms is empty"):
        found.joint_test([])
    with pytest.raises(InputError, match="visit is 1 only: an interaction needs two visits"):
        fit(trial(days=[1, 2]).query("day == 1")).arm_by_visit_test()


def test_an_outcome_that_the_means_explain_wholly_is_refused() -> None:
    frame = trial()
    with pytest.raises(InputError, match="outcome is explained wholly at 1: outcomes vary beyond what"):
        fit(frame.assign(score=frame["day"] * 2.0))


class TestFallingBack:
    def test_the_first_that_converges_is_taken_and_the_others_are_told(self) -> None:
        """Five visits of six participants cannot tell 15 covariances."""
        found = fit(trial(6, days=range(1, 6)), covariance="adaptive")
        assert found.covariance in STRUCTURES[1:]
        failed = STRUCTURES[: STRUCTURES.index(found.covariance)]
        assert tuple(structure for structure, _ in found.tried) == failed
        assert all(why for _, why in found.tried)
        asked = fit(trial(6, days=range(1, 6)), covariance=["unstructured", "compound-symmetry"])
        assert (asked.covariance, len(asked.tried)) == ("compound-symmetry", 1)

    def test_unstructured_is_taken_where_it_converges(self) -> None:
        found = fit(trial(), covariance="adaptive")
        assert (found.covariance, found.tried) == ("unstructured", ())

    def test_one_that_does_not_converge_is_refused(self) -> None:
        message = r"covariance is not to be estimated \(unstructured: .*\): choose a simpler one, or adaptive"
        with pytest.raises(InputError, match=message):
            fit(trial(6, days=range(1, 6)))

    def test_visits_that_no_one_has_both_of_are_named(self) -> None:
        frame = trial()
        frame = frame[
            ~((frame["day"] == 3) & (frame["id"] < 6)) & ~((frame["day"] == 1) & (frame["id"] >= 6))
        ]
        with pytest.raises(InputError, match="unstructured: no participant has both 1 and 3"):
            fit(frame)
        assert fit(frame, covariance="adaptive").tried[0] == (
            "unstructured",
            "no participant has both 1 and 3",
        )


class TestInvariance:
    @given(order=st.permutations(range(32)), shift=st.integers(-1000, 1000), scale=st.floats(1e-3, 1e3))
    @settings(max_examples=5, deadline=None)
    def test_of_order_and_of_the_outcome_s_scale(self, order: list[int], shift: int, scale: float) -> None:
        frame = trial()
        moved = frame.assign(score=shift + scale * frame["score"]).iloc[order]
        plain, other = fit(frame, covariates=["age"]), fit(moved, covariates=["age"])
        assert_allclose(
            other.contrasts("a")["difference"], scale * plain.contrasts("a")["difference"], rtol=1e-7
        )
        assert_allclose(other.contrasts("a")["df"], plain.contrasts("a")["df"], rtol=1e-7)
        assert_allclose(other.ls_means()["estimate"], shift + scale * plain.ls_means()["estimate"], rtol=1e-7)
        logarithm = (other.observations - 7) * np.log(scale)  # seven coefficients
        assert_allclose(other.log_likelihood, plain.log_likelihood - logarithm, rtol=1e-7, atol=1e-6)

    def test_of_the_covariates_scale(self) -> None:
        """Also where a number is far from 0 beside its spread, such as a day since 1970."""
        plain = fit(trial(), covariate_by_visit=["age"])
        frame = trial()
        far = fit(frame.assign(age=20000 + frame["age"] / 100), covariate_by_visit=["age"])
        for column in ("estimate", "std_error", "df"):
            assert_allclose(far.ls_means()[column], plain.ls_means()[column], rtol=1e-6)
        slopes = plain.to_frame()["term"].str.startswith("age").to_numpy()
        assert_allclose(far.to_frame()["t"][slopes], plain.to_frame()["t"][slopes], rtol=1e-6)

    def test_of_the_reference_arm(self) -> None:
        found = fit(trial())
        assert_allclose(found.contrasts("b")["difference"], -found.contrasts("a")["difference"])
        assert_allclose(found.contrasts("b")["p_value"], found.contrasts("a")["p_value"])

    def test_a_covariate_that_changes_between_visits_is_taken_as_it_is(self) -> None:
        """Moving the outcome by 3 for each unit of it moves its coefficient by 3, and nothing else."""
        frame = trial()
        frame["dose"] = (frame["id"] * frame["day"] % 4).astype(float)
        plain = fit(frame, covariates=["dose"]).to_frame().set_index("term")
        frame["score"] += 3 * frame["dose"]
        moved = fit(frame, covariates=["dose"]).to_frame().set_index("term")
        assert_allclose(moved["estimate"], plain["estimate"] + 3 * (plain.index == "dose"), rtol=1e-7)
        assert_allclose(moved["std_error"], plain["std_error"], rtol=1e-7)


def test_one_arm_has_means_and_is_compared_with_nothing() -> None:
    """Scores 1, 3, 5 and 2, 2, 8: means 3 and 4; where all have both visits, errors are Student's.

    Variances 4 and 12, so that the errors are the roots of 4/3 and 12/3; 2 degrees of freedom.
    """
    frame = pd.DataFrame(
        {"id": [1, 2, 3] * 2, "arm": "a", "day": [1] * 3 + [2] * 3, "score": [1, 3, 5, 2, 2, 8]}
    )
    found = fit(frame)
    means = found.ls_means()
    assert means["estimate"].tolist() == pytest.approx([3, 4])
    assert means["std_error"].tolist() == pytest.approx([(4 / 3) ** 0.5, 2])
    assert means["df"].tolist() == pytest.approx([2, 2])
    for compare in (lambda: found.contrasts("a"), found.arm_by_visit_test):
        with pytest.raises(InputError, match="arm is a in every row: at least two arms are needed"):
            compare()
