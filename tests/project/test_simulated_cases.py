"""Every case of `make bench-coverage` makes a trial, by its seed alone, and its survival is the true one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import kaplan_meier
from bench.coverage import batch
from bench.simulated.cases import cases
from bench.simulated.people import followed, survival


@pytest.mark.parametrize("name", cases())
def test_a_case_makes_a_trial(name: str) -> None:
    held = batch(name, range(1))
    assert held
    assert set(held.values()) <= {0, 1}
    assert batch(name, range(1)) == held


def test_simulated_survival_is_the_true_one() -> None:
    """40,000 participants: five standard errors are 0.0125."""
    people = followed(np.random.default_rng(5), 40_000)
    days = np.array([1, 100, 365, 730, 1000])
    assert_allclose(
        kaplan_meier(people.duration, people.event).at(days)["survival"], survival(days), atol=0.0125
    )
    assert len(np.unique(people.duration)) < len(people.duration) / 20  # ties
