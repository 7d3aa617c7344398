"""Delta adjustment by hand, where imputation leaves nothing to chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import Imputations, InputError, impute_scores, imputed_contrasts, tipping_point

COLUMNS: dict[str, Any] = {
    "outcome": "itch",
    "participant": "who",
    "visit": "week",
    "arm": "arm",
    "dead": None,
}


@pytest.fixture(scope="module")
def made() -> Imputations:
    """Week 4 is week 0 plus 1 in arm a, but for two of whom it is missing: 6 and 4 whatever is drawn."""
    first = np.array([1, 3, 5, 7, 5, 3])
    second = np.array([2, 4, 6, 8, np.nan, np.nan])
    others = np.array([1, 3, 2, 2]), np.array([1, 0, 2, 1])
    rows = [
        pd.DataFrame({"who": np.arange(6), "week": week, "itch": itch, "arm": "a"})
        for week, itch in ((0, first), (4, second))
    ] + [
        pd.DataFrame({"who": np.arange(6, 10), "week": week, "itch": itch, "arm": "b"})
        for week, itch in zip((0, 4), others, strict=True)
    ]
    return impute_scores(pd.concat(rows), **COLUMNS, imputations=2, seed=1)


def test_the_estimate_moves_by_delta_times_the_imputed_share(made: Imputations) -> None:
    found = tipping_point(made, [0, -1.5, -3], visit=4, arm="a", reference="b").to_frame()
    assert found["delta"].tolist() == [-3, -1.5, 0]
    assert_allclose(found["estimate"], [5 - 1 - 3 * 2 / 6, 5 - 1 - 1.5 * 2 / 6, 5 - 1], atol=1e-6)
    # At delta -3 arm a is 2, 4, 6, 8, 3, 1: the mean 4, squares 4 + 0 + 4 + 16 + 1 + 9; arm b 1, 0, 2, 1.
    assert_allclose(found["std_error"].iloc[0], np.sqrt((34 + 2) / 8 * (1 / 6 + 1 / 4)), atol=1e-6)


def test_where_it_tips(made: Imputations) -> None:
    # Error at 0: squares 20 + 2 about means 5 and 1, variance 22/8, so that 4 is 3.74 errors away.
    found = tipping_point(made, [-2, -8, 3, -6, -4], visit=4, arm="a", reference="b")
    frame = found.to_frame()
    assert frame["delta"].tolist() == [-8, -6, -4, -2, 3]  # without 0, which was not asked for
    assert frame["tipped"].tolist() == (frame["lower"] <= 0).tolist()
    assert found.delta == frame.loc[frame["tipped"], "delta"].max()
    assert repr(found).startswith(f"The conclusion tips at delta {found.delta:g}")
    assert repr(tipping_point(made, [0], visit=4, arm="a", reference="b")).startswith("The conclusion holds")
    assert tipping_point(made, [0], visit=4, arm="a", reference="b").delta is None


def test_without_a_delta_it_is_the_imputed_contrast(made: Imputations) -> None:
    found = tipping_point(made, [0], visit=4, arm="a", reference="b").to_frame().iloc[0]
    contrast = imputed_contrasts(made, reference="b").to_frame().iloc[1]
    columns = ["std_error", "df", "lower", "upper", "p_value"]
    assert found[columns].tolist() == contrast[columns].tolist()
    assert found["estimate"] == contrast["difference"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deltas": []}, "deltas is empty: at least one is needed"),
        ({"deltas": [0, np.inf]}, r"deltas\[1\] is inf: a finite number"),
        ({"visit": 8}, r"visit is 8: one of \[0, 4\]"),
        ({"visit": 0}, "arm is 'a': an arm other than the reference with imputed scores at the visit"),
        ({"arm": "b", "reference": "a"}, "arm is 'b': an arm other than the reference"),
        ({"reference": "c"}, r"reference is 'c', with \['a', 'b'\] alive at visit 4: one arm of two or more"),
        ({"conf_level": 95}, "conf_level is 95"),
    ],
)
def test_refused(made: Imputations, change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"deltas": [0], "visit": 4, "arm": "a", "reference": "b"} | change
    with pytest.raises(InputError, match=message):
        tipping_point(made, given.pop("deltas"), **given)
