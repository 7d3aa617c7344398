"""Restricted mean time lost by hand, and equal to R's areas and influences (reference/make_competing.R)."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import (
    InputError,
    RestrictedMeanTimeLost,
    restricted_mean_survival,
    restricted_mean_time_lost,
)

TOLERANCE = 1e-9  # R's numbers are kept with 15 digits, sums in another order differ by about 1e-12
EXACT = 1e-14


class TestByHand:
    def test_without_censoring_it_is_the_mean_of_what_each_loses(self) -> None:
        # Cause 1 takes 3, 1 and 0 days of the first 4, cause 2 takes 0, 0 and 2.
        frame = restricted_mean_time_lost([1, 3, 2], [1, 1, 2], tau=4).to_frame()
        assert list(frame.columns) == ["group", "cause", "rmtl", "std_error", "lower", "upper"]
        assert_allclose(frame["rmtl"], [4 / 3, 2 / 3], rtol=EXACT)
        assert_allclose(frame["std_error"], [np.std([3, 1, 0]) / 3**0.5, np.std([0, 0, 2]) / 3**0.5])
        assert_allclose(frame["upper"], frame["rmtl"] + 1.959963984540054 * frame["std_error"])

    def test_a_censoring_leaves_its_share_to_those_who_stay(self) -> None:
        # Day 1: cause 1 of 3 and a censoring; day 2: cause 2. F_1 is 1/3 for 2 days, F_2 2/3 for one.
        frame = restricted_mean_time_lost([1, 1, 2], [1, 0, 2], tau=3).to_frame()
        assert_allclose(frame["rmtl"], [2 / 3, 2 / 3], rtol=EXACT)
        # 2 w1/(w1 + w2 + w3), and 1 less w1/(w1 + w2 + w3): no other weight than those of day 1 matters.
        assert_allclose(frame["std_error"], [2 * np.sqrt(2 / 27), np.sqrt(2 / 27)], rtol=EXACT)

    def test_an_event_at_the_horizon_takes_nothing(self) -> None:
        frame = restricted_mean_time_lost([2, 3], [1, 2], tau=2).to_frame()
        assert frame["rmtl"].tolist() == [0, 0]
        assert frame["std_error"].tolist() == [0, 0]

    def test_with_survival_it_adds_up_to_the_horizon(self, randomised: pd.DataFrame) -> None:
        lost = restricted_mean_time_lost(randomised["time"], randomised["status"], tau=3000).to_frame()
        lived = restricted_mean_survival(randomised["time"], randomised["tfs"], tau=3000).to_frame()
        assert_allclose(lost["rmtl"].sum() + lived["rmst"], 3000, rtol=1e-12)

    def test_of_one_cause_it_has_the_error_of_what_is_left(self, randomised: pd.DataFrame) -> None:
        lost = restricted_mean_time_lost(randomised["time"], randomised["tfs"], tau=3000).to_frame()
        lived = restricted_mean_survival(randomised["time"], randomised["tfs"], tau=3000).to_frame()
        assert_allclose(lost["std_error"], lived["std_error"], rtol=1e-12)

    def test_contrasts(self) -> None:
        found = lost_by_arm().contrast("a")
        assert found["cause"].tolist() == [1, 1, 2, 2]
        assert found["measure"].tolist() == ["difference", "ratio"] * 2
        frame = lost_by_arm().to_frame().query("cause == 1")
        own, error = frame["rmtl"].to_numpy(), frame["std_error"].to_numpy()
        assert_allclose(found["estimate"][0], own[1] - own[0])
        assert_allclose(found["upper"][0] - found["lower"][0], 2 * 1.959963984540054 * np.hypot(*error))
        assert_allclose(found["estimate"][1], own[1] / own[0])
        log_spread = np.log(found["upper"][1] / found["lower"][1])
        assert_allclose(log_spread, 2 * 1.959963984540054 * np.hypot(*(error / own)))

    def test_no_ratio_to_nothing_lost(self) -> None:
        found = lost_by_arm().contrast("a").iloc[-1]  # cause 2 came to nobody in b
        assert found[["estimate", "lower", "upper", "p_value"]].isna().all()

    def test_repr_is_for_people(self) -> None:
        assert repr(lost_by_arm()).startswith("Restricted mean time lost to 3, 95% intervals\ngroup  cause")


def lost_by_arm() -> RestrictedMeanTimeLost:
    return restricted_mean_time_lost([1, 2, 3, 1, 2, 3], [1, 2, 0, 1, 1, 0], group=list("aaabbb"), tau=3)


@pytest.mark.parametrize(
    "key",
    [
        "pbc_trt",
        "pbc_trt_common",
        "pbc_weights",
        "pbc_entry",
        "mgus2_sex",
        "mgus2_age_weights",
        "transplant_abo",
    ],
)
def test_against_r(
    key: str,
    randomised: pd.DataFrame,
    gammopathy: pd.DataFrame,
    transplant: pd.DataFrame,
    r_competing_risks: dict[str, Any],
) -> None:
    expected = r_competing_risks["time_lost"][key]
    entered = randomised[randomised["entry"] < randomised["time"]]
    data, duration, cause, group = {
        "pbc": (entered if key == "pbc_entry" else randomised, "time", "status", "trt"),
        "mgus2": (gammopathy, "exit" if "age" in key else "time", "cause", "sex"),
        "transplant": (transplant, "futime", "event", "abo"),
    }[key.split("_")[0]]
    late = data["entry"] if key in ("pbc_entry", "mgus2_age_weights") else None
    weights = data["weight"] if "weights" in key else None
    found = (
        restricted_mean_time_lost(
            data[duration], data[cause], group=data[group], entry=late, weights=weights, tau=expected["tau"]
        )
        .to_frame()
        .astype({"group": str, "cause": str})
        .set_index(["cause", "group"])
    )
    for label in expected["rmean"]:
        own = found.loc[label].loc[expected["group"]]
        assert_allclose(own["rmtl"], expected["rmean"][label], rtol=TOLERANCE)
        assert_allclose(own["std_error"], expected["std.err"][label], rtol=TOLERANCE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tau": 4}, "tau is 4: at most 3, where the follow-up of group 'all' ends with its curve above 0"),
        ({"tau": 0}, "tau is 0: a time above 0, in the unit of the durations"),
        ({"tau": "3"}, "tau is '3': a time above 0"),
        ({"cause": [0, 0, 0]}, "cause is censored in every row"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"duration": [1, 2, 3], "cause": [1, 2, 0], "tau": 3} | change
    with pytest.raises(InputError, match=re.escape(message)):
        restricted_mean_time_lost(**data)


@pytest.mark.parametrize(
    ("reference", "message"), [("c", "reference is 'c': choose one of 'a', 'b'"), (1, "reference is 1")]
)
def test_contrast_refuses_what_is_no_group(reference: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        lost_by_arm().contrast(reference)
