"""Rates of first events and what differs between groups: by hand, and equal to R's `poisson.test`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import poisson

from analysis.estimators import (
    InputError,
    cumulative_incidence,
    event_rate,
    exposure_adjusted_incidence,
)

TOLERANCE = 1e-9  # R's numbers are kept with 15 digits; its quantiles and scipy's differ by 1e-13


class TestByHand:
    def test_no_event_in_a_group(self) -> None:
        # 0 in 8: the upper limit is -log(0.025)/8. 1 in 4 days: the lower is -log(0.975)/4.
        frame = exposure_adjusted_incidence([4, 4, 1, 3], [0, 0, 1, 2], group=list("aabb")).to_frame()
        assert frame["group"].tolist() == ["a", "b"]
        for column, expected in (
            ("participants", [2, 2]),
            ("events", [0, 1]),
            ("competing", [0, 1]),
            ("person_time", [8, 4]),
            ("rate", [0, 0.25]),
        ):
            assert frame[column].tolist() == expected
        assert_allclose(frame["upper"][0], -np.log(0.025) / 8)
        assert_allclose(frame["lower"], [0, -np.log(0.975) / 4])
        assert frame["incidence"].tolist() == [0, 0.5]
        assert frame["at"].tolist() == [4, 4]  # b has nobody left after day 3: its share stays

    def test_per_a_hundred_years(self) -> None:
        found = exposure_adjusted_incidence([365.25, 365.25], [1, 0], per=36525)
        assert_allclose(found.to_frame()[["person_time", "rate"]], [[0.02, 50]])

    def test_ratio_and_difference(self) -> None:
        # Two events against none in as much time: p has the lower limit sqrt(0.025), and the test 1/4 + 1/4.
        found = exposure_adjusted_incidence([2, 2, 1, 3], [0, 0, 1, 1], group=list("aabb")).contrast("a")
        low = np.sqrt(0.025)
        assert found["measure"].tolist() == ["difference", "ratio"]
        ratio = found[["estimate", "lower", "upper"]].iloc[1].to_numpy(dtype=np.float64)
        assert_allclose(ratio, [np.inf, low / (1 - low), np.inf])
        assert_allclose(found["p_value"], 0.5)
        # The difference: 1/2, less the distances of its own lower limit and of the other's upper one from 0.
        rates = event_rate([0, 2], [4, 4], group=["a", "b"]).to_frame()
        assert_allclose(found["lower"][0], 0.5 - np.hypot(0.5 - rates["lower"][1], rates["upper"][0]))
        assert_allclose(found["upper"][0], rates["upper"][1])

    def test_no_time_gives_no_contrast(self) -> None:
        found = event_rate([0, 1], [0, 4], group=["a", "b"]).contrast("a")
        assert found[["estimate", "lower", "upper", "p_value"]].isna().all(axis=None)

    def test_nobody_had_the_event(self) -> None:
        nobody = pd.Series(pd.Categorical(["alive", "dead"], ["alive", "dead", "tumour"]))
        found = exposure_adjusted_incidence([3, 4], nobody, cause_of_interest="tumour", censored="alive")
        row = found.to_frame().iloc[0]
        assert row[["events", "competing", "rate", "incidence"]].tolist() == [0, 1, 0, 0]
        assert exposure_adjusted_incidence([3, 4], [0, 0]).to_frame()["rate"].tolist() == [0]

    def test_repr_is_for_people(self) -> None:
        assert repr(exposure_adjusted_incidence([1, 2], [1, 2])).startswith(
            "Exposure-adjusted incidence of cause 1, exact 95% intervals\ngroup  participants"
        )


def test_the_difference_is_covered_by_its_limits() -> None:
    """Over all pairs of counts, by their Poisson probabilities: exactly, with nothing simulated."""
    counts = list(range(21))
    years = [1.0] + [2.0] * len(counts)
    limits = [
        event_rate([first, *counts], years, group=["reference", *counts]).contrast("reference")[: len(counts)]
        for first in counts
    ]
    lower, upper = (np.stack([found[name] for found in limits]) for name in ("lower", "upper"))
    for first, second in ((0.5, 0.5), (1, 3), (4, 2), (6, 6)):
        covered = (lower <= second / 2 - first) & (second / 2 - first <= upper)
        probability = np.outer(poisson.pmf(counts, first), poisson.pmf(counts, second))
        assert probability[covered].sum() > 0.95


@pytest.mark.parametrize("key", ["mgus2_sex_1", "transplant_abo_withdraw"])
def test_against_r(
    key: str, gammopathy: pd.DataFrame, transplant: pd.DataFrame, r_competing_risks: dict[str, Any]
) -> None:
    expected = r_competing_risks["rates"][key]
    data, duration, cause, group, per = {
        "mgus2": (gammopathy, "time", "cause", "sex", 12),
        "transplant": (transplant, "futime", "event", "abo", 365.25),
    }[key.split("_")[0]]
    label = 1 if key.endswith("_1") else "withdraw"
    found = exposure_adjusted_incidence(
        data[duration], data[cause], group=data[group], cause_of_interest=label, per=per
    )
    frame = found.to_frame().set_index("group").loc[expected["group"]]
    assert frame["events"].tolist() == expected["events"]
    assert_allclose(frame["person_time"], expected["person_time"], rtol=1e-12)
    assert_allclose(frame[["rate", "lower", "upper"]], expected["rate"], rtol=TOLERANCE)
    contrast = found.contrast(expected["group"][0])
    ratios = contrast[contrast["measure"] == "ratio"].set_index("group").loc[expected["group"][1:]]
    assert_allclose(ratios[["estimate", "lower", "upper", "p_value"]], expected["ratio"], rtol=TOLERANCE)
    # poisson.test has no difference of rates; its p is that of equal rates.
    assert contrast["p_value"][: len(ratios)].tolist() == contrast["p_value"][len(ratios) :].tolist()


def test_the_share_beside_it_is_the_cumulative_incidence(gammopathy: pd.DataFrame) -> None:
    time, cause, sex = (gammopathy[name] for name in ("time", "cause", "sex"))
    found = exposure_adjusted_incidence(time, cause, group=sex, at=120).to_frame()
    expected = cumulative_incidence(time, cause, group=sex).at(120).query("cause == 1")
    for column, name in (
        ("incidence", "incidence"),
        ("incidence_lower", "lower"),
        ("incidence_upper", "upper"),
    ):
        assert_allclose(found[column], expected[name], rtol=1e-12)
    reached = exposure_adjusted_incidence(time, cause, group=sex).at
    assert reached == gammopathy.groupby("sex")["time"].max().min()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"per": 0}, "per is 0: a number of units of duration above 0"),
        ({"at": 9}, "at is 9: at most 3, where the follow-up of group 'all' ends"),
        ({"cause": ["dead", "alive", 0], "cause_of_interest": "tumour"}, "cause_of_interest is 'tumour'"),
        ({"conf_level": 95}, "conf_level is 95"),
        ({"duration": [1, -1, 3]}, "duration[1] is -1.0"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"duration": [1, 2, 3], "cause": [1, 2, 0]} | change
    with pytest.raises(InputError, match=re.escape(message)):
        exposure_adjusted_incidence(**data)


def test_contrast_refuses_what_is_no_group() -> None:
    with pytest.raises(InputError, match="reference is 'c': choose one of 'a', 'b'"):
        event_rate([1, 2], [1, 1], group=["a", "b"]).contrast("c")
