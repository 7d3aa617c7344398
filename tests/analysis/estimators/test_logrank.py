"""The log-rank test by hand, and equal to R's `survdiff` (reference/make_reference.R)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test
from numpy.testing import assert_allclose

from analysis.estimators import InputError, LogrankTest, logrank_test

TOLERANCE = 1e-9  # R's numbers are kept with 15 digits, sums in another order differ by about 1e-13
EXACT = 1e-14

DURATION = [1, 2, 2, 3]
EVENT = [1, 0, 1, 1]
ARM = ["a", "a", "b", "b"]


class TestByHand:
    def test_rho_1_weighs_by_survival_before(self) -> None:
        # S(t-) is 1, 3/4, 1/2 on days 1, 2, 3; of those at risk 2 of 4, 1 of 3 and 0 of 1 are in a.
        found = logrank_test(DURATION, EVENT, ARM, rho=1)
        frame = found.to_frame()
        assert list(frame.columns) == ["group", "n", "observed", "expected"]
        assert frame["group"].tolist() == ["a", "b"]
        assert frame["n"].tolist() == [2, 2]
        assert_allclose(frame["observed"], [1, 3 / 4 + 1 / 2], rtol=EXACT)
        assert_allclose(frame["expected"], [1 / 2 + 3 / 4 / 3, 1 / 2 + 3 / 4 * 2 / 3 + 1 / 2], rtol=EXACT)
        # U = 1 - 3/4, V = 1/4 + (3/4)^2 * 2/9 = 3/8
        assert_allclose(found.statistic, 1 / 6, rtol=EXACT)

    def test_strata_add_up(self) -> None:
        # The same four in each of two strata: (2 * 1/6)^2 / (2 * 17/36)
        found = logrank_test(DURATION * 2, EVENT * 2, ARM * 2, strata=["north"] * 4 + ["south"] * 4)
        assert_allclose(found.statistic, 2 / 17, rtol=EXACT)
        assert found.df == 1
        assert_allclose(found.to_frame()["expected"], [10 / 6, 26 / 6], rtol=EXACT)

    def test_late_entry(self) -> None:
        # Day 2: two of a at risk, one of b (the other enters that day), an event in a: E = 2/3, V = 2/9.
        # Day 3: one of a, two of b, an event in each: E = 2/3, V = 2 * 1/2 * 2/9. Day 4: only b.
        found = logrank_test([2, 3, 3, 4], [1, 1, 1, 1], ARM, entry=[0, 1, 0, 2])
        assert_allclose(found.to_frame()["expected"], [4 / 3, 8 / 3], rtol=EXACT)
        assert_allclose(found.statistic, (2 / 3) ** 2 / (4 / 9), rtol=EXACT)
        assert_allclose(found.p_value, 0.31731050786291, rtol=1e-12)  # 2 (1 - Phi(1))

    def test_groups_that_never_meet_leave_fewer_degrees_of_freedom(self) -> None:
        found = logrank_test(DURATION * 2, EVENT * 2, [*ARM, "c", "c", "d", "d"], strata=[1] * 4 + [2] * 4)
        assert found.df == 2
        assert_allclose(found.statistic, 2 / 17, rtol=1e-12)

    def test_repr_is_for_people(self) -> None:
        assert repr(logrank_test(DURATION, EVENT, ARM)).startswith(
            "Log-rank test: chi-squared 0.05882 on 1 df"
        )


@pytest.mark.parametrize("rho", [0, 0.5, 1])
@pytest.mark.parametrize(
    ("key", "event", "group", "strata"),
    [
        ("pbc_tfs_trt", "tfs", "trt", []),
        ("pbc_death_trt", "death", "trt", []),
        ("pbc_tfs_stage", "tfs", "stage", []),
        ("pbc_tfs_trt_strata_edema", "tfs", "trt", ["edema"]),
        ("pbc_tfs_trt_strata_stage_sex", "tfs", "trt", ["stage", "sex"]),
        ("aml", "status", "x", []),
    ],
)
def test_against_r(
    rho: float,
    key: str,
    event: str,
    group: str,
    strata: list[str],
    randomised: pd.DataFrame,
    aml: pd.DataFrame,
    r_logrank: dict[str, Any],
) -> None:
    data = aml if key == "aml" else randomised
    stratum = data[strata].astype(str).agg(" ".join, axis=1) if strata else None
    found = logrank_test(data["time"], data[event], data[group], strata=stratum, rho=rho)
    expected = r_logrank[f"rho{rho:g}"][key]
    assert_equals_r(found, expected)
    frame = found.to_frame()
    assert frame["n"].tolist() == expected["n"]
    for column, r_name in (("observed", "obs"), ("expected", "exp")):
        by_stratum = np.reshape(expected[r_name], (len(expected["n"]), -1))
        assert_allclose(frame[column], by_stratum.sum(axis=1), rtol=TOLERANCE)


def test_late_entry_against_r(randomised: pd.DataFrame, r_logrank: dict[str, Any]) -> None:
    entered = randomised[randomised["entry"] < randomised["time"]]
    found = logrank_test(entered["time"], entered["tfs"], entered["trt"], entry=entered["entry"])
    assert_equals_r(found, r_logrank["entry"]["pbc_tfs_trt"])


@pytest.mark.parametrize("rho", ["0", "0.5", "1", "2"])
@pytest.mark.parametrize(
    ("key", "group", "strata"),
    [
        ("lung_sex_strata_ecog", "sex", ["ph.ecog"]),
        ("lung_ecog_counts", "ph.ecog", []),
        ("veteran_celltype", "celltype", []),
        ("veteran_trt_strata_celltype_prior", "trt", ["celltype", "prior"]),
        ("colon_rx_strata_node4_obstruct", "rx", ["node4", "obstruct"]),
        ("mgus2_sex", "sex", []),
    ],
)
def test_on_more_data(
    rho: str,
    key: str,
    group: str,
    strata: list[str],
    lung: pd.DataFrame,
    veteran: pd.DataFrame,
    colon_deaths: pd.DataFrame,
    mgus2: pd.DataFrame,
    r_survival: dict[str, Any],
) -> None:
    """The data that come with R's survival package: see make_survival.R."""
    data = {
        "lung": lung[lung["ph.ecog"].notna()].rename(columns={"event": "happened"}),
        "veteran": veteran.rename(columns={"status": "happened"}),
        "colon": colon_deaths.rename(columns={"status": "happened"}),
        "mgus2": mgus2.rename(columns={"futime": "time", "death": "happened"}),
    }[key.split("_")[0]]
    found = logrank_test(
        data["time"],
        data["happened"],
        data[group],
        strata=data[strata].astype(str).agg(" ".join, axis=1) if strata else None,
        weights=data["count"] if key.endswith("counts") else None,
        rho=float(rho),
    )
    expected = r_survival["logrank"][rho][key]
    assert_equals_r(found, expected)
    by_stratum = np.reshape(expected["exp"], (len(expected["n"]), -1))
    assert_allclose(found.to_frame()["expected"], by_stratum.sum(axis=1), rtol=TOLERANCE)
    assert found.to_frame()["n"].tolist() == expected["n"]


