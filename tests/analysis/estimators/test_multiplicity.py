"""Adjusted p values by hand, and as R 4.2.2 gives them: p.adjust(p, "holm")."""

import numpy as np
import pytest

from analysis.estimators import InputError, adjusted_p_values
from analysis.estimators.multiplicity import MultiplicityRule


def adjusted(p_values: list[float], rule: MultiplicityRule) -> list[float]:
    return adjusted_p_values(p_values, rule=rule).to_frame()["adjusted_p_value"].tolist()


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([0.04, 0.01, 0.02, 0.5], [0.08, 0.04, 0.06, 0.5]),  # 2 x, 4 x, 3 x, 1 x
        ([0.01, 0.02, 0.03, 0.005], [0.03, 0.04, 0.04, 0.02]),  # 1 x 0.03 is less than 2 x 0.02: no less
        ([0.02, 0.02, 0.03], [0.06, 0.06, 0.06]),  # a tie
        ([0.6, 0.7], [1, 1]),  # no more than 1
        ([0.03], [0.03]),
    ],
)
def test_holm_as_r(p_values: list[float], expected: list[float]) -> None:
    assert adjusted(p_values, "holm") == pytest.approx(expected, abs=1e-15)


def test_in_a_fixed_sequence_nothing_is_significant_after_what_is_not() -> None:
    """At 0.05 the first two are; the fourth is not, small as it is: the third is not."""
    assert adjusted([0.01, 0.04, 0.06, 0.001], "fixed-sequence") == [0.01, 0.04, 0.06, 0.06]
    assert adjusted([0.2, 0.01], "fixed-sequence") == [0.2, 0.2]


@pytest.mark.parametrize("rule", ["holm", "fixed-sequence"])
def test_together_they_err_no_more_than_one_may(rule: MultiplicityRule) -> None:
    """2,000 trials of three independent tests without an effect; three standard errors are 0.0146.

    Holm errs with 1 - (1 - 0.05 / 3)^3 = 0.0492, the sequence with its first test alone: 0.05.
    """
    trials = np.random.default_rng(20260715).uniform(size=(2_000, 3))
    erred = [min(adjusted(p.tolist(), rule)) <= 0.05 for p in trials]
    assert abs(np.mean(erred) - 0.05) < 0.0146


@pytest.mark.parametrize(
    ("p_values", "rule", "argument"),
    [
        ([0.1, -0.1], "holm", "p_values"),
        ([0.1, 1.1], "holm", "p_values"),
        ([0.1, float("nan")], "fixed-sequence", "p_values"),
        ([], "holm", "p_values"),
        ([0.1], "bonferroni", "rule"),
    ],
)
def test_refusals(p_values: list[float], rule: MultiplicityRule, argument: str) -> None:
    with pytest.raises(InputError, match=argument):
        adjusted_p_values(p_values, rule=rule)
