"""Responders by hand, in Newcombe's published examples, and equal to R's prop.test and logistic model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import InputError, Responders, responder_analysis
from tests.analysis.estimators.albumin import albumin, r_quality_of_life

NONE = float("nan")


def two_proportions(x1: int, n1: int, x2: int, n2: int) -> Responders:
    score = [1] * x1 + [0] * (n1 - x1) + [1] * x2 + [0] * (n2 - x2)
    return responder_analysis([0] * (n1 + n2), score, ["a"] * n1 + ["b"] * n2, margin=1)


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombes_examples(counts: tuple[int, int, int, int], lower: float, upper: float) -> None:
    """Newcombe, Statistics in Medicine 1998;17:873-890, table II, method 10."""
    found = two_proportions(*counts).contrast("b").iloc[0]
    assert_allclose([found["lower"], found["upper"]], [lower, upper], atol=5e-5)


class TestWho:
    @pytest.mark.parametrize(
        ("baseline", "score", "dead", "expected"),
        [
            (50, 60, 0, (1, 0, 0)),
            (50, 59.9, 0, (0, 0, 0)),
            (0.1, 0.4, 0, (0, 0, 0)),
            (50, 40, 0, (0, 0, 0)),
            (50, NONE, 0, (0, 0, 1)),
            (NONE, 60, 0, (0, 0, 1)),
            (50, 60, 1, (0, 1, 0)),  # dead by the visit: what was answered before does not count
            (50, NONE, 1, (0, 1, 0)),
        ],
    )
    def test_one(self, baseline: float, score: float, dead: int, expected: tuple[int, int, int]) -> None:
        found = responder_analysis([baseline], [score], ["a"], margin=10, dead=[dead]).to_frame()
        assert tuple(found[["responders", "dead", "missing"]].iloc[0]) == expected

    def test_a_difference_of_the_margin_counts_whatever_its_last_digit(self) -> None:
        found = responder_analysis([0.1], [0.3], ["a"], margin=0.2)  # 0.19999999999999998 in binary
        assert found.to_frame()["responders"].tolist() == [1]

    def test_lower_is_better_where_said(self) -> None:
        found = responder_analysis([8, 8], [5, 11], ["a", "a"], margin=3, higher_is_better=False)
        assert found.to_frame()["responders"].tolist() == [1]

    def test_missing_left_out(self) -> None:
        scores, dead = [60, 50, NONE, NONE], [0, 0, 0, 1]
        found = responder_analysis([50] * 4, scores, list("aaaa"), margin=10, dead=dead, missing="left-out")
        row = found.to_frame().iloc[0]
        assert row[["n", "responders", "dead", "missing"]].tolist() == [3, 1, 1, 1]
        assert_allclose(row["proportion"], 1 / 3)


def test_by_hand() -> None:
    # 3 of 4 against 1 of 4: odds 3 and 1/3; errors root(1/3 + 1 + 1 + 1/3); chi-squared 8 (3*3 - 1*1)^2/4^4.
    found = two_proportions(3, 4, 1, 4).contrast("b").set_index("measure")
    assert_allclose(found["estimate"], [0.5, 9])
    error = 1.959963984540054 * np.sqrt(8 / 3)
    odds = found.loc["odds ratio"]
    assert_allclose([odds["lower"], odds["upper"]], [9 * np.exp(-error), 9 * np.exp(error)], rtol=1e-12)
    assert_allclose(found["p_value"], 0.15729920705028513, rtol=1e-12)  # of chi-squared 2 on 1


def test_empty_cells_have_no_limits_of_the_odds_ratio() -> None:
    for counts, ratio in (((4, 4, 1, 4), np.inf), ((0, 4, 1, 4), 0), ((0, 4, 0, 4), NONE)):
        odds = two_proportions(*counts).contrast("b").iloc[1]
        assert_allclose(odds["estimate"], ratio)
        assert odds[["lower", "upper"]].isna().all()
    assert two_proportions(0, 4, 0, 4).contrast("b")["p_value"].isna().all()


def test_against_r() -> None:
    visits = albumin()
    third = visits[visits["visit"] == 3].set_index("id")["lbili"]
    people = visits.drop_duplicates("id").set_index("id")
    found = responder_analysis(
        people["lbili0"], third.reindex(people.index), people["trt"], margin=0.2, higher_is_better=False
    )
    expected, frame = r_quality_of_life()["responders"], found.to_frame()
    assert frame["arm"].tolist() == [0, 1]
    assert frame["responders"].tolist() == expected["counts"][::-1]
    assert frame["n"].tolist() == expected["n"][::-1]
    assert_allclose(frame[["lower", "upper"]], expected["wilson"][::-1], rtol=1e-9)
    odds = found.contrast(0).iloc[1]
    limits = (
        expected["log_odds_ratio"] + np.array([0, -1, 1]) * 1.959963984540054 * expected["log_odds_error"]
    )
    assert_allclose(np.log(odds[["estimate", "lower", "upper"]].astype(float)), limits, atol=1e-6)
    assert_allclose(odds["p_value"], expected["p_value"], rtol=1e-9)


def test_arms_exchanged_turn_the_contrasts_round() -> None:
    found = two_proportions(5, 9, 3, 11)
    there, back = found.contrast("b"), found.contrast("a")
    assert_allclose(there["estimate"][0], -back["estimate"][0])
    assert_allclose(there["lower"][0], -back["upper"][0])
    assert_allclose(there["lower"][1], 1 / back["upper"][1])


def test_several_arms() -> None:
    found = responder_analysis([0] * 6, [1, 0, 1, 1, 0, 0], list("aabbcc"), margin=1)
    assert found.contrast("b")["arm"].tolist() == ["a", "a", "c", "c"]
    assert repr(found).startswith("Improved by 1 or more, Wilson's 95% intervals")
    found.to_frame()["n"] = 0
    assert found.to_frame()["n"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"margin": 0}, "margin is 0: a number above 0"),
        ({"missing": "locf"}, "missing is 'locf': choose one of non-responder, left-out"),
        ({"score": [1]}, "score is 1 long: baseline is 2 long"),
        ({"score": [1, np.inf]}, r"score\[1\] is inf: a number, or nothing where it is missing"),
        ({"dead": [0, NONE]}, r"dead\[1\] is nan: 1 is dead, 0 alive"),
        ({"arm": ["a", None]}, r"arm\[1\] is None: each row needs a label"),
        ({"score": [1, NONE], "missing": "left-out"}, "arm is 'b' without anyone to count"),
        ({"conf_level": 95}, "conf_level is 95"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"baseline": [0, 0], "score": [1, 0], "arm": ["a", "b"], "margin": 1} | change
    with pytest.raises(InputError, match=message):
        responder_analysis(given.pop("baseline"), given.pop("score"), given.pop("arm"), **given)


def test_a_contrast_needs_an_arm_to_compare_with() -> None:
    with pytest.raises(InputError, match="reference is 'c': choose one of 'a', 'b'"):
        two_proportions(1, 2, 1, 2).contrast("c")
    alone = responder_analysis(pd.Series([0]), pd.Series([1]), ["a"], margin=1)
    with pytest.raises(InputError, match="a contrast needs at least two groups"):
        alone.contrast("a")
