"""The mixed model for repeated measures on data so small that the answer is a t-test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import ttest_ind

from analysis.estimators import mmrm
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom
from analysis.estimators.mixed.structures import STRUCTURES, Structure

EXACT = 1e-9  # Newton ends where rounding does

# Score on days 1 and 2 of three in each arm: changes of 2, 0, 1 in a and of 3, 5, 1 in b.
BEFORE = {"a": [1.0, 3.0, 5.0], "b": [2.0, 2.0, 3.0]}
AFTER = {"a": [3.0, 3.0, 6.0], "b": [5.0, 7.0, 4.0]}


def trial() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"id": f"{arm}{who}", "arm": arm, "day": day, "score": score[arm][who]}
            for arm in "ab"
            for who in range(3)
            for day, score in [(1, BEFORE), (2, AFTER)]
        ]
    )


def fit(frame: pd.DataFrame, **more: Any) -> Any:  # noqa: ANN401  # whatever mmrm is asked
    return mmrm(frame, outcome="score", participant="id", visit="day", arm="arm", **more)


@pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite"])
def test_with_all_visits_each_contrast_is_student_s_test(df: DegreesOfFreedom) -> None:
    found = fit(trial(), df=df).contrasts("a")
    assert list(found) == ["arm", "visit", "difference", "std_error", "df", "lower", "upper", "p_value"]
    assert found[["arm", "visit"]].to_numpy().tolist() == [["b", 1], ["b", 2]]
    for row, scores in zip(found.itertuples(), (BEFORE, AFTER), strict=True):
        expected = ttest_ind(scores["b"], scores["a"])
        assert_allclose(row.difference, np.mean(scores["b"]) - np.mean(scores["a"]), atol=EXACT)
        assert_allclose([row.df, row.p_value], [4, expected.pvalue], rtol=EXACT)
        interval = expected.confidence_interval()
        assert_allclose([row.lower, row.upper], [interval.low, interval.high], rtol=EXACT)


def test_two_visits_with_compound_symmetry_are_the_paired_t_test() -> None:
    """Changes 2, 0, 1 (mean 1) and 3, 5, 1 (mean 3): their variance is (2 + 8)/4, on 4 df."""
    frame = fit(trial(), covariance="compound-symmetry").to_frame().set_index("term")
    assert list(frame.index) == ["(Intercept)", "day2", "armb", "day2:armb"]
    change = frame.loc["day2"]
    assert_allclose(change[["estimate", "std_error", "df"]], [1, np.sqrt(2.5 / 3), 4], rtol=EXACT)
    difference = frame.loc["day2:armb"]
    expected = ttest_ind([3, 5, 1], [2, 0, 1])
    assert_allclose(difference[["estimate", "std_error", "df"]], [2, np.sqrt(5 / 3), 4], rtol=EXACT)
    assert_allclose(difference[["t", "p_value"]], [expected.statistic, expected.pvalue], rtol=EXACT)


def test_the_interaction_is_that_test_squared() -> None:
    found = fit(trial()).arm_by_visit_test()
    assert_allclose(
        [found.statistic, found.numerator_df, found.denominator_df], [4 / (5 / 3), 1, 4], rtol=EXACT
    )
    assert_allclose(found.p_value, ttest_ind([3, 5, 1], [2, 0, 1]).pvalue, rtol=EXACT)


def test_the_covariance_is_that_of_the_residuals() -> None:
    # Residuals a: -2 0 2 and -1 -1 2; b: -1/3 -1/3 2/3 and -1/3 5/3 -4/3. Their products over 6 - 2.
    found = fit(trial()).covariance_matrix
    assert found.index.tolist() == found.columns.tolist() == [1, 2]
    first, cross, second = 8 + 2 / 3, 6 - 4 / 3, 6 + 42 / 9
    assert_allclose(found, np.array([[first, cross], [cross, second]]) / 4, rtol=EXACT)


@pytest.mark.parametrize("covariance", STRUCTURES)
def test_one_visit_is_a_test_of_two_means_whatever_the_covariance(covariance: Structure) -> None:
    frame = trial()
    found = fit(frame[frame["day"] == 2], covariance=covariance)
    assert found.to_frame()["term"].tolist() == ["(Intercept)", "armb"]
    assert_allclose(found.contrasts("a")["p_value"], ttest_ind(AFTER["b"], AFTER["a"]).pvalue, rtol=EXACT)
    assert_allclose(found.covariance_matrix, [[(6 + 42 / 9) / 4]], rtol=EXACT)


def test_with_two_visits_structures_that_say_the_same_give_the_same() -> None:
    """Of two visits a correlation is one number, however it goes on with the lag."""
    frame = trial().drop(index=3)
    for alike in (STRUCTURES[:4], STRUCTURES[4:]):
        fits = [fit(frame, covariance=structure) for structure in alike]
        for other in fits[1:]:
            assert_allclose(other.log_likelihood, fits[0].log_likelihood, rtol=EXACT)
            for column in ("estimate", "std_error", "df"):
                assert_allclose(other.ls_means()[column], fits[0].ls_means()[column], rtol=1e-7)


def test_means_take_numbers_at_their_mean_and_levels_of_factors_equally() -> None:
    """By least squares, since with one visit nothing else is left."""
    frame = pd.DataFrame(
        {
            "id": range(8),
            "day": 1,
            "arm": list("aaaabbbb"),
            "age": [40, 50, 60, 70, 30, 50, 60, 90],
            "sex": ["f", "f", "f", "m", "f", "m", "f", "f"],
            "old": [False, True, True, True, False, False, True, True],
            "score": [3, 5, 1, 2, 8, 4, 4, 9],
        }
    )
    found = fit(frame, covariates=["age", "sex", "old"])
    assert found.to_frame()["term"].tolist() == ["(Intercept)", "age", "sexm", "old", "armb"]
    columns = frame.assign(one=1, sex=frame["sex"] == "m", arm=frame["arm"] == "b")
    x = columns[["one", "age", "sex", "old", "arm"]].to_numpy(float)
    b, squares, _, _ = np.linalg.lstsq(x, frame["score"].to_numpy(float), rcond=None)
    assert_allclose(found.to_frame()["estimate"], b, rtol=EXACT)
    rows = np.array([[1, frame["age"].mean(), 0.5, 0.5, arm] for arm in (0, 1)])
    variance = squares[0] / 3 * np.diag(rows @ np.linalg.inv(x.T @ x) @ rows.T)
    means = found.ls_means()
    assert list(means) == ["arm", "visit", "estimate", "std_error", "df", "lower", "upper"]
    assert_allclose(means["estimate"], rows @ b, rtol=EXACT)
    assert_allclose(means["std_error"], np.sqrt(variance), rtol=EXACT)
    assert_allclose(means["df"], 3, rtol=EXACT)


def test_rows_without_an_outcome_are_left_out_and_counted() -> None:
    whole, holed = trial(), trial()
    holed.loc[[3, 8], "score"] = np.nan
    found = fit(holed)
    assert (found.participants, found.observations, found.left_out) == (6, 10, 2)
    pd.testing.assert_frame_equal(found.to_frame(), fit(whole.drop(index=[3, 8])).to_frame())


def test_visits_and_arms_come_in_the_order_of_their_categories() -> None:
    frame = trial()
    frame["day"] = pd.Categorical(frame["day"].map({1: "late", 2: "early"}), ["never", "late", "early"])
    frame["arm"] = pd.Categorical(frame["arm"], ["b", "a", "c"])
    found = fit(frame)
    assert found.to_frame()["term"].tolist() == ["(Intercept)", "dayearly", "arma", "dayearly:arma"]
    assert found.ls_means()[["arm", "visit"]].to_numpy().tolist() == [
        ["b", "late"],
        ["a", "late"],
        ["b", "early"],
        ["a", "early"],
    ]


def test_a_frame_that_is_changed_does_not_change_the_result() -> None:
    found = fit(trial())
    matrix, frame = found.covariance_matrix, found.to_frame()
    matrix.iloc[0, 0] = 99
    frame["estimate"] = 99
    assert found.covariance_matrix.iloc[0, 0] < 3
    assert (found.to_frame()["estimate"] < 99).all()


def test_repr_is_for_people() -> None:
    text = repr(fit(trial()))
    assert text.startswith(
        "MMRM, unstructured covariance, kenward-roger df, 95% intervals\n12 outcomes of 6 part"
    )
    assert "arm  visit  estimate" in text
