"""Gray's test by hand, and equal to R's `cuminc` (reference/make_competing.R)."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import GrayTest, InputError, gray_test, logrank_test

TOLERANCE = 1e-9  # R's numbers are kept with 15 digits, sums in another order differ by about 1e-13
EXACT = 1e-14

DURATION = [1, 2, 2, 3]
CAUSE = [1, 2, 1, 1]
ARM = ["a", "a", "b", "b"]


class TestByHand:
    def test_observed_and_expected(self) -> None:
        # Day 1: both groups count 2. Day 2: a has one left, S = F = 1/2: 1 (1 - 1/2)/(1/2) = 1, b 2.
        frame = gray_test(DURATION, CAUSE, ARM).to_frame()
        assert list(frame.columns) == ["group", "n", "observed", "expected"]
        assert frame["n"].tolist() == [2, 2]
        assert_allclose(frame["observed"], [1, 2], rtol=EXACT)
        assert_allclose(frame["expected"], [2 / 4 + 1 / 3, 2 / 4 + 2 / 3 + 1], rtol=EXACT)

    def test_rho_weighs_by_the_share_still_free_of_the_event(self) -> None:
        # The pooled F is 1/4 on day 2: total = 2/1 + 2/1 = 4, one event.
        frame = gray_test(DURATION, CAUSE, ARM, rho=1).to_frame()
        assert_allclose(frame["observed"][0], 1, rtol=EXACT)
        assert_allclose(frame["expected"][0], 2 / 4 + 3 / 4 * 1 / 3, rtol=EXACT)

    def test_variance_of_one_event_while_two_groups_are_at_risk(self) -> None:
        # Day 1: the event in a, 2 + 2 at risk; day 2: another event to all who are left but one of b.
        # a (day 1) = (1, -1) for a and b: weight 2 (1 - 2/4). Hazard 1/4: c(end) = c(1), nothing is to come.
        # Variance of a jump 1/(4 * 2) in each group: 1/8 + 1/8. U = 1 - 1/2.
        found = gray_test([1, 2, 2, 3], [1, 2, 2, 0], ARM)
        assert_allclose(found.statistic, (1 / 2) ** 2 / (1 / 4), rtol=EXACT)
        assert_allclose(found.p_value, 0.31731050786291, rtol=1e-12)  # 2 (1 - Phi(1))
        assert found.df == 1

    def test_strata_add_up(self) -> None:
        once, twice = (
            gray_test(DURATION * n, CAUSE * n, ARM * n, strata=sorted(["north", "south"][:n] * 4))
            for n in (1, 2)
        )
        assert_allclose(twice.statistic, 2 * once.statistic, rtol=1e-12)

    def test_without_other_causes_it_expects_what_the_log_rank_test_does(self, pbc: pd.DataFrame) -> None:
        found = gray_test(pbc["time"], pbc["tfs"], pbc["sex"]).to_frame()
        assert_allclose(
            found["expected"],
            logrank_test(pbc["time"], pbc["tfs"], pbc["sex"]).to_frame()["expected"],
            rtol=1e-12,
        )

    def test_repr_is_for_people(self) -> None:
        assert repr(gray_test([1, 2, 2, 3], [1, 2, 2, 0], ARM)).startswith(
            "Gray's test of cause 1: chi-squared 1 on 1 df, p = 0.3173"
        )


@pytest.mark.parametrize("rho", ["0", "0.5", "1"])
@pytest.mark.parametrize(
    "key",
    [
        "pbc_trt",
        "pbc_stage",
        "pbc_trt_strata_edema",
        "pbc_trt_strata_stage",
        "mgus2_sex",
        "mgus2_decade",
        "mgus2_sex_strata_decade",
        "transplant_abo",
        "transplant_abo_strata_sex",
    ],
)
def test_against_r(
    rho: str,
    key: str,
    randomised: pd.DataFrame,
    gammopathy: pd.DataFrame,
    transplant: pd.DataFrame,
    r_competing_risks: dict[str, Any],
) -> None:
    name, group, *strata = key.split("_")
    data, duration, cause = {
        "pbc": (randomised, "time", "status"),
        "mgus2": (gammopathy, "time", "cause"),
        "transplant": (transplant, "futime", "event"),
    }[name]
    for label, expected in r_competing_risks["gray"][rho][key].items():
        found: GrayTest = gray_test(
            data[duration],
            data[cause],
            data[group],
            cause_of_interest=int(label) if label.isdigit() else label,
            strata=data[strata[1]] if strata else None,
            rho=float(rho),
        )
        assert found.df == expected["df"]
        assert_allclose(found.statistic, expected["stat"], rtol=TOLERANCE)
        assert_allclose(found.p_value, expected["pv"], rtol=TOLERANCE, atol=1e-15)  # R's p is 1 - pchisq


rows = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 2), st.sampled_from("abc"), st.sampled_from("ns")),
    max_size=25,
).map(
    lambda drawn: pd.DataFrame(
        [*drawn, (1, 1, "a", "n"), (9, 1, "b", "n"), (9, 2, "a", "n")],
        columns=["duration", "cause", "group", "strata"],
    )
)


@settings(deadline=None, max_examples=30)
@given(rows, st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(data: pd.DataFrame, random: Random) -> None:
    order = list(data.index)
    random.shuffle(order)
    other = data.loc[order].replace({"group": {"a": "z", "b": "y", "c": "x"}})
    first, second = (
        gray_test(found["duration"] * scale, found["cause"], found["group"], strata=found["strata"])
        for found, scale in ((data, 1), (other, 30))
    )
    assert first.df == second.df
    assert_allclose(first.statistic, second.statistic, rtol=1e-9, atol=1e-12)
    expected = first.to_frame()["expected"]
    assert_allclose(expected.sum(), first.to_frame()["observed"].sum(), rtol=1e-12)


def test_all_of_a_group_have_the_event_early() -> None:
    found = gray_test([1, 2, 3, 4, 5], [1, 1, 1, 2, 1], ["a", "b", "b", "b", "b"], rho=0.5)
    assert np.isfinite(found.statistic)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": ["a"] * 4}, "group is 'a' in every row: at least two groups are needed"),
        ({"cause_of_interest": 3}, "cause_of_interest is 3: the causes here are 1, 2"),
        ({"cause": ["death", "ltx", 0, 0]}, "cause_of_interest is 1: the causes here are 'death', 'ltx'"),
        ({"cause": [2, 2, 2, 1]}, "cause is never the cause of interest while two groups were at risk"),
        ({"cause": [0] * 4}, "cause is censored in every row"),
        ({"rho": -1}, "rho is -1: a number, 0 or more"),
        ({"rho": "1"}, "rho is '1': a number, 0 or more"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"duration": DURATION, "cause": CAUSE, "group": ARM} | change
    with pytest.raises(InputError, match=re.escape(message)):
        gray_test(**data)
