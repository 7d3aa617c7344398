"""What holds for any data: a weight is a repeated row, order and names do not matter, curves only fall."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from analysis.estimators import ConfidenceType, kaplan_meier, logrank_test
from analysis.estimators.intervals import SCALES

COUNTS = ["time", "at_risk", "events", "censored"]

# A first fit imports and warms up: no example has a deadline, or a busy machine would fail the test.
unhurried = settings(deadline=None)

# An event while both groups are at risk: without one the log-rank test refuses the data.
ALWAYS = [(9, 1, 1, "a", "north", 0), (9, 0, 1, "b", "north", 0)]

rows = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.integers(0, 1),
        st.integers(1, 3),
        st.sampled_from("ab"),
        st.sampled_from(["north", "south"]),
        st.integers(0, 7),
    ),
    max_size=25,
).map(
    lambda drawn: pd.DataFrame(
        [row for row in drawn if row[5] < row[0]] + ALWAYS,
        columns=["duration", "event", "weights", "group", "strata", "entry"],
    )
)


def curves(data: pd.DataFrame, *columns: str, conf_type: ConfidenceType = "log-log") -> pd.DataFrame:
    more: dict[str, Any] = {column: data[column] for column in columns}
    return kaplan_meier(data["duration"], data["event"], conf_type=conf_type, **more).to_frame()


def statistic(data: pd.DataFrame, *columns: str) -> float:
    more: dict[str, Any] = {column: data[column] for column in columns}
    return logrank_test(data["duration"], data["event"], data["group"], **more).statistic


@unhurried
@given(rows, st.sampled_from([(), ("entry",)]))
def test_a_weight_is_a_repeated_row(data: pd.DataFrame, entry: tuple[str, ...]) -> None:
    repeated = data.loc[data.index.repeat(data["weights"])]
    assert_frame_equal(curves(data, "group", "weights", *entry), curves(repeated, "group", *entry))
    assert_allclose(
        statistic(data, "weights", "strata", *entry),
        statistic(repeated, "strata", *entry),
        rtol=1e-12,
        atol=1e-15,
    )


@unhurried
@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(data: pd.DataFrame, random: Random) -> None:
    order = list(data.index)
    random.shuffle(order)
    shuffled = data.loc[order]
    assert_frame_equal(curves(data, "group", "entry"), curves(shuffled, "group", "entry"))
    assert statistic(data, "entry", "strata") == statistic(shuffled, "entry", "strata")


@pytest.mark.parametrize("conf_type", list(SCALES))
@unhurried
@given(data=rows)
def test_curves_fall_within_their_limits(conf_type: ConfidenceType, data: pd.DataFrame) -> None:
    frame = curves(data, "weights", "entry", conf_type=conf_type)
    assert frame["survival"].is_monotonic_decreasing
    assert frame["survival"].between(0, 1).all()
    inside = frame[frame["survival"] > 0]
    assert (inside["lower"] <= inside["survival"]).all()
    assert (inside["survival"] <= inside["upper"]).all()
    assert (inside["lower"] >= 0).all()
    assert (inside["upper"] <= 1).all()
    assert frame.loc[frame["survival"] == 0, ["std_error", "lower", "upper"]].isna().all(axis=None)


@unhurried
@given(rows)
def test_names_of_groups_do_not_matter(data: pd.DataFrame) -> None:
    renamed = data.assign(group=data["group"].map({"a": "z", "b": "y"}))
    back = curves(renamed, "group").assign(group=lambda frame: frame["group"].map({"z": "a", "y": "b"}))
    assert_frame_equal(
        curves(data, "group"), back.sort_values("group", kind="stable", ignore_index=True), check_exact=True
    )
    assert_allclose(statistic(data), statistic(renamed), rtol=1e-12, atol=1e-15)


@unhurried
@given(rows)
def test_entry_at_0_changes_nothing(data: pd.DataFrame) -> None:
    """Without entry lifelines gives the curve, with it the counts do: both are the product limit."""
    assert_frame_equal(curves(data, "group"), curves(data.assign(entry=0), "group", "entry"), rtol=1e-12)


@unhurried
@given(rows)
def test_equal_sampling_weights_give_greenwoods_error(data: pd.DataFrame) -> None:
    """Where every row weighs the same and none enters late, the jackknife is Greenwood's formula exactly.

    At S = 0 only the jackknife has an error.
    """
    halved = curves(data.assign(weights=0.5), "group", "weights")
    whole = curves(data, "group")
    assert_allclose(halved["std_error"], whole["std_error"].fillna(0), rtol=1e-12)
    assert_allclose(halved[COUNTS[1:]] * 2, whole[COUNTS[1:]])


@unhurried
@given(rows, st.lists(st.integers(0, 10), min_size=1, max_size=5))
def test_counts_at_given_times_add_up(data: pd.DataFrame, times: list[int]) -> None:
    found = kaplan_meier(data["duration"], data["event"]).at([*times, 9])
    assert found["events"].sum() == data["event"].sum()
    assert found["censored"].sum() == (1 - data["event"]).sum()
    assert np.array_equal(found["time"], sorted(time for time in [*times, 9] if time <= 9))
