"""What holds of Cox regression for any data: a count is a repeated row, a row may be split in time."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import CoxRegression, cox_regression
from analysis.estimators.cox_likelihood import cox_likelihood
from analysis.estimators.cox_rows import CoxRows, Ties, with_equal_rows_counted
from analysis.estimators.observations import observations
from analysis.estimators.risk_sets import risk_sets

unhurried = settings(deadline=None, max_examples=25)

# Events of each arm while the other is at risk: without them a coefficient may be infinite.
ALWAYS = [
    (8, 1, 1, "a", "north", 0),
    (9, 1, 1, "b", "north", 0),
    (10, 1, 2, "a", "north", 0),
    (11, 0, 1, "b", "north", 0),
]

rows = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.integers(0, 1),
        st.integers(1, 3),
        st.sampled_from("ab"),
        st.sampled_from(["north", "south"]),
        st.integers(0, 11),
    ),
    max_size=25,
).map(
    lambda drawn: pd.DataFrame(
        [row for row in drawn if row[5] < row[0]] + ALWAYS,
        columns=["duration", "event", "counts", "arm", "strata", "entry"],
    )
)
both_ties = st.sampled_from(["efron", "breslow"])


def fit(
    data: pd.DataFrame, *columns: str, ties: Ties = "efron", **more: pd.Series | pd.Index
) -> CoxRegression:
    chosen: dict[str, Any] = {column: data[column] for column in columns} | more
    return cox_regression(data["duration"], data["event"], data[["arm"]], ties=ties, **chosen)


def assert_same(found: CoxRegression, expected: CoxRegression) -> None:
    numbers = ["coef", "std_error", "robust_std_error"]
    assert_allclose(found.to_frame()[numbers], expected.to_frame()[numbers], rtol=1e-9, atol=1e-9)
    assert_allclose(found.log_likelihood, expected.log_likelihood, rtol=1e-9)
    one, other = (each.proportional_hazards_test("rank")["statistic"] for each in (found, expected))
    assert_allclose(one, other, rtol=1e-6, atol=1e-9)


@unhurried
@given(rows, both_ties, st.sampled_from([(), ("entry", "strata")]))
def test_a_count_is_a_repeated_row(data: pd.DataFrame, ties: Ties, more: tuple[str, ...]) -> None:
    repeated = data.loc[data.index.repeat(data["counts"])]
    assert_same(fit(data, "counts", *more, ties=ties), fit(repeated, *more, ties=ties))
    assert_same(
        fit(data, "counts", *more, cluster=data.index),
        fit(repeated, *more, cluster=repeated.index),
    )


@unhurried
@given(rows)
def test_a_whole_weight_is_a_repeated_row_under_breslow(data: pd.DataFrame) -> None:
    repeated = data.loc[data.index.repeat(data["counts"])]
    found = fit(data, weights=data["counts"], ties="breslow").to_frame()
    expected = fit(repeated, ties="breslow").to_frame()
    assert_allclose(found[["coef", "std_error"]], expected[["coef", "std_error"]], rtol=1e-9, atol=1e-9)


@unhurried
@given(rows, both_ties, st.randoms(use_true_random=False))
def test_order_units_and_names_do_not_matter(data: pd.DataFrame, ties: Ties, random: Random) -> None:
    order = list(data.index)
    random.shuffle(order)
    changed = data.loc[order].assign(
        duration=data["duration"] * 7, entry=data["entry"] * 7, arm=data["arm"].map({"a": "z", "b": "y"})
    )
    found = fit(data, "entry", "strata", ties=ties)
    renamed = fit(changed, "entry", "strata", ties=ties)
    assert_allclose(found.to_frame()["coef"], -renamed.to_frame()["coef"], rtol=1e-9, atol=1e-9)
    assert_allclose(found.log_likelihood, renamed.log_likelihood, rtol=1e-12)
    assert_allclose(
        found.residuals("martingale").loc[order], renamed.residuals("martingale"), rtol=1e-9, atol=1e-9
    )


@unhurried
@given(rows, both_ties, st.integers(1, 11))
def test_a_row_split_in_time_is_the_same_participant(data: pd.DataFrame, ties: Ties, day: int) -> None:
    data = data.assign(participant=data.index)
    split = data["entry"].lt(day) & data["duration"].gt(day)
    before = data[split].assign(duration=day, event=0)
    pieces = pd.concat([data.assign(entry=data["entry"].where(~split, day)), before])
    found = fit(pieces, "entry", "strata", ties=ties, cluster=pieces["participant"]).to_frame()
    expected = fit(data, "entry", "strata", ties=ties, cluster=data["participant"]).to_frame()
    assert_allclose(found.iloc[:, 1:], expected.iloc[:, 1:], rtol=1e-8, atol=1e-8)


@unhurried
@given(rows, both_ties)
def test_residuals_add_up_to_nothing(data: pd.DataFrame, ties: Ties) -> None:
    found = fit(data, "entry", "strata", ties=ties)
    assert_allclose(found.residuals("martingale").sum(), 0, atol=1e-10)
    assert_allclose(found.residuals("schoenfeld").sum(), 0, atol=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_equal_rows_are_counted_together(ties: Ties) -> None:
    random = np.random.default_rng(5)
    size = 4000
    duration, event = random.integers(1, 6, size), random.integers(0, 2, size)
    entry = np.where(random.random(size) < 0.5, 0, duration // 2)
    arm, weight = random.integers(0, 2, size), random.choice([0.5, 2], size)
    sets = risk_sets(observations(duration, event, entry=entry, strata=random.integers(0, 2, size)))
    every = CoxRows((arm - 0.5).astype(np.float64)[:, None], sets, weight, np.ones(size), ties)
    together = with_equal_rows_counted(every)
    assert len(together.x) < size / 2
    assert together.counts.sum() == size
    at = np.array([0.3])
    found, expected = cox_likelihood(together).at(at), cox_likelihood(every).at(at)
    assert_allclose(found.log_likelihood, expected.log_likelihood, rtol=1e-12)
    assert_allclose(found.score(), expected.score(), rtol=1e-9)
    assert_allclose(found.information(), expected.information(), rtol=1e-12)
