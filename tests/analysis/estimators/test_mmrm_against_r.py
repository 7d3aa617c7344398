"""The mixed model for repeated measures, equal to R's mmrm (and near nlme's gls, which stops early).

`reference/mixed_mmrm.json` is of mmrm 0.3.18, refitted with tight tolerances since its own optimiser stops
early too, on the repeated measurements of the trial in primary biliary cholangitis. In Python there is
nothing to use: statsmodels' MixedLM gives no degrees of freedom, and slopes' errors 4 to 7 % too large.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import Mmrm, mmrm
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom
from analysis.estimators.mixed.structures import Structure

REFERENCE = Path(__file__).parents[1] / "reference"
R_MMRM: dict[str, Any] = json.loads((REFERENCE / "mixed_mmrm.json").read_text())
PBCSEQ = pd.read_csv(REFERENCE / "pbcseq_visits.csv")

TOLERANCE = 1e-6  # relative: the references end with optimisers that leave up to 5e-7


def of_pbc(covariance: Structure = "unstructured", df: DegreesOfFreedom = "kenward-roger") -> Mmrm:
    return mmrm(
        PBCSEQ,
        outcome="lbili",
        participant="id",
        visit="visit",
        arm="trt",
        covariate_by_visit=["lbili0"],
        covariance=covariance,
        df=df,
    )


Pair: TypeAlias = tuple[Mmrm, dict[str, Any]]


@pytest.fixture(scope="module", params=["kenward-roger", "satterthwaite"])
def pair(request: pytest.FixtureRequest) -> Pair:
    return of_pbc(df=request.param), R_MMRM["mmrm"][request.param]


class TestUnstructured:
    def test_coefficients(self, pair: Pair) -> None:
        found, expected = pair
        frame = found.to_frame()
        assert list(frame) == ["term", "estimate", "std_error", "df", "t", "p_value"]
        as_r = {"visit": "vf", "trt1": "tf1"}
        names = frame["term"].replace(as_r, regex=True)
        assert names.tolist() == expected["names"]
        for column, key in [("std_error", "se"), ("df", "df"), ("t", "t"), ("estimate", "coef")]:
            assert_allclose(frame[column], expected[key], rtol=TOLERANCE)
        assert_allclose(frame["p_value"], expected["p"], rtol=1e-4)  # of a t of 30, far in the tail
        assert (found.participants, found.observations, found.left_out) == (285, 1182, 0)

    def test_covariance_and_likelihood(self, pair: Pair) -> None:
        found, expected = pair
        assert_allclose(found.covariance_matrix, expected["V"], rtol=TOLERANCE)
        assert_allclose(found.log_likelihood, expected["reml"], rtol=1e-11)

    def test_means_and_contrasts(self, pair: Pair) -> None:
        found, expected = pair
        means, contrasts = found.ls_means(), found.contrasts(0)
        assert means["arm"].astype(str).tolist() == expected["lsmeans"]["arm"]
        assert means["visit"].astype(str).tolist() == expected["lsmeans"]["visit"]
        for column in ("estimate", "std_error", "df", "lower", "upper"):
            assert_allclose(means[column], expected["lsmeans"][column], rtol=TOLERANCE)
        assert contrasts["visit"].astype(str).tolist() == expected["contrast"]["visit"]
        for column in ("difference", "std_error", "df", "lower", "upper", "p_value"):
            assert_allclose(contrasts[column], expected["contrast"][column], rtol=TOLERANCE)

    def test_arm_by_visit(self, pair: Pair) -> None:
        found, expected = pair
        test = found.arm_by_visit_test()
        assert test.numerator_df == expected["interaction"]["num_df"]
        assert_allclose(
            [test.statistic, test.denominator_df, test.p_value],
            [expected["interaction"][key] for key in ("f", "den_df", "p")],
            rtol=TOLERANCE,
        )
        by_name = found.joint_test([term for term in found.to_frame()["term"] if ":trt1" in term])
        assert (by_name.statistic, by_name.denominator_df) == (test.statistic, test.denominator_df)


def test_nlme_agrees_where_it_stops() -> None:
    found, expected = of_pbc(df="satterthwaite"), R_MMRM["gls"]
    assert found.log_likelihood > expected["reml"]
    assert_allclose(found.to_frame()["estimate"], expected["coef"], rtol=1e-4)
    assert_allclose(found.to_frame()["std_error"], expected["se"], rtol=1e-5)


@pytest.mark.parametrize("covariance", list(R_MMRM["other"]))
def test_other_covariances(covariance: Structure) -> None:
    found, expected = of_pbc(covariance, "satterthwaite"), R_MMRM["other"][covariance]
    frame = found.to_frame()
    for column, key in [("estimate", "coef"), ("std_error", "se"), ("df", "df")]:
        assert_allclose(frame[column], expected[key], rtol=TOLERANCE)
    assert_allclose(found.log_likelihood, expected["reml"], rtol=1e-11)
