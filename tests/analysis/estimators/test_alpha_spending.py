"""Boundaries of group-sequential looks against published tables, and against simulated trials."""

from __future__ import annotations

import math
import re
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm

from analysis.estimators import InputError, Spending, alpha_spending
from analysis.estimators.group_sequential import Course

FIVE = [0.2, 0.4, 0.6, 0.8, 1]


def boundaries(
    information: list[float],
    kind: Spending = "obrien-fleming",
    *,
    alpha: float = 0.05,
    sides: Literal[1, 2] = 2,
    parameter: float | None = None,
) -> list[float]:
    found = alpha_spending(information, kind=kind, alpha=alpha, sides=sides, parameter=parameter)
    return [float(boundary) for boundary in found.to_frame()["boundary"]]


class TestPublished:
    """Three or four decimals are printed."""

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("obrien-fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
            ("pocock", [2.438, 2.427, 2.410, 2.397, 2.386]),
        ],
    )
    def test_lan_demets_five_equal_looks(self, kind: Spending, expected: list[float]) -> None:
        """Two-sided 0.05: Lan and DeMets 1983; Reboussin and others 2000, table 2."""
        assert_allclose(boundaries(FIVE, kind=kind), expected, atol=5.1e-4)

    def test_lan_demets_two_looks(self) -> None:
        assert_allclose(boundaries([0.5, 1]), [2.9626, 1.9686], atol=5.1e-5)

    def test_hwang_shih_decani(self) -> None:
        """One-sided 0.025, gamma -4, three looks: the default of R's gsDesign."""
        found = boundaries([1 / 3, 2 / 3, 1], kind="hwang-shih-decani", parameter=-4, alpha=0.025, sides=1)
        assert_allclose(found, [3.0107, 2.5465, 1.9992], atol=5.1e-5)

    @pytest.mark.parametrize(
        ("looks", "pocock", "obrien_fleming"),
        [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040), (10, 2.555, 2.087)],
    )
    def test_constants_of_the_designs_without_spending(
        self, looks: int, pocock: float, obrien_fleming: float
    ) -> None:
        """Jennison and Turnbull 2000, tables 2.1 and 2.3: all looks together err with 0.05."""
        for constant, power in ((pocock, 0.0), (obrien_fleming, 0.5)):
            course, crossed = Course.beginning(2), 0.0
            for look in range(1, looks + 1):
                time, boundary = look / looks, constant * (looks / look) ** power
                crossed += course.crossing(time, boundary)
                course = course.after(time, boundary, following=time + 1 / looks)
            # A constant rounded to three decimals moves the probability by less than 1e-4.
            assert crossed == pytest.approx(0.05, abs=1e-4)


class TestByHand:
    @pytest.mark.parametrize("sides", [1, 2])
    @pytest.mark.parametrize("kind", ["obrien-fleming", "pocock"])
    def test_one_look_at_the_end_is_the_usual_test(self, kind: Spending, sides: Literal[1, 2]) -> None:
        found = alpha_spending(1, kind=kind, sides=sides).to_frame()
        assert_allclose(found["boundary"], norm.isf(0.05 / sides), rtol=1e-12)
        assert_allclose(found[["alpha_spent", "nominal_p"]], 0.05, rtol=1e-12)

    def test_what_is_spent_at_the_first_look(self) -> None:
        z = 2.241402727604947  # of 0.0125
        spent = 4 * 0.5 * math.erfc(z / math.sqrt(0.2) / math.sqrt(2))
        first = alpha_spending(FIVE).to_frame().iloc[0]
        assert_allclose(first["alpha_spent"], spent, rtol=1e-9)
        assert_allclose(first["nominal_p"], spent, rtol=1e-9)
        pocock = alpha_spending(FIVE, kind="pocock").to_frame()["alpha_spent"]
        assert_allclose(pocock, [0.05 * math.log(1 + (math.e - 1) * t) for t in FIVE], rtol=1e-12)
        power = alpha_spending(FIVE, kind="power", parameter=3).to_frame()["alpha_spent"]
        assert_allclose(power, [0.05 * t**3 for t in FIVE], rtol=1e-12)

    def test_a_straight_line_is_both_a_power_and_hwangs_with_0(self) -> None:
        line = boundaries(FIVE, kind="power", parameter=1)
        assert_allclose(boundaries(FIVE, kind="hwang-shih-decani", parameter=0), line, rtol=1e-12)

    def test_a_look_depends_on_earlier_ones_only(self) -> None:
        assert_allclose(boundaries([0.2, 0.5, 0.9])[:2], boundaries([0.2, 0.5, 0.6, 1])[:2], rtol=1e-9)

    def test_a_look_that_may_spend_nothing_cannot_reject(self) -> None:
        found = boundaries([1e-4, 0.5, 1])
        assert found[0] == math.inf
        assert_allclose(found[1:], boundaries([0.5, 1]), rtol=1e-9)


