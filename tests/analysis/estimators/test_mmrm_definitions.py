"""The mixed model for repeated measures, equal to its definitions written out in R (reference/make_mixed.R).

Other data than those of the trial in primary biliary cholangitis, every covariance, two to four arms. R has
another parametrisation of V there: what is reported must not depend on it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import Mmrm, mmrm
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom
from analysis.estimators.mixed.structures import STRUCTURES, Structure

REFERENCE = Path(__file__).parents[1] / "reference"
R_MIXED: dict[str, Any] = json.loads((REFERENCE / "mixed.json").read_text())
FRAMES = pd.read_csv(REFERENCE / "mixed_frames.csv", dtype={"arm": str})

DEFINED = 2e-6  # relative: R maximises with numerical derivatives
SECOND = 3e-5  # degrees of freedom rest on second ones, by small steps where V is near its edge
GLS = 2e-3  # nlme's gls stops early

CASES = [(frame, covariance) for frame, by in R_MIXED["visits"].items() for covariance in by]


@pytest.mark.parametrize(("frame", "covariance"), CASES)
def test_the_definitions_on_other_data(frame: str, covariance: Structure) -> None:
    expected = R_MIXED["visits"][frame][covariance]
    by_visit = ["base"] if frame == "chicks" else []
    kenward_roger = of_frame(frame, covariance, "kenward-roger", by_visit)
    satterthwaite = of_frame(frame, covariance, "satterthwaite", by_visit)
    names = kenward_roger.to_frame()["term"].replace({"time": "visit"}, regex=True)
    assert names.tolist() == expected["names"]
    for found, key in [(kenward_roger, "se_kr"), (satterthwaite, "se")]:
        assert_allclose(found.to_frame()["estimate"], expected["coef"], rtol=DEFINED)
        assert_allclose(found.to_frame()["std_error"], expected[key], rtol=DEFINED)
        first = found.ls_means()["arm"].iloc[0]
        contrasts = found.contrasts(first)
        assert contrasts["arm"].tolist() == expected["arm"]
        assert contrasts["visit"].astype(str).tolist() == expected["visit"]
        assert_allclose(contrasts["difference"], expected["rows"]["estimate"], rtol=DEFINED)
        assert_allclose(contrasts["std_error"], expected["rows"][key], rtol=DEFINED)
        assert_allclose(contrasts["df"], expected["rows"]["df"], rtol=SECOND)
    assert_allclose(kenward_roger.log_likelihood, expected["reml"], rtol=1e-9)
    assert_allclose(kenward_roger.covariance_matrix, expected["V"], rtol=DEFINED)
    test = kenward_roger.arm_by_visit_test()
    assert test.numerator_df == expected["joint"]["num_df"]
    assert_allclose(
        [test.statistic, test.denominator_df],
        [expected["joint"]["f"], expected["joint"]["den_df"]],
        rtol=DEFINED,
    )
    if expected["gls"]:
        assert kenward_roger.log_likelihood > expected["gls"]["reml"] - 1e-6
        assert_allclose(satterthwaite.to_frame()["estimate"], expected["gls"]["coef"], rtol=GLS)
        assert_allclose(satterthwaite.to_frame()["std_error"], expected["gls"]["se"], rtol=GLS)


@pytest.mark.parametrize("frame", list(R_MIXED["intercepts"]))
def test_compound_symmetry_is_a_random_intercept(frame: str) -> None:
    """As lmerTest. pbkrtest's Kenward-Roger takes the expected information: close, and not the same."""
    expected = R_MIXED["intercepts"][frame]
    by_visit = ["base"] if frame == "chicks" else []
    found = of_frame(frame, "compound-symmetry", "satterthwaite", by_visit)
    for column, key in [("estimate", "coef"), ("std_error", "se"), ("df", "df")]:
        assert_allclose(found.to_frame()[column], expected[key], rtol=1e-5)  # lmer's optimiser
    assert_allclose(found.log_likelihood, expected["reml"], rtol=1e-9)
    adjusted = of_frame(frame, "compound-symmetry", "kenward-roger", by_visit).to_frame()
    assert_allclose(adjusted["std_error"], expected["se_kr_expected"], rtol=0.01)
    assert_allclose(adjusted["df"], expected["df_kr_expected"], rtol=0.1)


def of_frame(frame: str, covariance: Structure, df: DegreesOfFreedom, by_visit: Sequence[str]) -> Mmrm:
    return mmrm(
        FRAMES[FRAMES["frame"] == frame].astype({"time": int}),
        outcome="y",
        participant="who",
        visit="time",
        arm="arm",
        covariate_by_visit=by_visit,
        covariance=covariance,
        df=df,
    )


def test_every_structure_is_checked() -> None:
    assert set(STRUCTURES) == {covariance for _, covariance in CASES}
