"""A line for each participant: how fast something measured changes in each arm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom, Scaling, checked_df, fixed_effects
from analysis.estimators.mixed.lines import lines
from analysis.estimators.mixed.newton import NotConvergedError, maximum
from analysis.estimators.mixed.records import Records, column, names, records, refuse_missing, refuse_unknown
from analysis.estimators.mixed.refusals import refuse_dependent, refuse_explained
from analysis.estimators.mixed.reml import log_likelihood
from analysis.estimators.mixed.slopes import RandomSlopes
from analysis.estimators.observations import Floats, numbers

WITHOUT_SLOPE = "one intercept a participant and no slope is `mmrm` with compound-symmetry"


def random_slope_model(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    time: str,
    arm: str,
    covariates: Sequence[str] = (),
    df: DegreesOfFreedom = "kenward-roger",
    conf_level: float = 0.95,
) -> RandomSlopes:
    """How fast an outcome changes in each arm, every participant having a line of his own, by REML.

    `frame` has one row for each measurement; the other arguments name its columns. `time` is a number in any
    unit, as it was and not as planned: participants need not share their times. The model is R's
    `outcome ~ covariates + time * arm` with a random intercept and slope of any correlation (Laird and Ware
    1982). Labels are taken in the order of their categories, or sorted. Rows without an outcome are left out
    and counted. `df` as for `mmrm`; V is linear in its parameters.

    Raises InputError (a ValueError) that names the column and the row, also where the maximum of the
    likelihood is not found or has no covariance in it: slopes that vary less than chance lets them.

    Three in each arm, seen at times 0, 1 and 3: everyone has his own times as if he were alone, so that the
    arms' slopes are the means of the least-squares slopes 3, 1, 2 and 4, 6, 5, whose variance is 1. With
    3 + 3 - 2 degrees of freedom the difference has the error sqrt(1/3 + 1/3):

    >>> bend = [2, -3, 1]  # at right angles to any line through these times
    >>> rows = [
    ...     {"id": who, "arm": "ab"[who // 3], "t": t, "y": level + slope * t + size * bend[place]}
    ...     for who, (level, slope, size) in enumerate(
    ...         [(0, 3, 0.1), (2, 1, -0.1), (4, 2, 0.1), (1, 4, 0.1), (3, 6, -0.1), (8, 5, 0.1)])
    ...     for place, t in enumerate([0, 1, 3])
    ... ]
    >>> found = random_slope_model(pd.DataFrame(rows), outcome="y", participant="id", time="t", arm="arm")
    >>> found.contrasts("a").round(4)
      arm  difference  std_error   df  lower  upper  p_value
    0   b         3.0     0.8165  4.0  0.733  5.267   0.0213
    """
    upper_share(conf_level)  # refuses what is no level
    method = checked_df(df)
    rows = records(frame, outcome=outcome, participant=participant, arm=arm, covariates=names(covariates))
    t = _times(frame, time, rows)
    middle, spread = float(rows.outcome.mean()), float(rows.outcome.std())
    since, unit = float(t.mean()), float(t.std())
    X = _columns(rows, (t - since) / unit)
    terms, unscaled = _terms(rows, time, arm), _unscaled(rows, since, unit)
    made = lines(rows.participant, (t - since) / unit, X, (rows.outcome - middle) / spread)
    start = _start(X, (rows.outcome - middle) / spread, terms)
    try:
        found = maximum(made.data, made.model, start)
        D = _between_participants(found.point.theta, since, unit)
    except NotConvergedError as failure:
        raise InputError("frame", f"no data for a random slope ({failure})", WITHOUT_SLOPE) from failure
    return RandomSlopes(
        df=method,
        conf_level=conf_level,
        participants=len(rows.participant.labels),
        observations=len(rows.outcome),
        left_out=rows.left_out,
        log_likelihood=log_likelihood(made.data, found.point, unscaled=unscaled, spread=spread),
        residual_variance=float(found.point.theta[3]) * spread**2,
        _effects=fixed_effects(made.data, found, method, Scaling(unscaled, middle, spread)),
        _terms=terms,
        _arms=rows.arm.labels,
        _time=time,
        _D=spread**2 * D,
    )


def _times(frame: pd.DataFrame, time: str, rows: Records) -> Floats:
    """The times (N,) of the rows with an outcome, of which some participant has two."""
    refuse_unknown(frame, "time", time)
    kept = np.zeros(len(frame), dtype=bool)
    kept[rows.row] = True
    refuse_missing(frame, time, kept)
    every = numbers(column(time), frame[time])
    refuse_where(kept & np.isinf(every), column(time), every, "a number is finite")
    t = every[kept]
    first = np.zeros(len(rows.participant.labels))
    first[rows.participant.codes] = t
    if (first[rows.participant.codes] == t).all():
        raise InputError(column(time), "one time for each participant", "a slope needs two")
    return t


def _terms(rows: Records, time: str, arm: str) -> tuple[str, ...]:
    arms = [f"{arm}{label}" for label in rows.arm.labels[1:]]
    return ("(Intercept)", *rows.covariates.terms, time, *arms, *(f"{time}:{label}" for label in arms))


def _columns(rows: Records, scaled_time: Floats) -> Floats:
    """X (N, p) of `_terms`, numbers centred and scaled."""
    t, arms = scaled_time[:, None], rows.arm_columns
    return np.hstack([np.ones_like(t), rows.scaled_covariates, t, arms, arms * t])


def _unscaled(rows: Records, since: float, unit: float) -> Floats:
    """The matrix M (p, p): coefficients = M times those of `_columns`."""
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


def _start(X: Floats, y: Floats, terms: tuple[str, ...]) -> Floats:
    """Half of the variance that least squares leave is taken as that about lines, half as that of lines."""
    refuse_dependent(X.T @ X, terms)
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    variance = float(residual @ residual) / len(y)
    refuse_explained(variance, "in every row")
    return variance * np.array([0.25, 0, 0.25, 0.5])


def _between_participants(theta: Floats, since: float, unit: float) -> Floats:
    """The covariance of intercepts and slopes, for times as they were given."""
    D = theta[[0, 1, 1, 2]].reshape(2, 2)
    if np.linalg.eigvalsh(D)[0] < 0:
        raise NotConvergedError("participants' lines differ by less than chance alone would make them")
    back = np.array([[1, -since / unit], [0, 1 / unit]])
    found: Floats = back @ D @ back.T
    return found
