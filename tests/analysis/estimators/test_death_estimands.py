"""Composites of score and death by hand, and equal to R's t.test and wilcox.test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from analysis.estimators import (
    Difference,
    InputError,
    TimeToEvent,
    composite_contrast,
    win_ratio,
    worst_rank_contrast,
)
from tests.analysis.estimators.albumin import from_day_0, r_quality_of_life

HORIZON = 1096
NONE = float("nan")


@pytest.fixture(scope="module")
def at_three_years() -> pd.DataFrame:
    """One row a participant: trt, albumin at the last visit until then, death (day, if until then)."""
    rows = from_day_0().sort_values(["id", "day"])
    last = rows[rows["day"] <= HORIZON].drop_duplicates("id", keep="last")
    death = last["died"].where(last["died"] <= HORIZON)
    return last.assign(death=death, albumin=last["albumin"].mask(death.notna()))


def test_composite_against_r(at_three_years: pd.DataFrame) -> None:
    rows = at_three_years
    found = composite_contrast(rows["albumin"], rows["death"].notna(), rows["trt"], reference=0)
    expected = r_quality_of_life()["composite"]
    assert_allclose(
        found.to_frame().iloc[0][list(expected)].astype(float), list(expected.values()), rtol=1e-9
    )
    assert repr(found).startswith("Mean score, death counted as 0; against arm 0")


def test_worst_ranks_against_r(at_three_years: pd.DataFrame) -> None:
    rows = at_three_years
    found = worst_rank_contrast(rows["albumin"], rows["death"], rows["trt"], reference=0)
    expected, row = r_quality_of_life()["worst_rank"], found.to_frame().iloc[0]
    assert row["deaths"] + row["reference_deaths"] == expected["dead"]
    assert_allclose(row["win_probability"] * row["n"] * row["reference_n"], expected["statistic"], rtol=1e-12)
    assert_allclose(row["p_value"], expected["p_value"], rtol=1e-9)
    assert repr(found).startswith("Death as the worst rank, against arm 0")


def test_worst_ranks_are_a_hierarchy_of_death_and_score(at_three_years: pd.DataFrame) -> None:
    """Where all were followed to the same day, ranks decide each pair as `win_ratio` does."""
    rows = at_three_years.assign(
        day=at_three_years["death"].fillna(HORIZON), dead=at_three_years["death"].notna().astype(int)
    )
    arms = [rows[rows["trt"] == arm] for arm in (1, 0)]
    pairs = win_ratio(*arms, hierarchy=[TimeToEvent("day", "dead"), Difference("albumin")]).to_frame().iloc[0]
    row = worst_rank_contrast(rows["albumin"], rows["death"], rows["trt"], reference=0).to_frame().iloc[0]
    assert_allclose(
        row[["win_odds", "lower", "upper"]].astype(float),
        pairs[["win_odds", "win_odds_lower", "win_odds_upper"]].astype(float),
        rtol=1e-12,
    )


class TestByHand:
    def test_lower_scores_are_better_where_said(self) -> None:
        found = worst_rank_contrast(
            [1, 2, NONE], [NONE, NONE, 5], list("abb"), reference="b", higher_is_better=False
        )
        assert found.to_frame()["win_probability"].tolist() == [1]

    def test_deaths_on_one_day_tie(self) -> None:
        found = worst_rank_contrast([NONE, NONE], [5, 5], ["a", "b"], reference="b").to_frame().iloc[0]
        assert found["win_probability"] == 0.5
        assert np.isnan(found["z"])  # all ranks are the same: nothing to test

    def test_two_arms_are_ranked_among_themselves(self) -> None:
        scores, arms = [1, 2, 3, 4, 50, 60], list("aabbcc")
        two = worst_rank_contrast(scores[:4], [NONE] * 4, arms[:4], reference="b").to_frame()
        three = worst_rank_contrast(scores, [NONE] * 6, arms, reference="b").to_frame()
        assert three["arm"].tolist() == ["a", "c"]
        assert_frame_equal(two, three[:1])

    def test_death_may_count_as_more_than_0(self) -> None:
        found = composite_contrast([50, NONE, 20, 30], [0, 1, 0, 0], list("aabb"), reference="b", at_death=10)
        assert found.to_frame()["mean"].tolist() == [30]

    def test_no_interval_without_spread(self) -> None:
        found = composite_contrast([5, 5, 3], [0, 0, 0], list("aab"), reference="b").to_frame().iloc[0]
        assert found["difference"] == 2
        assert found[["std_error", "lower", "p_value"]].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": [1, 2]}, r"score\[1\] is 2.0: the dead have none"),
        ({"score": [NONE, NONE]}, r"score\[0\] is nan: everyone alive has one: impute, or leave out"),
        ({"dead": [0, 2]}, r"dead\[1\] is 2.0: 1 is dead, 0 alive"),
        ({"dead": [0]}, "dead is 1 long: score is 2 long"),
        ({"arm": ["a", "a"]}, "group is 'a' in every row: a contrast needs at least two groups"),
        ({"reference": "c"}, "reference is 'c': choose one of 'a', 'b'"),
        ({"at_death": NONE}, "at_death is nan: a finite number"),
    ],
)
def test_composites_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"score": [1, NONE], "dead": [0, 1], "arm": ["a", "b"], "reference": "a"} | change
    with pytest.raises(InputError, match=message):
        composite_contrast(given.pop("score"), given.pop("dead"), given.pop("arm"), **given)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": [1, 2]}, r"score\[1\] is 2.0: the dead have none"),
        ({"death": [NONE, -1]}, r"death\[1\] is -1.0: a day from 0 on, or nothing"),
        ({"reference": "c"}, "reference is 'c': choose one of 'a', 'b'"),
    ],
)
def test_worst_ranks_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "score": [1, NONE],
        "death": [NONE, 9],
        "arm": ["a", "b"],
        "reference": "a",
    } | change
    with pytest.raises(InputError, match=message):
        worst_rank_contrast(given.pop("score"), given.pop("death"), given.pop("arm"), **given)
