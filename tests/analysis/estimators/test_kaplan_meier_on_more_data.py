"""`kaplan_meier` on the data that come with R's survival package: late entry, counts, sampling weights.

See make_survival.R. The tolerance is 1e-9: R's numbers are kept with 15 digits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from analysis.estimators import ConfidenceType, KaplanMeier, kaplan_meier
from analysis.estimators.intervals import SCALES

TOLERANCE = 1e-9
SHARES = (0.25, 0.5, 0.75)

Fit = Callable[[ConfidenceType], KaplanMeier]

every_curve = pytest.mark.parametrize(
    "key",
    [
        "lung_sex",
        "lung_counts",
        "lung_entry",
        "lung_entry_weights",
        "veteran_celltype",
        "veteran_weights",
        "colon_rx",
        "mgus2_age",
    ],
)


@pytest.fixture(scope="session")
def fits(
    lung: pd.DataFrame, veteran: pd.DataFrame, colon_deaths: pd.DataFrame, mgus2: pd.DataFrame
) -> dict[str, Fit]:
    """By the key in survival.json: the same curves from `kaplan_meier`, given a conf_type."""
    entered = lung[lung["entry"] < lung["time"]]

    def fit(data: pd.DataFrame, group: str, **columns: str) -> Fit:
        names = {"duration": "time", "event": "event", "group": group} | columns
        more: dict[str, Any] = {argument: data[name] for argument, name in names.items()}
        return lambda conf_type: kaplan_meier(**more, conf_type=conf_type)

    return {
        "lung_sex": fit(lung, "sex"),
        "lung_counts": fit(lung, "sex", weights="count"),
        "lung_entry": fit(entered, "sex", entry="entry"),
        "lung_entry_weights": fit(entered, "sex", entry="entry", weights="weight"),
        "veteran_celltype": fit(veteran, "celltype", event="status"),
        "veteran_weights": fit(
            veteran.assign(weight=veteran["karno"] / 40), "celltype", event="status", weights="weight"
        ),
        "colon_rx": fit(colon_deaths, "rx", event="status"),
        "mgus2_age": fit(mgus2[mgus2["age"] >= 60], "sex", duration="exit", event="death", entry="entry"),
    }


def numbers(values: list[float | str | None]) -> NDArray[np.float64]:
    """R's NA is null in JSON, its NaN a word; both are NaN here."""
    return np.array([np.nan if value in (None, "NaN") else value for value in values], dtype=np.float64)


@every_curve
def test_curve_at_given_times(key: str, fits: dict[str, Fit], r_survival: dict[str, Any]) -> None:
    expected = r_survival["curves"][key]
    found = fits[key]("log").at(expected["times"])
    for column, r_name in (
        ("at_risk", "n.risk"),
        ("events", "n.event"),
        ("censored", "n.censor"),
        ("survival", "surv"),
        ("std_error", "se"),
    ):
        assert_allclose(found[column], numbers(expected[r_name]), rtol=TOLERANCE, atol=TOLERANCE)


@every_curve
@pytest.mark.parametrize("conf_type", list(SCALES))
def test_limits_and_quantiles(
    key: str, conf_type: ConfidenceType, fits: dict[str, Fit], r_survival: dict[str, Any]
) -> None:
    expected = r_survival["curves"][key]
    limits = expected["ci"][conf_type]
    curves = fits[key](conf_type)
    at, quantiles = curves.at(expected["times"]), curves.quantile(SHARES)
    for column in ("lower", "upper"):
        # Where S is 1 R's limits are 1 on some scales and missing on others; here they are 1 on all.
        r_limits = np.where(at["survival"] == 1, 1, numbers(limits[column]))
        assert_allclose(at[column], r_limits, rtol=TOLERANCE, atol=TOLERANCE)
    for column, r_name in (("time", "quantile"), ("lower", "q.lower"), ("upper", "q.upper")):
        assert_allclose(quantiles[column], numbers(limits[r_name]), rtol=TOLERANCE)


def test_ten_million_rows_by_their_counts_are_exact() -> None:
    """Sums of whole weights are exact; survival and error are those of the whole numbers, to 1e-13."""
    random = np.random.default_rng(3)
    duration, event, count = (random.integers(0, top, 300) for top in (60, 2, 10**7))
    frame = kaplan_meier(duration, event, weights=count).to_frame()
    time = frame["time"].to_numpy()
    n = np.array([count[duration >= at].sum() for at in time])
    d = np.array([count[(duration == at) & (event == 1)].sum() for at in time])
    assert frame["at_risk"].tolist() == n.tolist()
    assert frame["events"].tolist() == d.tolist()
    fractions = [Fraction(int(left), int(all_)) for left, all_ in zip(n - d, n, strict=True)]
    survival = np.array([float(product) for product in accumulate(fractions, mul)])
    assert_allclose(frame["survival"], survival, rtol=1e-13)
    inside = survival > 0
    error = survival[inside] * np.sqrt(np.cumsum((d / (n * (n - d)))[inside]))
    assert_allclose(frame["std_error"].to_numpy()[inside], error, rtol=1e-13)
