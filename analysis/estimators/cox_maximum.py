"""The coefficients that make a partial likelihood greatest, to the last digit or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats

# A column keeps less than this share of its information beside those before it: it is made of them.
SINGULAR = 1e-11
# Newton's step is this small beside the standard errors (squared): the next one is lost in rounding.
CONVERGED = 1e-16
# The likelihood hardly rises (by this), and yet the step still changes some hazard by half and more.
FLAT, STILL_MOVING = 1e-6, 0.5
MOST_STEPS, MOST_HALVINGS = 100, 50


class PartialSums(Protocol):
    """What a partial likelihood is at one value of the coefficients (p,)."""

    @property
    def log_likelihood(self) -> float: ...
    def score(self) -> Floats:
        """Its slope (p,)."""

    def information(self) -> NDArray[np.float64]:
        """Minus its second derivative (p, p)."""


Sums = TypeVar("Sums", bound=PartialSums)
SumsAt = TypeVar("SumsAt", bound=PartialSums, covariant=True)


class PartialLikelihood(Protocol[SumsAt]):
    """Cox's or Fine and Gray's, of standardised columns `x` (n, p) and so many `events`."""

    @property
    def x(self) -> NDArray[np.float64]: ...
    @property
    def events(self) -> float: ...
    def at(self, coefficients: Floats) -> SumsAt:
        """The sums at these coefficients."""


@dataclass(frozen=True, slots=True, eq=False)
class CoxMaximum(Generic[Sums]):
    """`coefficients` (p,) of the standardised columns, their `covariance` (p, p), the sums at 0 and there."""

    coefficients: Floats
    covariance: NDArray[np.float64]
    null: Sums
    sums: Sums


def cox_maximum(likelihood: PartialLikelihood[Sums], terms: Sequence[str]) -> CoxMaximum[Sums]:
    """Newton's method from 0, each step halved until the likelihood rises (it has one maximum at most).

    Raises InputError naming the term whose column is made of others, or whose coefficient is infinite.
    """
    coefficients = np.zeros(len(terms))
    null = at = likelihood.at(coefficients)
    _refuse_singular(null.information(), likelihood.events, terms)
    for _ in range(MOST_STEPS):
        try:
            step = np.linalg.solve(at.information(), at.score()).astype(np.float64)
        except np.linalg.LinAlgError:
            break
        rise = float(at.score() @ step)
        if rise < FLAT:
            _refuse_infinite(likelihood.x, step, terms)
        coefficients, at = _uphill(likelihood, coefficients, step, at)
        if rise < CONVERGED:
            covariance = np.linalg.inv(at.information()).astype(np.float64)
            return CoxMaximum(coefficients, covariance, null, at)
    raise InputError("covariates", "a model whose likelihood has no clear maximum", "leave terms out")


def _uphill(
    likelihood: PartialLikelihood[Sums], coefficients: Floats, step: Floats, at: Sums
) -> tuple[Floats, Sums]:
    """The first of step, half of it, a quarter ... that does not lower the likelihood (but for rounding)."""
    least = at.log_likelihood - 1e-11 * abs(at.log_likelihood)
    for halvings in range(MOST_HALVINGS):
        tried = coefficients + step / 2.0**halvings
        found = likelihood.at(tried)
        if least <= found.log_likelihood < np.inf:  # infinite where a risk set was lost in rounding
            return tried, found
    return coefficients, at


def _refuse_singular(information: NDArray[np.float64], events: float, terms: Sequence[str]) -> None:
    """Eliminate column by column, as Cholesky does: what is left of each is what the others do not say."""
    left = information.copy()
    for place, term in enumerate(terms):
        pivot = left[place, place]
        if not pivot > SINGULAR * events:
            raise InputError(
                "covariates",
                f"without anything in {term!r} that the terms before it do not say",
                "each term differs between those at risk when events happen, and is not made of others",
            )
        left -= np.outer(left[:, place], left[place]) / pivot


def _refuse_infinite(x: NDArray[np.float64], step: Floats, terms: Sequence[str]) -> None:
    """A likelihood that rises for ever (no event in an arm, for one) moves a step of 1 and gains nothing."""
    if np.ptp(x @ step) < STILL_MOVING:
        return
    moves = np.abs(step) * np.ptp(x, axis=0)
    names = ", ".join(repr(term) for term, move in zip(terms, moves, strict=True) if move > moves.max() / 4)
    raise InputError(
        "covariates",
        f"a model in which the coefficient of {names} is infinite",
        "events happen at more than one value of each term; join levels without events, or leave it out",
    )
