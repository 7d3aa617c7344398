"""Areas by hand, and equal to R's trapezoids and Welch's test (reference/make_quality_of_life.R)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import AreaUnderCurve, InputError, area_under_curve, while_alive_contrast
from tests.analysis.estimators.albumin import COLUMNS as ALBUMIN
from tests.analysis.estimators.albumin import from_day_0, r_quality_of_life

COLUMNS: dict[str, Any] = {"outcome": "eq", "participant": "who", "day": "day"}
HORIZON = 1096
TOLERANCE = 1e-9


def one(days: list[float], scores: list[float | None], **more: Any) -> pd.Series:  # noqa: ANN401 - as passed on
    """The only row of the areas of one participant."""
    death = more.pop("death", None)
    frame = pd.DataFrame({"who": 1, "day": days, "eq": scores, "died": death})
    columns = COLUMNS | ({} if death is None else {"death": "died"})
    return area_under_curve(frame, **columns, **more).to_frame().iloc[0]


KNOWN = ["start", "end", "area", "average", "last"]


class TestByHand:
    def test_to_the_last_score(self) -> None:
        # (4 + 8)/2 * 10 + (8 + 2)/2 * 20, over 30 days
        assert one([0, 10, 30], [4, 8, 2])[KNOWN].tolist() == [0, 30, 160, 160 / 30, 2]

    def test_days_in_any_order_and_gaps_are_bridged(self) -> None:
        assert one([30, 20, 0, 10], [2, None, 4, 8])[KNOWN].tolist() == [0, 30, 160, 160 / 30, 2]

    def test_cut_at_the_horizon(self) -> None:
        # On day 20 the line is at 5; the last score seen by then is 8.
        found = one([0, 10, 30], [4, 8, 2], horizon=20)
        assert found[KNOWN].tolist() == [0, 20, 60 + 65, 125 / 20, 8]

    def test_cut_at_day_0(self) -> None:
        assert one([-10, 10], [0, 4])[KNOWN].tolist() == [0, 10, 30, 3, 4]

    def test_not_known_to_the_horizon(self) -> None:
        found = one([0, 10], [4, 8], horizon=20)
        assert np.isnan(found["area"])
        assert found[["start", "end", "average", "last"]].tolist() == [0, 10, 6, 8]

    def test_not_known_from_day_0(self) -> None:
        found = one([10, 20], [4, 8], horizon=20)
        assert np.isnan(found["area"])
        assert found[["start", "end", "average"]].tolist() == [10, 20, 6]

    def test_one_score_is_its_own_average(self) -> None:
        assert one([0], [7])[KNOWN].tolist() == [0, 0, 0, 7, 7]
        assert one([5], [7], horizon=20)[["start", "end", "average", "last"]].tolist() == [5, 5, 7, 7]

    @pytest.mark.parametrize("days", [[30, 40], [-5, -2]])
    def test_no_score_in_the_time(self, days: list[float]) -> None:
        assert one(days, [4, 8], horizon=20)[KNOWN].isna().all()
        assert one([0, 1], [None, None])[KNOWN].isna().all()

    def test_death_counts_as_a_score_from_its_day_on(self) -> None:
        # (4 + 8)/2 * 10, then 8 until day 15, then 1 until day 20
        found = one([0, 10], [4, 8], horizon=20, death=15, at_death=1)
        assert found[KNOWN].tolist() == [0, 20, 60 + 40 + 5, 105 / 20, 1]

    @pytest.mark.parametrize("death", [20, 30])
    def test_death_at_the_horizon_or_later_does_not_count(self, death: float) -> None:
        assert one([0, 20], [4, 8], horizon=20, death=death, at_death=0)["area"] == 120
        assert np.isnan(one([0, 10], [4, 8], horizon=20, death=death, at_death=0)["area"])

    def test_death_on_the_day_of_the_last_score(self) -> None:
        assert one([0, 10], [4, 8], horizon=20, death=10, at_death=0)["area"] == 60

    def test_curves_of_the_dead_end_with_their_last_score(self) -> None:
        assert one([0, 10], [4, 8], death=15)[["end", "average", "last"]].tolist() == [10, 6, 8]


@pytest.fixture(scope="module")
def areas() -> AreaUnderCurve:
    return area_under_curve(from_day_0(), **ALBUMIN, arm="trt", horizon=HORIZON, death="died")


class TestAgainstR:
    def test_areas(self, areas: AreaUnderCurve) -> None:
        frame = areas.to_frame()
        assert frame["participant"].is_monotonic_increasing
        for column, key in (("area", "area"), ("average", "average")):
            expected = np.array(r_quality_of_life()[key]["value"], dtype=float)
            assert_allclose(frame[column], expected, rtol=1e-12)

    def test_with_death_as_0(self) -> None:
        found = area_under_curve(
            from_day_0(), **ALBUMIN, arm="trt", horizon=HORIZON, death="died", at_death=0
        )
        expected = r_quality_of_life()["area_with_death"]
        assert_allclose(found.to_frame()["area"], np.array(expected["value"], dtype=float), rtol=1e-12)
        assert_equals_welch(found.contrast(0).to_frame(), expected["welch"])

    def test_contrasts(self, areas: AreaUnderCurve) -> None:
        assert_equals_welch(areas.contrast(0).to_frame(), r_quality_of_life()["area"]["welch"])
        average = areas.contrast(0, measure="average")
        assert_equals_welch(average.to_frame(), r_quality_of_life()["average"]["welch"])
        alive = while_alive_contrast(
            from_day_0(), **ALBUMIN, arm="trt", reference=0, horizon=HORIZON, death="died"
        )
        assert alive.to_frame().equals(average.to_frame())
        assert repr(alive).startswith("Mean of the average score while seen; against arm 0")

    def test_last_scores_while_alive(self) -> None:
        found = while_alive_contrast(from_day_0(), **ALBUMIN, arm="trt", reference=0, summary="last")
        last = from_day_0().sort_values(["id", "day"]).drop_duplicates("id", keep="last")
        means = last.groupby("trt")["albumin"].mean()
        assert_allclose(found.to_frame()["difference"], means[1] - means[0], rtol=1e-12)


def assert_equals_welch(frame: pd.DataFrame, expected: dict[str, float]) -> None:
    assert_allclose(frame.iloc[0][list(expected)].astype(float), list(expected.values()), rtol=TOLERANCE)


courses = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-5, 5)), min_size=1, max_size=8, unique_by=lambda r: r[0]
)


@settings(deadline=None, max_examples=25)
@given(courses, st.integers(1, 60), st.integers(-3, 3))
def test_areas_add_up_and_follow_the_scale(course: list[tuple[int, int]], horizon: int, shift: int) -> None:
    days, scores = (
        list(each) for each in zip(*[(0, 2), *[row for row in course if row[0] > 0]], strict=True)
    )
    whole = one(days, scores)
    cut = one(days, scores, horizon=horizon)
    order = np.argsort(days)
    line = np.interp(np.arange(0, 61, 0.5), np.array(days)[order], np.array(scores, dtype=float)[order])
    if whole["end"] >= horizon:
        assert_allclose(cut["area"], np.trapezoid(line[: 2 * horizon + 1], dx=0.5), atol=1e-9)
    assert min(scores) - 1e-12 <= whole["average"] <= max(scores) + 1e-12
    moved = one(days, [3 * score + shift for score in scores])
    assert_allclose(moved["area"], 3 * whole["area"] + shift * whole["end"], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "itch"}, r"frame\['itch'\] is not there"),
        ({"day": "blank"}, r"frame\['blank'\]\[1\] is nan: every row has its day"),
        ({"outcome": "endless"}, r"frame\['endless'\]\[0\] is inf: a number, or nothing"),
        ({"day": "same"}, r"frame\['same'\]\[0\] is 1.0: one score a participant and day"),
        ({"arm": "day"}, r"frame\['day'\]\[1\] is 10: one value a participant"),
        ({"death": "early"}, r"frame\['day'\]\[1\] is 10.0: there is no score after death"),
        ({"death": "day"}, r"frame\['day'\]\[1\] is 10.0: one value a participant"),
        ({"horizon": 0}, "horizon is 0: a number above 0"),
        ({"at_death": 0}, "at_death is 0: a number, with the day of `death` and a `horizon`"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"who": [1, 1], "day": [0, 10], "eq": [4, 8], "same": 1, "early": 5})
    frame = frame.assign(blank=[0, np.nan], endless=[np.inf, 1])
    with pytest.raises(InputError, match=message):
        area_under_curve(frame, **COLUMNS | change)


def test_contrasts_are_refused_that_would_mislead(areas: AreaUnderCurve) -> None:
    with pytest.raises(InputError, match="measure is 'area' without a horizon: areas over different times"):
        area_under_curve(from_day_0(), **ALBUMIN, arm="trt").contrast(0)
    with pytest.raises(InputError, match="measure is 'mean': choose one of area, average, last"):
        areas.contrast(0, measure="mean")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InputError, match="reference is 2: choose one of 0, 1"):
        areas.contrast(2)
    with pytest.raises(InputError, match="summary is 'area': choose one of average, last"):
        while_alive_contrast(
            from_day_0(),
            **ALBUMIN,
            arm="trt",
            reference=0,
            summary="area",  # type: ignore[arg-type]  # on purpose
        )


def test_repr_is_for_people(areas: AreaUnderCurve) -> None:
    assert repr(areas).startswith("Area under the score to day 1096")
    assert "each one's last score" in repr(area_under_curve(from_day_0(), **ALBUMIN))