def test_late_entry_on_more_data(lung: pd.DataFrame, mgus2: pd.DataFrame, r_survival: dict[str, Any]) -> None:
    """Against coxph's score test (exact ties), and with rho against loops in R: see make_survival.R."""
    entered = lung[lung["entry"] < lung["time"]]
    able = entered[entered["ph.ecog"] < 3]
    old = mgus2[mgus2["age"] >= 60]
    lungs = (entered["time"], entered["event"], entered["sex"])
    gammopathies = (old["exit"], old["death"], old["sex"])
    for key, found in {
        "lung_sex": logrank_test(*lungs, entry=entered["entry"]),
        "lung_sex_rho1": logrank_test(*lungs, entry=entered["entry"], rho=1),
        "lung_ecog_strata_sex": logrank_test(
            able["time"], able["event"], able["ph.ecog"], strata=able["sex"], entry=able["entry"]
        ),
        "mgus2_sex_rho0": logrank_test(*gammopathies, entry=old["entry"]),
        "mgus2_sex_rho0.5": logrank_test(*gammopathies, entry=old["entry"], rho=0.5),
    }.items():
        expected = r_survival["logrank"]["entry"][key]
        assert found.df == expected["df"], key
        assert_allclose(found.statistic, expected["chisq"], rtol=TOLERANCE, err_msg=key)


def assert_equals_r(found: LogrankTest, expected: dict[str, Any]) -> None:
    assert found.df == expected["df"]
    assert_allclose([found.statistic, found.p_value], [expected["chisq"], expected["p"]], rtol=TOLERANCE)


def test_lifelines_agrees_for_several_groups(randomised: pd.DataFrame) -> None:
    theirs = multivariate_logrank_test(randomised["time"], randomised["stage"], randomised["tfs"])
    ours = logrank_test(randomised["time"], randomised["tfs"], randomised["stage"])
    assert_allclose(ours.statistic, theirs.test_statistic, rtol=TOLERANCE)


class TestRefusals:
    def test_one_group(self) -> None:
        with pytest.raises(InputError, match=r"group is 'a' in every row: at least two groups are needed"):
            logrank_test([1, 2], [1, 1], ["a", "a"])

    @pytest.mark.parametrize("event", [[0, 0], [0, 1]])
    def test_no_event_while_two_groups_are_at_risk(self, event: list[int]) -> None:
        with pytest.raises(InputError, match=r"never 1 while two groups were at risk"):
            logrank_test([1, 2], event, ["a", "b"])

    def test_weights_that_count_no_participants(self) -> None:
        with pytest.raises(InputError, match=r"weights\[1\] is 0\.5: .* whole numbers of participants"):
            logrank_test([1, 2], [1, 1], ["a", "b"], weights=[1, 0.5])

    @pytest.mark.parametrize("rho", [-1, float("nan")])
    def test_rho(self, rho: float) -> None:
        with pytest.raises(InputError, match=r"rho is .*: a number, 0 or more"):
            logrank_test(DURATION, EVENT, ARM, rho=rho)
