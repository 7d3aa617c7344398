"""What a Cox regression refuses: settings that do not exist, no events, models without an answer."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import InputError, cox_regression, design

DURATION = [1, 2, 3, 4, 5, 6]
EVENT = [1, 1, 1, 1, 0, 1]
X = [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ties": "exact"}, "ties is 'exact': choose one of efron, breslow"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
        ({"event": [0] * 6}, "event is 0 in every row: at least one event is needed"),
        ({"covariates": [1, 0]}, "covariates is 2 long: the data are 6 long"),
        ({"covariates": [1] * 6}, "covariates['x'] is 1 in every row: a covariate differs between rows"),
        ({"cluster": [1, 2, 3]}, "cluster is 3 long: duration is 6 long"),
        ({"cluster": [1, 2, 3, None, 5, 6]}, "cluster[3] is nan: each row needs a label"),
        ({"strata": [1, 2]}, "strata is 2 long"),
        ({"counts": [1, 1, 1, 0.5, 1, 1]}, "counts[3] is 0.5: a count is a whole number, 1 or more"),
        ({"counts": [1, 1, 1, 0, 1, 1]}, "counts[3] is 0.0: a count is a whole number, 1 or more"),
        ({"counts": [1, 1, 1, 1e17, 1, 1]}, "counts[3] is 1e+17: a count is a whole number, 1 or more"),
        ({"covariates": pd.DataFrame(index=range(6))}, "covariates is without a column: a regression needs"),
        ({"covariates": design([0, 1, 1])}, "covariates is 3 long: the data are 6 long"),
        ({"covariates": [1, 2, 3, 4, 5, 1e200]}, "covariates['x'][5] is 1e+200: a number is finite, and its"),
        ({"covariates": [0, 1, "a", date(2020, 1, 1), 2, 3]}, "covariates['x'] is not of one kind"),
        (
            {"covariates": np.ma.masked_equal([0, 1, 2, 3, 4, 5], 3)},
            "covariates['x'][3] is nan: every row needs a value",
        ),
        ({"entry": [0, 2, 0, 0, 0, 0]}, "entry[1] is 2.0: entry comes before the row's duration"),
        ({"weights": [1, 1, 1, 1, 1, -1]}, "weights[5] is -1.0: a weight is 0 or more"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"duration": DURATION, "event": EVENT, "covariates": X} | change
    with pytest.raises(InputError, match=re.escape(message)):
        cox_regression(**given)


class TestSingular:
    """A term that says nothing the others do not say is named, the first that is too many."""

    def test_a_term_made_of_others(self) -> None:
        frame = pd.DataFrame({"a": X, "b": [1, 2, 4, 3, 5, 9]})
        frame["both"] = 2 * frame["a"] - 3 * frame["b"] + 1
        with pytest.raises(InputError, match="covariates is without anything in 'both'"):
            cox_regression(DURATION, EVENT, frame)

    def test_a_term_that_the_strata_say(self) -> None:
        with pytest.raises(InputError, match="without anything in 'x'"):
            cox_regression(DURATION, EVENT, X, strata=X)

    def test_one_at_risk_at_each_event(self) -> None:
        with pytest.raises(InputError, match="without anything in 'x'"):
            cox_regression(DURATION, EVENT, X, entry=[0, 1, 2, 3, 4, 5])

    def test_nearly_equal_terms_are_no_fault(self) -> None:
        frame = pd.DataFrame({"year": [2001, 2003, 2002, 2005, 2004, 2006]})
        frame["square"] = frame["year"] ** 2
        found = cox_regression(DURATION * 2, EVENT * 2, pd.concat([frame, frame.iloc[::-1]]))
        assert np.isfinite(found.to_frame()["std_error"]).all()


class TestInfinite:
    def test_an_arm_without_events(self) -> None:
        frame = pd.DataFrame({"arm": list("ababab"), "age": [50, 40, 60, 45, 52, 48]})
        with pytest.raises(InputError, match=r"the coefficient of 'armb' is infinite"):
            cox_regression(DURATION, [1, 0, 1, 0, 1, 0], frame)

    def test_the_next_event_is_always_the_largest(self) -> None:
        with pytest.raises(InputError, match=r"the coefficient of 'x' is infinite"):
            cox_regression(DURATION, [1] * 6, [9, 7, 6, 3, 2, 1])

    def test_a_large_coefficient_is_found(self) -> None:
        # All but one of many: r = exp(beta) with (n - 1) / (n + ...) still finite, far from 0.
        duration = np.arange(1, 201)
        x = np.where(duration <= 100, 1, 0)
        x[50] = 0
        found = cox_regression(duration, np.ones(200), x)
        assert found.to_frame()["coef"].iloc[0] > 3
        assert_allclose(found.residuals("schoenfeld").sum(), 0, atol=1e-9)


class TestResults:
    found = cox_regression(DURATION, EVENT, X)

    def test_transform(self) -> None:
        with pytest.raises(InputError, match=r"transform is 'kaplan': choose one of km, rank, identity, log"):
            self.found.proportional_hazards_test("kaplan")  # type: ignore[arg-type]  # on purpose

    def test_no_logarithm_of_day_0(self) -> None:
        found = cox_regression([0, *DURATION[1:]], EVENT, X)
        with pytest.raises(InputError, match="an event happened at time 0"):
            found.proportional_hazards_test("log")

    def test_nothing_to_test_where_all_events_share_a_day(self) -> None:
        found = cox_regression([1, 1, 2, 2, 2], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1])
        assert found.proportional_hazards_test()["statistic"].isna().all()

    def test_residuals(self) -> None:
        with pytest.raises(InputError, match=r"kind is 'deviance': choose one of martingale"):
            self.found.residuals("deviance")  # type: ignore[call-overload]  # on purpose

    def test_values_of_the_baseline(self) -> None:
        with pytest.raises(InputError, match=r"at is a value for 'age': terms are x"):
            self.found.baseline_hazard({"age": 50})


def test_rows_of_weight_0_are_left_out() -> None:
    found = cox_regression([*DURATION, 7], [*EVENT, 1], [*X, 0], weights=[1] * 6 + [0], cluster=range(7))
    expected = cox_regression(DURATION, EVENT, X, cluster=range(6))
    assert_allclose(found.to_frame().iloc[:, 1:], expected.to_frame().iloc[:, 1:], rtol=1e-12)
    assert found.residuals("martingale").isna().tolist() == [False] * 6 + [True]
