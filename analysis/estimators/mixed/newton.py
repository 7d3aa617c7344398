"""The maximum of the restricted likelihood: Newton with the observed Hessian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimators.mixed.covariance import CovarianceModel
from analysis.estimators.mixed.moments import Moments
from analysis.estimators.mixed.reml import Derivatives, Point, derivatives, expected_hessian, point
from analysis.estimators.observations import Floats

STEPS = 100
HALVINGS = 25
# g'H^-1 g, twice what the next step can still win. That step is taken without a look at the deviance, whose
# rounding error is larger, and since errors square from step to step it ends at the last digits.
NEGLIGIBLE = 1e-10
NO_MAXIMUM = "too few data for its parameters: the likelihood has no maximum inside what is a covariance"
# A deviance lower by less than its own rounding error is no reason to halve a step.
ROUNDING = 1e-12


class NotConvergedError(Exception):
    """The likelihood has no maximum that could be found with this covariance; says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """The point of highest restricted likelihood and the derivatives of the deviance there."""

    point: Point
    derivatives: Derivatives


def maximum(data: Moments, model: CovarianceModel, start: Floats) -> Maximum:
    """Newton steps from `start`, where V must be positive definite.

    Where the observed Hessian is not positive definite, the expected one serves (Fisher scoring). Steps are
    halved until V is positive definite and the likelihood no lower. Raises NotConvergedError.
    """
    at = point(data, model, start)
    if at is None:
        raise NotConvergedError(NO_MAXIMUM)
    for _ in range(STEPS):
        slope = derivatives(data, at)
        step = _step(data, at, slope)
        left = float(-step @ slope.gradient)
        if left < NEGLIGIBLE:
            last = point(data, model, at.theta + step)
            return _checked(data, at if last is None else last)
        at = _halved(data, model, at, step)
    raise NotConvergedError(f"{STEPS} steps did not reach a maximum")


def _step(data: Moments, at: Point, slope: Derivatives) -> Floats:
    if _is_positive_definite(slope.observed):
        return _solved(slope.observed, -slope.gradient)
    expected = expected_hessian(data, at, slope.A)
    if _is_positive_definite(expected):
        return _solved(expected, -slope.gradient)
    raise NotConvergedError(NO_MAXIMUM)


def _solved(matrix: Floats, right: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError as singular:  # positive definite by no more than rounding
        raise NotConvergedError(NO_MAXIMUM) from singular


def _is_positive_definite(matrix: Floats) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


def _halved(data: Moments, model: CovarianceModel, at: Point, step: Floats) -> Point:
    allowed = at.deviance + ROUNDING * (1 + abs(at.deviance))
    for halving in range(HALVINGS):
        tried = point(data, model, at.theta + step / 2**halving)
        if tried is not None and tried.deviance <= allowed:
            return tried
    raise NotConvergedError(NO_MAXIMUM)


def _checked(data: Moments, at: Point) -> Maximum:
    slope = derivatives(data, at)
    if not _is_positive_definite(slope.observed):
        raise NotConvergedError(NO_MAXIMUM)
    return Maximum(at, slope)
