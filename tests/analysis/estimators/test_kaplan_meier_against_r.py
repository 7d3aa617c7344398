"""Every number of R's `survfit`, `quantile` and `summary(times=)` on the PBC trial: see make_reference.R.

The tolerance is 1e-9, relative: R's numbers are kept with 15 digits, sums in another order differ by 1e-13.
"""

from __future__ import annotations

from collections.abc import Callable
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
Reference = dict[str, Any]


def numbers(values: list[float | None]) -> NDArray[np.float64]:
    """R's NA, null in JSON, is NaN here."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


@pytest.fixture
def fits(pbc: pd.DataFrame, randomised: pd.DataFrame) -> dict[str, Fit]:
    """By the key in kaplan_meier.json: the same curves from `kaplan_meier`, given a conf_type."""
    entered = randomised[randomised["entry"] < randomised["time"]]

    def fit(
        data: pd.DataFrame,
        event: str = "tfs",
        group: str | None = "trt",
        entry: str | None = None,
        weights: str | None = None,
    ) -> Fit:
        def column(name: str | None) -> pd.Series[Any] | None:
            return None if name is None else data[name]

        return lambda conf_type: kaplan_meier(
            data["time"],
            data[event],
            group=column(group),
            entry=column(entry),
            weights=column(weights),
            conf_type=conf_type,
        )

    return {
        "pbc_tfs_all": fit(pbc, group=None),
        "pbc_tfs_rand": fit(randomised, group=None),
        "pbc_tfs_trt": fit(randomised),
        "pbc_death_trt": fit(randomised, "death"),
        "pbc_tfs_trt_entry": fit(entered, entry="entry"),
        "pbc_tfs_trt_weights": fit(randomised, weights="weight"),
        "pbc_tfs_trt_entry_weights": fit(entered, entry="entry", weights="weight"),
    }


every_curve = pytest.mark.parametrize(
    "key",
    [
        "pbc_tfs_all",
        "pbc_tfs_rand",
        "pbc_tfs_trt",
        "pbc_death_trt",
        "pbc_tfs_trt_entry",
        "pbc_tfs_trt_weights",
        "pbc_tfs_trt_entry_weights",
    ],
)
every_conf_type = pytest.mark.parametrize("conf_type", list(SCALES))


@every_curve
@pytest.mark.parametrize(
    ("column", "r_name"),
    [
        ("time", "time"),
        ("at_risk", "n.risk"),
        ("events", "n.event"),
        ("censored", "n.censor"),
        ("survival", "surv"),
        ("std_error", "std.err.surv"),
    ],
)
def test_curve(key: str, column: str, r_name: str, fits: dict[str, Fit], r_kaplan_meier: Reference) -> None:
    frame, curve = fits[key]("log-log").to_frame(), r_kaplan_meier[key]["curve"]
    assert [f"trt={group}" if group != "all" else group for group in frame["group"]] == curve["strata"]
    assert_allclose(frame[column], numbers(curve[r_name]), rtol=TOLERANCE)


@every_curve
@every_conf_type
def test_limits(key: str, conf_type: ConfidenceType, fits: dict[str, Fit], r_kaplan_meier: Reference) -> None:
    frame, limits = fits[key](conf_type).to_frame(), r_kaplan_meier[key]["ci"][conf_type]
    for column in ("lower", "upper"):
        assert_allclose(frame[column], numbers(limits[column]), rtol=TOLERANCE, atol=TOLERANCE)


@every_curve
@every_conf_type
def test_quantiles(
    key: str, conf_type: ConfidenceType, fits: dict[str, Fit], r_kaplan_meier: Reference
) -> None:
    found, limits = fits[key](conf_type).quantile(SHARES), r_kaplan_meier[key]["ci"][conf_type]
    assert found["p"].tolist() == list(SHARES) * found["group"].nunique()
    for column, r_name in (("time", "quantile"), ("lower", "q.lower"), ("upper", "q.upper")):
        by_group = limits[r_name].values() if "trt" in key else [limits[r_name]]
        expected = [quantiles[f"{share:.0%}".rstrip("%")] for quantiles in by_group for share in SHARES]
        assert_allclose(found[column], numbers(expected), rtol=TOLERANCE)


@pytest.mark.parametrize(
    ("column", "r_name"),
    [
        ("time", "time"),
        ("at_risk", "n.risk"),
        ("events", "n.event"),
        ("censored", "n.censor"),
        ("survival", "surv"),
        ("std_error", "se"),
        ("lower", "lower"),
        ("upper", "upper"),
    ],
)
def test_at_given_times(column: str, r_name: str, fits: dict[str, Fit], r_kaplan_meier: Reference) -> None:
    found, expected = fits["pbc_tfs_trt"]("log-log").at(range(0, 4381, 365)), r_kaplan_meier["pbc_tfs_trt_at"]
    assert [f"trt={group}" for group in found["group"]] == expected["strata"]
    assert_allclose(found[column], numbers(expected[r_name]), rtol=TOLERANCE)
