"""Rubin's rules by hand, by their limits, and on SAS's published example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm, t

from analysis.estimators import InputError, pool_imputations

EXACT = 1e-14

# SAS/STAT User's Guide, the MIANALYZE procedure, first example (five imputations, 31 men).
MEANS = pd.DataFrame(
    {
        "Oxygen": [47.0120, 47.2407, 47.4995, 47.1485, 47.0042],
        "RunTime": [10.4441, 10.5040, 10.5922, 10.5279, 10.4913],
    }
)
ERRORS = pd.DataFrame(
    {
        "Oxygen": [0.95984, 0.93540, 1.00766, 0.95439, 0.96528],
        "RunTime": [0.28520, 0.26661, 0.26302, 0.26405, 0.27275],
    }
)


def test_by_hand() -> None:
    # U = 2, B = 1 (of 1, 2, 3), T = 2 + 4/3; l = (4/3)/(10/3) = 2/5. Degrees 2/(4/25) = 25/2, and of 20
    # complete ones 21/23 * 20 * 3/5 = 252/23.
    found = pool_imputations([1, 2, 3], [1, 2, 3], complete_df=20)
    df = 1 / (2 / 25 + 23 / 252)
    assert_allclose([found.estimate, found.std_error, found.df], [2, np.sqrt(10 / 3), df], rtol=EXACT)
    reach = t.ppf(0.975, df) * np.sqrt(10 / 3)
    assert_allclose([found.lower, found.upper], [2 - reach, 2 + reach], rtol=EXACT)
    assert_allclose(found.p_value, 2 * t.sf(2 / np.sqrt(10 / 3), df), rtol=EXACT)
    assert list(found.to_frame()) == ["estimate", "std_error", "df", "lower", "upper", "p_value"]
    assert repr(found).startswith("Pooled over 3 imputations, 95% t-intervals")


def test_published_example() -> None:
    """SAS prints total variances 0.980626, 0.076679, df 26.298, 26.503, Oxygen 47.180993 (45.1466, 49.2154).

    From means of four decimals the printed ones come out to the fourth. R's mitools 2.4 leaves the factor
    1 + 1/m out of the share that was observed, and finds 26.519.
    """
    found = pool_imputations(MEANS, ERRORS**2, complete_df=30).to_frame().set_index("term")
    assert_allclose(found["std_error"] ** 2, [0.980626, 0.076679], atol=2e-5)
    assert_allclose(found["df"], [26.298, 26.503], atol=1e-3)
    assert_allclose(found.iloc[0][["estimate", "lower", "upper"]], [47.180993, 45.1466, 49.2154], atol=1e-4)


def test_without_limit_to_the_complete_degrees_they_are_rubins() -> None:
    """(m - 1)(1 + U/((1 + 1/m) B))^2 with U = 2, B = 1, m = 3: 2 (1 + 3/2)^2."""
    assert_allclose(pool_imputations([1, 2, 3], [1, 2, 3], complete_df=np.inf).df, 12.5, rtol=EXACT)


def test_where_imputations_agree_nothing_was_missing() -> None:
    found = pool_imputations([2, 2], [1, 3], complete_df=10)
    assert_allclose([found.std_error, found.df], [np.sqrt(2), 11 / 13 * 10], rtol=EXACT)
    normal = pool_imputations([2, 2], [1, 1], complete_df=np.inf)
    assert normal.df == np.inf
    assert_allclose(normal.upper, 2 + norm.ppf(0.975), rtol=1e-12)


def test_terms_have_their_own_complete_degrees() -> None:
    table = pool_imputations(MEANS.to_numpy(), ERRORS.to_numpy() ** 2, complete_df=[30, np.inf])
    frame = table.to_frame()
    assert frame["term"].tolist() == [1, 2]
    alone = pool_imputations(MEANS["RunTime"], ERRORS["RunTime"] ** 2, complete_df=np.inf)
    assert_allclose(frame["df"][1], alone.df, rtol=EXACT)
    with pytest.raises(InputError, match=r"df is 2 long: several terms: ask to_frame"):
        assert table.df


finite = st.floats(-100, 100)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(finite, st.floats(0.1, 100)), min_size=2, max_size=8),
    st.floats(1, 1e6),
    st.floats(0.01, 100),
)
def test_order_and_unit_do_not_matter_and_degrees_only_fall(
    drawn: list[tuple[float, float]], complete_df: float, unit: float
) -> None:
    estimates, variances = np.array(drawn).T
    found = pool_imputations(estimates, variances, complete_df=complete_df)
    assert found.df <= complete_df * (1 + 1e-12)
    assert found.lower <= found.estimate <= found.upper
    other = pool_imputations(
        estimates[::-1] * unit, variances[::-1] * unit**2, complete_df=complete_df
    ).to_frame()
    scaled = found.to_frame()
    assert_allclose(other[["df", "p_value"]], scaled[["df", "p_value"]], rtol=1e-9, atol=1e-12)
    assert_allclose(other["std_error"], scaled["std_error"] * unit, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimates": [1]}, r"variances is of shape \(2, 1\): estimates are of shape \(1, 1\)"),
        ({"estimates": [1], "variances": [1]}, "estimates is 1 long: at least two imputations"),
        ({"estimates": [[1, 2], [3]]}, "estimates is not a table of numbers"),
        ({"estimates": [[1, "a"], [2, "b"]]}, "estimates is not a table of numbers"),
        ({"estimates": [1, np.nan]}, r"estimates\[1\] is \[nan\]: each imputation gives a finite number"),
        ({"variances": [1, 0]}, r"variances\[1\] is \[0.\]: a variance is above 0"),
        ({"complete_df": 0}, r"complete_df\[0\] is 0.0: degrees of freedom are above 0"),
        ({"complete_df": [1, 2]}, "complete_df is 2 long: one for all, or one for each of 1 terms"),
        ({"conf_level": 2}, "conf_level is 2"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"estimates": [1, 2], "variances": [1, 1], "complete_df": 9} | change
    with pytest.raises(InputError, match=message):
        pool_imputations(data.pop("estimates"), data.pop("variances"), **data)
