"""Cox regression by hand on six subjects: an event, a censoring on its day, tied events, a censoring alone.

The data and the method of the check are those of Therneau's R package survival (vignette "validate"), the
formulae below worked out anew. With r = exp(beta), risk sets hold 3r + 3 on day 1, r + 3 on day 6 (an event
with x = 1 and one with x = 0) and 1 on day 9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import CoxRegression, cox_regression

EXACT = 1e-13

DURATION = [1, 1, 6, 6, 8, 9]
EVENT = [1, 0, 1, 1, 0, 1]
X = [1, 1, 1, 0, 0, 0]


@pytest.fixture(scope="module")
def breslow() -> CoxRegression:
    return cox_regression(DURATION, EVENT, X, ties="breslow")


@pytest.fixture(scope="module")
def efron() -> CoxRegression:
    return cox_regression(DURATION, EVENT, X)


class TestBreslow:
    """The likelihood is r^2 / ((3r + 3) (r + 3)^2), its slope is 0 where r^2 - 3r - 6 = 0."""

    r = (3 + np.sqrt(33)) / 2

    def test_estimate_and_information(self, breslow: CoxRegression) -> None:
        r, row = self.r, breslow.to_frame().iloc[0]
        information = r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2
        assert_allclose(row["hazard_ratio"], r, rtol=EXACT)
        assert_allclose(row["coef"], np.log(r), rtol=EXACT)
        assert_allclose(row["std_error"], information**-0.5, rtol=EXACT)
        assert np.isnan(row["robust_std_error"])
        assert_allclose(row["lower"], np.exp(np.log(r) - 1.959963984540054 * information**-0.5), rtol=1e-12)

    def test_likelihood_and_tests(self, breslow: CoxRegression) -> None:
        r = self.r
        log_likelihood = np.log(r**2 / ((3 * r + 3) * (r + 3) ** 2))
        assert_allclose(breslow.log_likelihood, log_likelihood, rtol=EXACT)
        assert_allclose(breslow.null_log_likelihood, -np.log(96), rtol=EXACT)
        # At beta = 0 the slope is 2 - 1/2 - 2/4, the information 1/4 + 6/16.
        tests = breslow.tests().set_index("test")["statistic"]
        assert_allclose(tests["likelihood ratio"], 2 * (log_likelihood + np.log(96)), rtol=1e-12)
        assert_allclose(tests["score"], 1 / (5 / 8), rtol=EXACT)

    def test_martingale_residuals(self, breslow: CoxRegression) -> None:
        r = self.r
        first = 1 / (3 * r + 3)
        second = first + 2 / (r + 3)
        expected = [r * first, r * first, r * second, second, second, second + 1]
        residuals = breslow.residuals("martingale")
        assert_allclose(residuals, np.array(EVENT) - expected, rtol=EXACT, atol=EXACT)
        assert_allclose(residuals.sum(), 0, atol=EXACT)

    def test_schoenfeld_residuals(self, breslow: CoxRegression) -> None:
        r = self.r
        found = breslow.residuals("schoenfeld")
        assert_allclose(found["x"], [1 - r / (r + 1), 1 - r / (r + 3), -r / (r + 3), 0], atol=EXACT)
        assert found.index.tolist() == [(0, 1), (2, 6), (3, 6), (5, 9)]


class TestEfron:
    """The second event of day 6 finds r + 3 less half of r + 1: the slope is 0 where r^3 - 23r - 30 = 0."""

    r = max(np.roots([1, 0, -23, -30]).real)

    def test_estimate_and_information(self, efron: CoxRegression) -> None:
        r, row = self.r, efron.to_frame().iloc[0]
        information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
        assert_allclose(row["hazard_ratio"], r, rtol=EXACT)
        assert_allclose(row["std_error"], information**-0.5, rtol=EXACT)
        assert_allclose(
            efron.log_likelihood, np.log(r**2 / ((3 * r + 3) * (r + 3) * (r + 5) / 2)), rtol=EXACT
        )

    def test_martingale_residuals(self, efron: CoxRegression) -> None:
        r = self.r
        first, one, other = 1 / (3 * r + 3), 1 / (r + 3), 2 / (r + 5)
        tied, beside = first + one + other / 2, first + one + other
        expected = [r * first, r * first, r * tied, tied, beside, beside + 1]
        assert_allclose(efron.residuals("martingale"), np.array(EVENT) - expected, rtol=EXACT, atol=EXACT)

    def test_schoenfeld_residuals(self, efron: CoxRegression) -> None:
        r = self.r
        mean = (r / (r + 3) + r / (r + 5)) / 2
        found = efron.residuals("schoenfeld")["x"]
        assert_allclose(found, [1 - r / (r + 1), 1 - mean, -mean, 0], atol=EXACT)
        error = efron.to_frame()["std_error"].iloc[0]
        scaled = efron.residuals("scaled_schoenfeld")["x"]
        assert_allclose(scaled, found * error**2 * 4 + np.log(r), rtol=1e-12)

    def test_baseline_hazard(self, efron: CoxRegression) -> None:
        r = self.r
        steps = np.array([1 / (3 * r + 3), 1 / (r + 3) + 2 / (r + 5), 1])
        found = efron.baseline_hazard()
        assert found["time"].tolist() == [1, 6, 9]
        assert_allclose(found["cumulative_hazard"], np.cumsum(steps), rtol=EXACT)
        assert_allclose(found["survival"], np.exp(-np.cumsum(steps)), rtol=EXACT)
        treated = efron.baseline_hazard({"x": 1})
        assert_allclose(treated["cumulative_hazard"], r * np.cumsum(steps), rtol=EXACT)

    def test_proportional_hazards(self, efron: CoxRegression) -> None:
        # Day 9 has no difference. With g = time - 6: U = -5 s, I22 = 25 V, I12 = -5 V of day 1.
        r = self.r
        slope, early = 1 - r / (r + 1), r / (r + 1) ** 2
        information = early + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
        expected = slope**2 / (early - early**2 / information)
        found = efron.proportional_hazards_test("identity")
        assert found["term"].tolist() == ["x", "GLOBAL"]
        assert_allclose(found["statistic"], expected, rtol=1e-12)
        assert found["df"].tolist() == [1, 1]

    def test_robust_error_of_one_row_a_cluster(self, efron: CoxRegression) -> None:
        # Score residuals: int (x - mean) dM over the steps, mean r/(r + 1), r/(r + 3), r/(r + 5), 0.
        r = self.r
        hazards, means = [1 / (3 * r + 3), 1 / (r + 3), 2 / (r + 5)], [r / (r + 1), r / (r + 3), r / (r + 5)]
        first, one, other = (hazard * (1 - mean) for hazard, mean in zip(hazards, means, strict=True))
        without = [-hazard * mean for hazard, mean in zip(hazards, means, strict=True)]
        late = (means[1] + means[2]) / 2
        residuals = [
            1 - means[0] - r * first,
            -r * first,
            1 - late - r * (first + one + other / 2),
            -late - (without[0] + without[1] + without[2] / 2),
            -sum(without),
            -sum(without),
        ]
        error = efron.to_frame()["std_error"].iloc[0]
        found = cox_regression(DURATION, EVENT, X, cluster=range(6)).to_frame().iloc[0]
        assert_allclose(found["robust_std_error"], error**2 * np.sqrt(np.square(residuals).sum()), rtol=1e-12)
        assert_allclose(found["z"], np.log(r) / found["robust_std_error"], rtol=EXACT)


@pytest.mark.parametrize(
    ("more", "likelihood"),
    [
        # Two strata of the same three: r/(2r + 1) * 1/(1 + r), squared.
        ({"strata": list("aaabbb")}, lambda r: (r / (2 * r + 1) / (1 + r)) ** 2),
        # The third enters on day 1, after the first event: r/(r + 1) * 1/(1 + r), each twice over.
        ({"strata": list("aaabbb"), "entry": [0, 0, 1] * 2}, lambda r: (r / (r + 1) ** 2) ** 2),
    ],
)
def test_strata_and_late_entry(more: dict[str, Any], likelihood: Callable[[float], float]) -> None:
    found = cox_regression([1, 2, 3] * 2, [1] * 6, [1, 0, 1] * 2, **more)
    ratio = found.to_frame()["hazard_ratio"].iloc[0]
    assert_allclose(found.log_likelihood, np.log(likelihood(ratio)), rtol=EXACT)
    assert likelihood(ratio) >= max(likelihood(ratio * 1.01), likelihood(ratio / 1.01))


def test_all_events_on_one_day() -> None:
    # Everyone has the event at once: 1/(r + 1) * r/(r + 1), shared equally, is greatest at r = 1. By Breslow
    # each residual is 0 (R: robust se 0), so that nothing can be tested.
    found = cox_regression([5, 5], [1, 1], [0, 1], cluster=["a", "b"], ties="breslow").to_frame().iloc[0]
    assert found[["coef", "robust_std_error", "hazard_ratio", "lower", "upper"]].tolist() == [0, 0, 1, 1, 1]
    assert found[["z", "p_value"]].isna().all()


def test_repr_is_for_people(efron: CoxRegression) -> None:
    lines = repr(efron).splitlines()
    assert lines[0] == "Cox regression, Efron ties: 6 rows, 4 events"
    assert lines[3].startswith("likelihood ratio: chi-squared ")


def test_frames_are_copies(efron: CoxRegression) -> None:
    efron.to_frame()["coef"] = 0.0
    assert efron.to_frame()["coef"].iloc[0] > 1
