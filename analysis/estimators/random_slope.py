"""A line for each participant: how fast something measured changes in each arm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom, Scaling, checked_df, fixed_effects
from analysis.estimators.mixed.line_columns import line_columns, line_terms, unscaled_lines
from analysis.estimators.mixed.line_maximum import line_maximum
from analysis.estimators.mixed.lines import lines
from analysis.estimators.mixed.newton import NotConvergedError
from analysis.estimators.mixed.records import Records, column, names, records, refuse_missing, refuse_unknown
from analysis.estimators.mixed.refusals import refuse_dependent, refuse_explained, refuse_one_arm
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

    Where lines differ so little that the likelihood is highest at the edge of what is a covariance, with
    intercepts and slopes wholly correlated or one of them without variance, that is what is fitted, and
    `.singular` is true (as a "singular fit" of R's lmer).

    Raises InputError (a ValueError) that names the column and the row, also where the data cannot tell the
    variance of lines from that about them, as with the same two times for everyone.

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
    every = names("covariates", covariates)
    rows = records(frame, outcome=outcome, participant=participant, arm=arm, covariates=every)
    refuse_one_arm(rows.arm.labels, column(arm))
    t = _times(frame, time, rows)
    middle, spread = float(rows.outcome.mean()), float(rows.outcome.std())
    since, unit = float(t.mean()), float(t.std())
    X = line_columns(rows, (t - since) / unit)
    terms, unscaled = line_terms(rows, time, arm), unscaled_lines(rows, since, unit)
    made = lines(rows.participant, (t - since) / unit, X, (rows.outcome - middle) / spread)
    start = _start(X, (rows.outcome - middle) / spread, terms)
    try:
        found, D = line_maximum(made, start)
    except NotConvergedError as failure:
        raise InputError("frame", f"no data for a random slope ({failure})", WITHOUT_SLOPE) from failure
    back = spread * np.array([[1, -since / unit], [0, 1 / unit]])
    return RandomSlopes(
        df=method,
        conf_level=conf_level,
        participants=len(rows.participant.labels),
        observations=len(rows.outcome),
        left_out=rows.left_out,
        log_likelihood=log_likelihood(made.data, found.point, unscaled=unscaled, spread=spread),
        residual_variance=float(found.point.theta[-1]) * spread**2,
        singular=len(found.point.theta) == 3,
        _effects=fixed_effects(made.data, found, method, Scaling(unscaled, middle, spread)),
        _terms=terms,
        _arms=rows.arm.labels,
        _time=time,
        _D=back @ D @ back.T,
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


def _start(X: Floats, y: Floats, terms: tuple[str, ...]) -> Floats:
    """Half of the variance that least squares leave is taken as that about lines, half as that of lines."""
    refuse_dependent(X.T @ X, terms)
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    variance = float(residual @ residual) / len(y)
    refuse_explained(variance, "in every row")
    return variance * np.array([0.25, 0, 0.25, 0.5])