def test_simulated_trials_spend_what_is_said() -> None:
    """200,000 trials without an effect, looks at uneven times; three standard errors are 0.0015 at most."""
    times = np.array([0.15, 0.3, 0.7, 0.75, 1])
    random = np.random.default_rng(11)
    paths = np.cumsum(random.standard_normal((200_000, 5)) * np.sqrt(np.diff(times, prepend=0)), axis=1)
    both: tuple[Literal[1, 2], ...] = (1, 2)
    for sides in both:
        frame = alpha_spending(times, kind="pocock", sides=sides).to_frame()
        z = paths / np.sqrt(times)
        crossed = (np.abs(z) if sides == 2 else z) >= frame["boundary"].to_numpy()
        spent = np.logical_or.accumulate(crossed, axis=1).mean(axis=0)
        assert_allclose(spent, frame["alpha_spent"], atol=0.0015)


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.integers(20, 1000), min_size=1, max_size=5, unique=True),
    st.sampled_from(["obrien-fleming", "pocock"]),
    st.sampled_from([0.01, 0.05, 0.1]),
)
def test_two_sides_are_two_tests_of_one_side(thousandths: list[int], kind: Spending, alpha: float) -> None:
    """Each side of a two-sided test is a one-sided one of half the level, but for those that cross both."""
    looks = [look / 1000 for look in sorted(thousandths)]
    two = boundaries(looks, kind=kind, alpha=alpha)
    one = boundaries(looks, kind=kind, alpha=alpha / 2, sides=1)
    assert_allclose(two, one, rtol=2e-3)
    assert all(double <= single + 1e-9 for double, single in zip(two, one, strict=True))


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"information": []}, "information is empty: at least one look is needed"),
            ({"information": [0, 1]}, "information[0] is 0.0: a fraction of the information lies above 0"),
            ({"information": [0.5, 1.2]}, "information[1] is 1.2: a fraction of the information"),
            ({"information": [0.5, None]}, "information[1] is nan: a fraction of the information"),
            ({"information": [0.5, 0.4]}, "information[1] is 0.4: each look comes after the one before it"),
            ({"information": [0.5, 0.5004]}, "information[1] is 0.5004: each look comes after"),
            ({"kind": "haybittle"}, "kind is 'haybittle': choose one of obrien-fleming, pocock, power"),
            ({"alpha": 5}, "alpha is 5: a level lies between 0 and a half, for example 0.05"),
            ({"sides": 3}, "sides is 3: 1 or 2"),
            ({"parameter": 1}, "parameter is 1: obrien-fleming takes none"),
            ({"kind": "power"}, "parameter is None: power takes one, a number above 0"),
            ({"kind": "power", "parameter": 0}, "parameter is 0: power takes one, a number above 0"),
            (
                {"kind": "hwang-shih-decani", "parameter": math.nan},
                "parameter is nan: hwang-shih-decani takes one",
            ),
        ],
    )
    def test_refused(self, change: dict[str, Any], message: str) -> None:
        given: dict[str, Any] = {"information": [0.5, 1]} | change
        with pytest.raises(InputError, match=re.escape(message)):
            alpha_spending(given.pop("information"), **given)


def test_the_result_is_for_people_and_its_frame_a_copy() -> None:
    found = alpha_spending([0.5, 1])
    assert repr(found).startswith("Alpha spending obrien-fleming, 0.05 in all, 2-sided\n")
    found.to_frame()["boundary"] = 0.0
    assert found.to_frame()["boundary"].iloc[0] > 2
