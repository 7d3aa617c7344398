"""The mean of a model with a line for each participant: `outcome ~ covariates + time * arm`."""

from __future__ import annotations

import numpy as np

from analysis.estimators.mixed.records import Records
from analysis.estimators.observations import Floats


def line_terms(rows: Records, time: str, arm: str) -> tuple[str, ...]:
    """R's names of the p columns."""
    arms = [f"{arm}{label}" for label in rows.arm.labels[1:]]
    return ("(Intercept)", *rows.covariates.terms, time, *arms, *(f"{time}:{label}" for label in arms))


def line_columns(rows: Records, scaled_time: Floats) -> Floats:
    """X (N, p) of `line_terms`, numbers centred and scaled."""
    t, arms = scaled_time[:, None], rows.arm_columns
    return np.hstack([np.ones_like(t), rows.scaled_covariates, t, arms, arms * t])


def unscaled_lines(rows: Records, since: float, unit: float) -> Floats:
    """The matrix M (p, p): coefficients = M times those of `line_columns`."""
    covariates, others = len(rows.scale), len(rows.arm.labels) - 1
    at_time = 1 + covariates
    found = np.diag(
        np.concatenate([[1], 1 / rows.scale, [1 / unit], np.ones(others), np.full(others, 1 / unit)])
    )
    found[0, 1:at_time] = -rows.centre / rows.scale
    found[0, at_time] = -since / unit
    arms, slopes = np.arange(at_time + 1, at_time + 1 + others), np.arange(at_time + 1 + others, len(found))
    found[arms, slopes] = -since / unit
    return found
