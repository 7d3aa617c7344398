"""Kaplan-Meier worked out by hand, on data as small as they can be."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import ConfidenceType, kaplan_meier

# Day 1: two events. Day 2: an event and a censoring. Day 3: a censoring alone. Day 4: an event alone.
DURATION = [1, 1, 2, 2, 3, 4, 5]
EVENT = [1, 1, 1, 0, 0, 1, 0]

NAN = math.nan
EXACT = 1e-14  # the same arithmetic in another order


def test_counts_and_survival() -> None:
    frame = kaplan_meier(DURATION, EVENT).to_frame()
    assert list(frame.columns) == [
        "group", "time", "at_risk", "events", "censored", "survival", "std_error", "lower", "upper",
    ]  # fmt: skip
    assert frame["group"].tolist() == ["all"] * 5
    assert frame["time"].tolist() == [1, 2, 3, 4, 5]
    assert frame["at_risk"].tolist() == [7, 5, 3, 2, 1]
    assert frame["events"].tolist() == [2, 1, 0, 1, 0]
    assert frame["censored"].tolist() == [0, 1, 1, 0, 1]
    assert frame["at_risk"].dtype == np.int64
    # 5/7, then 4/5 of it, then 1/2 of that
    assert_allclose(frame["survival"], [5 / 7, 4 / 7, 4 / 7, 2 / 7, 2 / 7], rtol=EXACT)


def test_greenwood_error() -> None:
    frame = kaplan_meier(DURATION, EVENT).to_frame()
    day_1 = 2 / (7 * 5)
    day_2 = day_1 + 1 / (5 * 4)
    day_4 = day_2 + 1 / (2 * 1)
    log_errors = np.sqrt([day_1, day_2, day_2, day_4, day_4])
    assert_allclose(frame["std_error"], frame["survival"] * log_errors, rtol=EXACT)


S, G, Z = 4 / 7, 2 / 35 + 1 / 20, 1.959963984540054  # day 2


@pytest.mark.parametrize(
    ("conf_type", "lower", "upper"),
    [
        ("log", S * math.exp(-Z * math.sqrt(G)), 1),  # 4/7 e^0.6415 is above 1: cut
        ("plain", S - Z * S * math.sqrt(G), S + Z * S * math.sqrt(G)),
        (
            "log-log",
            math.exp(-math.exp(math.log(-math.log(S)) + Z * math.sqrt(G) / -math.log(S))),
            math.exp(-math.exp(math.log(-math.log(S)) - Z * math.sqrt(G) / -math.log(S))),
        ),
        (
            "logit",
            1 / (1 + math.exp(-(math.log(S / (1 - S)) - Z * math.sqrt(G) / (1 - S)))),
            1 / (1 + math.exp(-(math.log(S / (1 - S)) + Z * math.sqrt(G) / (1 - S)))),
        ),
        (
            "arcsin",
            math.sin(math.asin(math.sqrt(S)) - Z / 2 * math.sqrt(G * S / (1 - S))) ** 2,
            math.sin(math.asin(math.sqrt(S)) + Z / 2 * math.sqrt(G * S / (1 - S))) ** 2,
        ),
    ],
)
def test_limits(conf_type: ConfidenceType, lower: float, upper: float) -> None:
    frame = kaplan_meier(DURATION, EVENT, conf_type=conf_type).to_frame()
    assert_allclose(frame.loc[1:1, ["lower", "upper"]], np.array([[lower, upper]]), rtol=1e-12)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain", "logit", "arcsin"])
def test_limits_at_survival_1_and_0(conf_type: ConfidenceType) -> None:
    frame = kaplan_meier([1, 2], [0, 1], conf_type=conf_type).to_frame()
    found = frame[["survival", "std_error", "lower", "upper"]]
    assert_allclose(found, np.array([[1, 0, 1, 1], [0, NAN, NAN, NAN]]))


def test_wider_intervals_at_a_higher_level() -> None:
    # z(0.99) = 2.5758293035489004; plain limits of S = 1/2 with error 1/4 at z(0.5) = 0.6744897501960817
    half = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0], conf_level=0.5, conf_type="plain").to_frame().iloc[2]
    assert_allclose([half["lower"], half["upper"]], [0.5 - 0.16862243754902, 0.5 + 0.16862243754902])
    high = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0], conf_level=0.99, conf_type="plain").to_frame().iloc[0]
    assert_allclose([high["lower"], high["upper"]], [0.75 - 2.5758293035489 * math.sqrt(3) / 8, 1])


def test_an_event_on_day_0_counts() -> None:
    frame = kaplan_meier([0, 1, 2], [1, 0, 1]).to_frame()
    assert frame["at_risk"].tolist() == [3, 2, 1]
    assert_allclose(frame["survival"], [2 / 3, 2 / 3, 0], rtol=EXACT)


def test_groups_are_sorted_and_keep_their_labels() -> None:
    frame = kaplan_meier([1, 2, 3], [1, 1, 0], group=[2, 1, 1]).to_frame()
    assert frame["group"].tolist() == [1, 1, 2]
    assert_allclose(frame["survival"], [1 / 2, 1 / 2, 0], rtol=EXACT)


def test_categories_keep_their_order() -> None:
    arms = pd.Series(["placebo", "cells"], dtype=pd.CategoricalDtype(["placebo", "cells", "none yet"]))
    assert kaplan_meier([1, 2], [1, 1], group=arms).to_frame()["group"].tolist() == ["placebo", "cells"]


class TestLateEntry:
    ENTRY = (0, 0, 0, 3, 5, 6)
    EXIT = (2, 4, 4, 6, 8, 9)
    EVENT = (1, 1, 0, 1, 1, 0)

    def test_who_enters_on_a_day_is_not_yet_at_risk(self) -> None:
        frame = kaplan_meier(self.EXIT, self.EVENT, entry=self.ENTRY).to_frame()
        # On day 6 the fourth leaves, the fifth is there, the sixth enters: 2 at risk, not 3.
        assert frame["at_risk"].tolist() == [3, 3, 2, 2, 1]
        assert_allclose(frame["survival"], [2 / 3, 4 / 9, 2 / 9, 1 / 9, 1 / 9], rtol=EXACT)
        log_variance = np.cumsum([1 / (3 * 2), 1 / (3 * 2), 1 / (2 * 1), 1 / (2 * 1), 0])
        assert_allclose(frame["std_error"], frame["survival"] * np.sqrt(log_variance), rtol=EXACT)

    @pytest.mark.parametrize("weight", [1, 0.1])
    def test_survival_stays_0_where_the_risk_set_once_emptied(self, weight: float) -> None:
        emptied = kaplan_meier(
            [2, 2, 2, 5, 6, 7], [1, 1, 1, 1, 0, 1], entry=[0, 0, 0, 3, 3, 3], weights=[weight] * 6
        )
        frame = emptied.to_frame()
        assert_allclose(frame["at_risk"], np.array([3, 3, 2, 1]) * weight, rtol=EXACT)
        assert frame["survival"].tolist() == [0, 0, 0, 0]
        assert frame[["lower", "upper"]].isna().all(axis=None)
        # Undefined by Greenwood; no sampling weight moves S from 0.
        assert_allclose(frame["std_error"], NAN if weight == 1 else 0)
        assert emptied.quantile()["time"].tolist() == [2]


class TestWeights:
    def test_a_row_of_weight_3_is_three_participants(self) -> None:
        frame = kaplan_meier([1, 2], [1, 0], weights=[1, 3]).to_frame()
        assert frame["at_risk"].tolist() == [4, 3]
        assert_allclose(frame["survival"], [3 / 4, 3 / 4], rtol=EXACT)
        assert_allclose(frame["std_error"], np.sqrt(3) / 8, rtol=EXACT)

    def test_sampling_weights_have_the_jackknife_error(self) -> None:
        # S is 3/4, the second weight in both. Its derivative by the first weight is -3/8, by the second 1/8;
        # each times its weight is 3/16 in size, and the error is the root of the sum of their squares.
        frame = kaplan_meier([1, 2], [1, 0], weights=[0.5, 1.5]).to_frame()
        assert frame["at_risk"].tolist() == [2, 1.5]
        assert_allclose(frame["survival"], [3 / 4, 3 / 4], rtol=EXACT)
        assert_allclose(frame["std_error"], 3 / 16 * math.sqrt(2), rtol=EXACT)

    def test_at_survival_0_the_jackknife_error_is_0_and_so_are_plain_limits(self) -> None:
        # As R: survfit(Surv(1:2, c(1, 1)) ~ 1, weights = c(0.5, 1.5), conf.type = "plain")
        curves = kaplan_meier([1, 2], [1, 1], weights=[0.5, 1.5], conf_type="plain")
        found = curves.to_frame()[["survival", "std_error", "lower", "upper"]]
        assert found.to_numpy()[1].tolist() == [0, 0, 0, 0]
        assert curves.quantile(0.9)["upper"].tolist() == [2]

    def test_a_row_of_weight_0_is_not_there(self) -> None:
        frame = kaplan_meier([1, 2, 3], [1, 1, 0], group=["b", "a", "a"], weights=[0, 1, 1]).to_frame()
        assert frame["group"].tolist() == ["a", "a"]
        assert frame["time"].tolist() == [2, 3]


class TestQuantile:
    """Times of R 4.2.2, survival 3.5-3, for the same data."""

    @pytest.mark.parametrize(
        ("event", "p", "time", "lower", "upper"),
        [
            ([1, 1, 0, 1], 0.50, 3.0, 1, NAN),  # rests at 1/2 from day 2 to the event on day 4
            ([1, 1, 0, 0], 0.50, 3.0, 1, NAN),  # rests at 1/2 from day 2 to the end
            ([1, 1, 0, 0], 0.75, NAN, 2, NAN),  # never falls so far
            ([1, 1, 1, 1], 0.25, 1.5, 1, 3),
            ([1, 1, 1, 1], 0.60, 3.0, 1, NAN),
            ([1, 1, 1, 1], 0.75, 3.5, 2, NAN),
        ],
    )
    def test_middle_of_a_resting_step(
        self, event: list[int], p: float, time: float, lower: float, upper: float
    ) -> None:
        found = kaplan_meier([1, 2, 3, 4], event, conf_type="plain").quantile(p)
        assert_allclose(found[["time", "lower", "upper"]], [[time, lower, upper]])

    def test_one_row_per_group_and_p(self) -> None:
        found = kaplan_meier([1, 2, 3], [1, 1, 1], group=["a", "b", "b"]).quantile([0.25, 0.75])
        assert list(found.columns) == ["group", "p", "time", "lower", "upper"]
        assert found["group"].tolist() == ["a", "a", "b", "b"]
        assert found["p"].tolist() == [0.25, 0.75, 0.25, 0.75]
        assert found["time"].tolist() == [1, 1, 2, 3]

    def test_no_event_has_no_median(self) -> None:
        found = kaplan_meier([1, 2], [0, 0]).quantile()
        assert found[["time", "lower", "upper"]].isna().all(axis=None)


class TestAt:
    def test_times_are_sorted_kept_twice_and_left_out_after_the_last(self) -> None:
        # The same rows as R's summary of this curve at the same times.
        found = kaplan_meier([1, 2, 2, 3], [0, 1, 0, 1]).at([2.5, 0.5, 0.5, 1, 3, 7])
        assert found["time"].tolist() == [0.5, 0.5, 1, 2.5, 3]
        assert found["at_risk"].tolist() == [4, 4, 4, 1, 1]
        assert found["events"].tolist() == [0, 0, 0, 1, 1]
        assert found["censored"].tolist() == [0, 0, 1, 1, 0]
        assert_allclose(found["survival"], [1, 1, 1, 2 / 3, 0], rtol=EXACT)
        assert found["lower"].isna().tolist() == [False] * 4 + [True]

    def test_one_time(self) -> None:
        found = kaplan_meier([1, 2], [1, 1]).at(1)
        assert found[["time", "at_risk", "survival"]].to_numpy().tolist() == [[1, 2, 0.5]]

    def test_each_group_ends_at_its_own_last_time(self) -> None:
        curves = kaplan_meier([1, 5], [1, 0], group=["short", "long"])
        assert curves.at([0, 3])["group"].tolist() == ["long", "long", "short"]
        assert curves.at(9).empty
        assert list(curves.at(9).columns) == list(curves.to_frame().columns)


def test_repr_is_for_people() -> None:
    assert repr(kaplan_meier(DURATION, EVENT)).splitlines()[:2] == [
        "Kaplan-Meier, 95% intervals on the log-log scale",
        "group  n  events  median  lower  upper",
    ]


def test_frames_are_copies() -> None:
    curves = kaplan_meier(DURATION, EVENT)
    frame = curves.to_frame()
    frame["survival"] = 0.0
    assert curves.to_frame()["survival"].iloc[0] > 0
