"""Restricted means by hand, equal to R's `print(rmean=)` and survRM2, and as published.

The tolerance is 1e-9: R's numbers are kept with 13 to 15 digits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import InputError, RestrictedMean, restricted_mean_survival
from analysis.estimators.contrasts import contrasts

TOLERANCE = 1e-9
EXACT = 1e-14

# Day 1: two events. Day 2: an event and a censoring. Day 3: a censoring alone. Day 4: an event alone.
DURATION = [1, 1, 2, 2, 3, 4, 5]
EVENT = [1, 1, 1, 0, 0, 1, 0]


class TestByHand:
    def test_area_and_variance(self) -> None:
        # S is 1 to day 1, 5/7 to day 2, 4/7 to day 4, 2/7 to day 5.
        frame = restricted_mean_survival(DURATION, EVENT, tau=5).to_frame()
        assert list(frame.columns) == ["group", "rmst", "std_error", "lower", "upper"]
        assert frame["group"].tolist() == ["all"]
        assert_allclose(frame["rmst"], 1 + 5 / 7 + 2 * 4 / 7 + 2 / 7, rtol=EXACT)
        areas, hazards = np.array([15, 10, 2]) / 7, np.array([2 / (7 * 5), 1 / (5 * 4), 1 / (2 * 1)])
        error = math.sqrt(areas**2 @ hazards)
        assert_allclose(frame["std_error"], error, rtol=EXACT)
        assert_allclose(frame["upper"] - frame["rmst"], 1.959963984540054 * error, rtol=1e-12)
        assert_allclose(frame["rmst"] - frame["lower"], 1.959963984540054 * error, rtol=1e-12)

    @pytest.mark.parametrize(
        ("tau", "rmst", "variance"),
        [
            (0.5, 0.5, 0),  # before any event
            (1, 1, 0),  # an event at tau has no time after it
            (1.5, 1 + 5 / 7 / 2, (5 / 14) ** 2 * 2 / 35),
        ],
    )
    def test_horizons_between_the_times(self, tau: float, rmst: float, variance: float) -> None:
        frame = restricted_mean_survival(DURATION, EVENT, tau=tau).to_frame()
        assert_allclose(frame[["rmst", "std_error"]], [[rmst, math.sqrt(variance)]], rtol=EXACT)

    def test_after_a_curve_of_0_nothing_is_added(self) -> None:
        # S is 1/2 from day 1 to day 2 and 0 then: 3/2, with a variance of (1/2)^2 / (2 * 1).
        for tau in (2, 3, 100):
            frame = restricted_mean_survival([1, 2], [1, 1], tau=tau).to_frame()
            assert_allclose(frame[["rmst", "std_error"]], [[3 / 2, math.sqrt(1 / 8)]], rtol=EXACT)

    def test_an_event_on_day_0_counts(self) -> None:
        frame = restricted_mean_survival([0, 2], [1, 0], tau=2).to_frame()
        assert_allclose(frame[["rmst", "std_error"]], [[1, math.sqrt(1 / 2)]], rtol=EXACT)

    def test_difference_and_ratio(self) -> None:
        # Means 3/2 and 7/4 of events on days 1 and 2, and on day 1 of two rows of two participants.
        found = restricted_mean_survival(
            [1, 2, 1, 2], [1, 1, 1, 0], group=["a", "a", "b", "b"], weights=[1, 1, 1, 3], tau=2
        )
        frame = found.contrast("a")
        assert list(frame.columns) == ["measure", "group", "estimate", "lower", "upper", "p_value"]
        assert frame["measure"].tolist() == ["difference", "ratio"]
        assert frame["group"].tolist() == ["b", "b"]
        variances = 1 / 8, (3 / 4) ** 2 / (4 * 3)
        error = math.sqrt(sum(variances))
        log_error = math.sqrt(variances[0] / (3 / 2) ** 2 + variances[1] / (7 / 4) ** 2)
        z = 1.959963984540054
        assert_allclose(
            frame[["estimate", "lower", "upper"]],
            [
                [1 / 4, 1 / 4 - z * error, 1 / 4 + z * error],
                [7 / 6, 7 / 6 * math.exp(-z * log_error), 7 / 6 * math.exp(z * log_error)],
            ],
            rtol=1e-12,
        )
        p_values = [
            math.erfc(0.25 / error / math.sqrt(2)),
            math.erfc(math.log(7 / 6) / log_error / math.sqrt(2)),
        ]
        assert_allclose(frame["p_value"], p_values, rtol=1e-12)

    def test_the_jackknife_of_sampling_weights(self) -> None:
        # S is 3/4 from day 1: w2/(w1 + w2). The mean to day 2 is 7/4; its derivatives are -3/8 and 1/8.
        found = restricted_mean_survival([1, 2], [1, 0], weights=[0.5, 1.5], tau=2, robust=True).to_frame()
        assert_allclose(found["std_error"], 3 / 16 * math.sqrt(2), rtol=EXACT)


@pytest.mark.parametrize("tau", [1825, 2920, 3650])
class TestPrimaryBiliaryCholangitis:
    @pytest.mark.parametrize("group", ["trt", "all"])
    def test_r_prints_the_same_means(
        self, group: str, tau: int, randomised: pd.DataFrame, r_rmst: dict[str, Any]
    ) -> None:
        groups = randomised["trt"] if group == "trt" else None
        found = restricted_mean_survival(randomised["time"], randomised["tfs"], group=groups, tau=tau)
        expected = r_rmst["print_survfit"][f"pbc_tfs_{group}_{tau}"]
        assert_allclose(found.to_frame()["rmst"], expected["rmean"], rtol=TOLERANCE)
        assert_allclose(found.to_frame()["std_error"], expected["se"], rtol=TOLERANCE)

    def test_survrm2_has_the_same_contrasts(
        self, tau: int, randomised: pd.DataFrame, r_rmst: dict[str, Any]
    ) -> None:
        expected = r_rmst["survRM2"][f"pbc_tfs_trt_{tau}"]
        found = restricted_mean_survival(
            randomised["time"], randomised["tfs"], group=randomised["trt"], tau=tau
        )
        by_arm = found.to_frame()[["rmst", "std_error", "lower", "upper"]]
        assert_allclose(by_arm, [expected["arm1"][0], expected["arm0"][0]], rtol=TOLERANCE)
        contrast = found.contrast(2)
        assert contrast["group"].tolist() == [1, 1]
        assert_allclose(
            contrast[["estimate", "lower", "upper", "p_value"]], expected["unadjusted"][:2], rtol=TOLERANCE
        )


def test_as_published_in_survrm2s_vignette(randomised: pd.DataFrame) -> None:
    """Uno, Tian, Cronin and others, vignette of survRM2: deaths in the trial, ten years."""
    found = restricted_mean_survival(
        randomised["time"] / 365.25, randomised["death"], group=randomised["trt"], tau=10
    )
    assert found.to_frame()[["rmst", "std_error"]].round(3).to_numpy().tolist() == [
        [7.146, 0.283],
        [7.283, 0.295],
    ]
    contrast = found.contrast(2).round(3).loc[:, ["estimate", "lower", "upper", "p_value"]]
    assert contrast.to_numpy().tolist()[0] == [-0.137, -0.939, 0.665, 0.738]


@pytest.fixture
def fits(
    lung: pd.DataFrame, veteran: pd.DataFrame, colon_deaths: pd.DataFrame, mgus2: pd.DataFrame
) -> dict[str, Callable[[], RestrictedMean]]:
    """By the key in survival.json: the same means from `restricted_mean_survival`."""
    entered = lung[lung["entry"] < lung["time"]]
    old = mgus2[mgus2["age"] >= 60]

    def fit(data: pd.DataFrame, tau: int, group: str | None, **columns: str) -> Callable[[], RestrictedMean]:
        names = {"duration": "time", "event": "event"} | columns
        more: dict[str, Any] = {argument: data[name] for argument, name in names.items()}
        groups = None if group is None else data[group]
        return lambda: restricted_mean_survival(**more, group=groups, tau=tau, robust=group is None)

    return {
        "lung_sex_365": fit(lung, 365, "sex"),
        "lung_sex_900": fit(lung, 900, "sex"),
        "veteran_celltype_150": fit(veteran, 150, "celltype", event="status"),
        "colon_rx_2000": fit(colon_deaths, 2000, "rx", event="status"),
        "lung_counts_500": fit(lung, 500, "sex", weights="count"),
        "lung_weights_500": fit(lung, 500, "sex", weights="weight"),
        "lung_entry_600": fit(entered, 600, "sex", entry="entry"),
        "mgus2_age_1100": fit(old, 1100, "sex", duration="exit", event="death", entry="entry"),
        "lung_weights_500_jackknife": fit(lung, 500, None, weights="weight"),
        "lung_entry_weights_500_jackknife": fit(entered, 500, None, weights="weight", entry="entry"),
    }


@pytest.mark.parametrize(
    "key",
    [
        "lung_sex_365",
        "lung_sex_900",
        "veteran_celltype_150",
        "colon_rx_2000",
        "lung_counts_500",
        "lung_weights_500",
        "lung_entry_600",
        "mgus2_age_1100",
    ],
)
def test_r_has_the_same_means_of_its_own_data(
    key: str, fits: dict[str, Callable[[], RestrictedMean]], r_survival: dict[str, Any]
) -> None:
    found, expected = fits[key]().to_frame(), r_survival["rmst"][key]
    assert_allclose(found["rmst"], expected["rmst"], rtol=TOLERANCE)
    assert_allclose(found["std_error"], expected["se"], rtol=TOLERANCE)


@pytest.mark.parametrize("key", ["lung_weights_500_jackknife", "lung_entry_weights_500_jackknife"])
def test_r_has_the_same_jackknife(
    key: str, fits: dict[str, Callable[[], RestrictedMean]], r_survival: dict[str, Any]
) -> None:
    assert_allclose(fits[key]().to_frame()["std_error"], r_survival["rmst"][key], rtol=TOLERANCE)


rows = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 1), st.integers(1, 3), st.sampled_from("ab")), max_size=20
).map(
    lambda drawn: pd.DataFrame(
        [*drawn, (2, 1, 1, "a"), (8, 0, 1, "a"), (3, 1, 2, "b"), (8, 0, 1, "b")],
        columns=["duration", "event", "weights", "group"],
    )
)


@settings(deadline=None, max_examples=10)
@given(rows, st.sampled_from([0.25, 2, 365.25]))
def test_what_holds_for_any_data(data: pd.DataFrame, scale: float) -> None:
    def found(data: pd.DataFrame, tau: float = 7, *, weights: bool = False) -> RestrictedMean:
        counts = data["weights"] if weights else None
        return restricted_mean_survival(
            data["duration"], data["event"], group=data["group"], weights=counts, tau=tau
        )

    weighted = found(data, weights=True)
    repeated = found(data.loc[data.index.repeat(data["weights"])].iloc[::-1])
    pd.testing.assert_frame_equal(weighted.to_frame(), repeated.to_frame(), rtol=1e-12)
    scaled = found(data.assign(duration=data["duration"] * scale), 7 * scale)
    plain = found(data)
    assert_allclose(
        scaled.to_frame().iloc[:, 1:], plain.to_frame().iloc[:, 1:] * scale, rtol=1e-12, atol=1e-12
    )
    forth, back = plain.contrast("a"), plain.contrast("b")
    assert_allclose(forth["p_value"], back["p_value"], rtol=1e-9, atol=1e-15)
    assert_allclose(forth["estimate"], [-back["estimate"][0], 1 / back["estimate"][1]], rtol=1e-9, atol=1e-12)


class TestRefusals:
    @pytest.mark.parametrize("tau", [0, -1, math.inf, math.nan, "ten", None])
    def test_no_horizon(self, tau: object) -> None:
        with pytest.raises(InputError, match=r"tau is .*: a time above 0, in the unit of the durations"):
            restricted_mean_survival(DURATION, EVENT, tau=tau)  # type: ignore[arg-type]  # on purpose

    def test_a_horizon_after_the_end_of_a_curve_that_is_not_0(self) -> None:
        # a ends in an event of all who are left, b and c with a censoring: on day 4 and on day 3.
        data: dict[str, Any] = {
            "duration": [1, 2, 2, 4, 3, 3],
            "event": [1, 1, 1, 0, 1, 0],
            "group": list("aabbcc"),
        }
        message = "tau is 3.5: at most 3, where the follow-up of group 'c' ends with its curve above 0"
        with pytest.raises(InputError, match=re.escape(message)):
            restricted_mean_survival(**data, tau=3.5)
        assert restricted_mean_survival(**data, tau=3).to_frame()["rmst"].tolist() == [1.5, 2.5, 3]

    def test_a_reference_that_is_no_group(self) -> None:
        found = restricted_mean_survival([1, 2, 1, 2], [1, 1, 1, 0], group=list("aabb"), tau=2)
        with pytest.raises(InputError, match=r"reference is 'c': choose one of 'a', 'b'"):
            found.contrast("c")

    def test_one_group_has_no_contrast(self) -> None:
        with pytest.raises(InputError, match=r"group is 'all' in every row: a contrast needs at least two"):
            restricted_mean_survival(DURATION, EVENT, tau=2).contrast("all")

    def test_a_ratio_of_which_next_to_nothing_is_known_has_no_upper_limit(self) -> None:
        # Means 1/1000 and 1, the first with an error of 1: e^(1.96 * 1000) is larger than any number.
        found = contrasts(["a", "b"], np.array([1e-3, 1.0]), np.array([1.0, 0.1]), reference="b", z=1.96)
        assert found.iloc[1][["lower", "upper"]].tolist() == [0, np.inf]

    def test_no_event_in_both(self) -> None:
        found = restricted_mean_survival([1, 9, 1, 9, 9], [1, 0, 1, 0, 0], group=list("aabbc"), tau=1)
        with pytest.raises(InputError, match=r"never 1 before 1, or always on one day, in both 'a' and 'b'"):
            found.contrast("a")
        assert found.to_frame()["rmst"].tolist() == [1, 1, 1]

    def test_the_data_are_those_of_kaplan_meier(self) -> None:
        with pytest.raises(InputError, match=r"event\[1\] is 2\.0"):
            restricted_mean_survival([1, 2], [1, 2], tau=1)
        with pytest.raises(InputError, match="conf_level is 95"):
            restricted_mean_survival([1, 2], [1, 0], tau=1, conf_level=95)


def test_the_result_is_for_people_and_its_frame_a_copy() -> None:
    found = restricted_mean_survival(DURATION, EVENT, tau=5)
    assert repr(found).startswith("Restricted mean survival to 5, 95% intervals\ngroup")
    found.to_frame()["rmst"] = 0.0
    assert found.to_frame()["rmst"].iloc[0] > 3
