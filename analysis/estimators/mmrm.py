"""The mixed model for repeated measures: means by arm and visit, from all that was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import upper_share
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom, Scaling, checked_df, fixed_effects
from analysis.estimators.mixed.means import Mmrm
from analysis.estimators.mixed.moments import Moments
from analysis.estimators.mixed.newton import Maximum, NotConvergedError, maximum
from analysis.estimators.mixed.pooling import visit_moments
from analysis.estimators.mixed.records import Records, labels, names, records, refuse_unknown
from analysis.estimators.mixed.refusals import refuse_dependent, refuse_explained, refuse_visits
from analysis.estimators.mixed.reml import log_likelihood
from analysis.estimators.mixed.structures import STRUCTURES, Structure, visit_covariance
from analysis.estimators.mixed.visits import VisitModel, visit_model
from analysis.estimators.observations import Floats, Grouping


def mmrm(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    visit: str,
    arm: str,
    covariates: Sequence[str] = (),
    covariate_by_visit: Sequence[str] = (),
    covariance: Structure | Literal["adaptive"] | Sequence[Structure] = "unstructured",
    df: DegreesOfFreedom = "kenward-roger",
    conf_level: float = 0.95,
) -> Mmrm:
    """Means of a repeated outcome by arm and visit, in a linear model with correlated errors, by REML.

    `frame` has one row for each participant and visit; the other arguments name its columns. The model is R's
    `outcome ~ covariates + covariate_by_visit * visit + arm * visit`: the covariates of
    `covariate_by_visit` have a slope of their own at each visit. Labels (visit, arm, covariates that are not
    numbers) are taken in the order of their categories, or sorted. Rows without an outcome are left out and
    counted: that is right where what is missing depends on what was observed (missing at random).

    `covariance` is that of a participant's outcomes, from `unstructured` to `compound-symmetry`; visits
    count as equally spaced. `adaptive`, or a sequence, takes the first that converges, `adaptive` in the
    order unstructured, heterogeneous-toeplitz, heterogeneous-ar1, heterogeneous-compound-symmetry, toeplitz,
    ar1, compound-symmetry; `.tried` says why others were left.

    `df`: `kenward-roger` (1997) enlarges the covariance of the coefficients for V being estimated, takes the
    observed information and leaves out the second derivatives of V. So it does not depend on how V is
    parametrised; it is SAS's DDFM=KR where V is linear in its parameters (unstructured, toeplitz,
    compound-symmetry), DDFM=KR(FIRSTORDER) elsewhere, and always R's mmrm with "Kenward-Roger-Linear".
    `satterthwaite` (Fai and Cornelius 1996) has the same degrees of freedom for one row and no such errors.

    Raises InputError (a ValueError) that names the column and the row, also where no covariance converges.

    Two participants in each arm. On day 1 the arms' means are 2 and 3, on day 2 they are 3 and 5. The
    residuals' squares add up to 2 on each day, and with 4 - 2 degrees of freedom the variance is 1: so is
    that of the difference of two means. As all have both visits, the test is that of Student:

    >>> frame = pd.DataFrame({
    ...     "id": [1, 1, 2, 2, 3, 3, 4, 4], "arm": list("aaaabbbb"), "day": [1, 2] * 4,
    ...     "score": [1, 3, 3, 3, 3, 6, 3, 4],
    ... })
    >>> found = mmrm(frame, outcome="score", participant="id", visit="day", arm="arm")
    >>> found.contrasts("a").round(4)
      arm  visit  difference  std_error   df   lower   upper  p_value
    0   b      1         1.0        1.0  2.0 -3.3027  5.3027   0.4226
    1   b      2         2.0        1.0  2.0 -2.3027  6.3027   0.1835
    """
    upper_share(conf_level)  # refuses what is no level
    method, structures = checked_df(df), _structures(covariance)
    by_visit = names("covariate_by_visit", covariate_by_visit)
    every = tuple(dict.fromkeys([*names("covariates", covariates), *by_visit]))
    rows = records(frame, outcome=outcome, participant=participant, arm=arm, covariates=every)
    at = _visits(frame, visit, rows, arm)
    model = visit_model(rows, at.labels, arm=arm, visit=visit, by_visit=by_visit)
    middle, spread = float(rows.outcome.mean()), float(rows.outcome.std())
    data = visit_moments(rows, at, (rows.outcome - middle) / spread, model.selection)
    used, tried, found = _first_that_converges(data, model, structures)
    return Mmrm(
        covariance=used,
        tried=tried,
        df=method,
        conf_level=conf_level,
        participants=len(rows.participant.labels),
        observations=len(rows.outcome),
        left_out=rows.left_out,
        log_likelihood=log_likelihood(data, found.point, unscaled=model.unscaled, spread=spread),
        _effects=fixed_effects(data, found, method, Scaling(model.unscaled, middle, spread)),
        _model=model,
        _V=found.point.covariance.value[0] * spread**2,
    )


def _structures(covariance: Structure | Literal["adaptive"] | Sequence[Structure]) -> tuple[Structure, ...]:
    asked = tuple(covariance) if isinstance(covariance, list | tuple) else (covariance,)
    if asked == ("adaptive",):
        return STRUCTURES
    if not asked or any(structure not in STRUCTURES for structure in asked):
        raise InputError("covariance", repr(covariance), f"choose adaptive or of {', '.join(STRUCTURES)}")
    return asked


def _visits(frame: pd.DataFrame, visit: str, rows: Records, arm: str) -> Grouping:
    refuse_unknown(frame, "visit", visit)
    kept = np.zeros(len(frame), dtype=bool)
    kept[rows.row] = True
    found = labels(frame, visit, kept)
    refuse_visits(rows, found, visit_name=visit, arm_name=arm)
    return found


def _first_that_converges(
    data: Moments, model: VisitModel, structures: Sequence[Structure]
) -> tuple[Structure, tuple[tuple[Structure, str], ...], Maximum]:
    guess, together = _residual_covariance(data, model)
    tried: list[tuple[Structure, str]] = []
    for structure in structures:
        try:
            if structure == "unstructured":
                _refuse_apart(together, model)
            covariance = visit_covariance(structure, guess)
            return structure, tuple(tried), maximum(data, covariance.model, covariance.start)
        except NotConvergedError as failure:
            tried.append((structure, str(failure)))
    why = "; ".join(f"{structure}: {reason}" for structure, reason in tried)
    raise InputError("covariance", f"not to be estimated ({why})", "choose a simpler one, or adaptive")


def _residual_covariance(data: Moments, model: VisitModel) -> tuple[Floats, Floats]:
    """Of the residuals of least squares, from those who have both visits; and how many have them (T, T)."""
    both = (data.seen[:, :, None] & data.seen[:, None, :]).astype(np.float64)
    alone = both * np.eye(both.shape[1])
    information = data.design_product(alone)
    refuse_dependent(information, model.terms)
    least_squares = np.linalg.solve(information, data.outcome_product(alone))
    residual = data.residual(least_squares.astype(np.float64))
    together = np.tensordot(data.count, both, axes=1)
    found = residual.yy.sum(axis=0, where=both > 0) / np.maximum(together, 1)
    for place, variance in enumerate(np.diag(found)):
        refuse_explained(float(variance), f"at {model.visits[place]}")
    return found, together


def _refuse_apart(together: Floats, model: VisitModel) -> None:
    for one, other in np.argwhere(together == 0):
        raise NotConvergedError(f"no participant has both {model.visits[one]} and {model.visits[other]}")
