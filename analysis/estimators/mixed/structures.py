"""Structures for the covariance between visits, and where to start the search for their parameters.

Visits count as equally spaced, in their order. Three structures are linear in their parameters: V is the sum
of theta_k E_k. The others are V_ij = s_i s_j c_ij: their parameters are the logarithm of one standard
deviation s, or of one a visit, and then those of the correlation c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.mixed.covariance import Covariance, CovarianceModel
from analysis.estimators.observations import Floats

Structure: TypeAlias = Literal[
    "unstructured",
    "heterogeneous-toeplitz",
    "heterogeneous-ar1",
    "heterogeneous-compound-symmetry",
    "toeplitz",
    "ar1",
    "compound-symmetry",
]
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
# A correlation of T visits by J parameters: c (T, T) and its derivatives (J, T, T) and (J, J, T, T).
Correlation: TypeAlias = Callable[[Floats], tuple[Floats, Floats, Floats]]
# What of the guessed covariances between visits the search starts from, until that gives a covariance.
PARTS = (1.0, 0.9, 0.7, 0.5, 0.2, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class VisitCovariance:
    """A structure for a given number of visits: V by its parameters, and parameters to `start` from."""

    model: CovarianceModel
    start: Floats


def visit_covariance(structure: Structure, guess: Floats) -> VisitCovariance:
    """The structure, started near a `guess` (T, T) with positive variances, which need not be a covariance.

    With one visit all structures are the same.

    >>> found = visit_covariance("compound-symmetry", np.array([[2.0, 1.0], [1.0, 4.0]]))
    >>> found.start.tolist(), found.model(found.start).value.tolist()
    ([3.0, 1.0], [[[3.0, 1.0], [1.0, 3.0]]])
    """
    make = _MADE_BY["unstructured" if len(guess) == 1 else structure]
    variances = np.diag(np.diag(guess))
    for part in PARTS:
        found = make(part * guess + (1 - part) * variances)
        try:
            np.linalg.cholesky(found.model(found.start).value)
        except np.linalg.LinAlgError:
            continue
        return found
    raise AssertionError("the variances alone make a covariance")


def _lag(visits: int) -> NDArray[np.intp]:
    return np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))


def _means(places: Floats, values: Floats) -> Floats:
    """The mean of `values` (T, T) over the ones of each of `places` (K, T, T)."""
    found: Floats = np.tensordot(places, values, axes=2) / places.sum(axis=(1, 2))
    return found


def _linear(basis: Floats, guess: Floats) -> VisitCovariance:
    """V = sum theta_k E_k, where each place of V belongs to one E_k of ones and zeros."""

    def model(theta: Floats) -> Covariance:
        V = np.tensordot(theta, basis, axes=1)
        return Covariance(V[None], basis[None], V)

    return VisitCovariance(model, _means(basis, guess))


def _unstructured(guess: Floats) -> VisitCovariance:
    rows, columns = np.tril_indices(len(guess))
    basis = np.zeros((len(rows), *guess.shape))
    basis[np.arange(len(rows)), rows, columns] = basis[np.arange(len(rows)), columns, rows] = 1
    return _linear(basis, guess)


def _toeplitz(guess: Floats) -> VisitCovariance:
    return _linear(_bands(len(guess)), guess)


def _compound_symmetry(guess: Floats) -> VisitCovariance:
    same = np.eye(len(guess))
    return _linear(np.array([same, 1 - same]), guess)


def _bands(visits: int) -> Floats:
    """One matrix of ones and zeros for each lag from 0 to T - 1 (T, T, T)."""
    found: Floats = (_lag(visits) == np.arange(visits)[:, None, None]).astype(np.float64)
    return found


def _scaled(correlation: Correlation, start: Floats, owner: Floats, guess: Floats) -> VisitCovariance:
    """V_ij = s_i s_j c_ij; `owner` (S, T) says which of S standard deviations is that of each visit."""
    scales, parameters = len(owner), len(owner) + len(start)
    # d log(s_i s_j) / d log s_k: how many of the two visits have the standard deviation s_k.
    shares = owner[:, :, None] + owner[:, None, :]

    def model(theta: Floats) -> Covariance:
        deviations = np.exp(theta[:scales] @ owner)
        V, by_c, by_cc = (np.outer(deviations, deviations) * part for part in correlation(theta[scales:]))
        second = np.zeros((parameters, parameters, *V.shape))
        second[:scales, :scales] = shares[:, None] * shares * V
        second[:scales, scales:] = shares[:, None] * by_c
        second[scales:, :scales] = second[:scales, scales:].swapaxes(0, 1)
        second[scales:, scales:] = by_cc
        return Covariance(V[None], np.concatenate([shares * V, by_c])[None], V, second[None])

    log_deviation = owner @ np.log(np.diag(guess)) / 2 / owner.sum(axis=1)
    return VisitCovariance(model, np.concatenate([log_deviation, start]))


def _one_scale(guess: Floats) -> Floats:
    return np.ones((1, len(guess)))


def _scale_a_visit(guess: Floats) -> Floats:
    return np.eye(len(guess))


def _correlations(guess: Floats) -> Floats:
    deviations = np.sqrt(np.diag(guess))
    return np.asarray(guess / np.outer(deviations, deviations), dtype=np.float64)


def _constant_by_place(places: Floats) -> Correlation:
    """A correlation with one parameter for each of `places` (J, T, T), and 1 on the diagonal."""
    same, flat = np.eye(places.shape[1]), np.zeros((len(places), *places.shape))
    return lambda rho: (same + np.tensordot(rho, places, axes=1), places, flat)


def _powers(visits: int) -> Correlation:
    """rho^|i - j|."""
    lag = _lag(visits)
    slope, bend = np.maximum(lag - 1, 0), np.maximum(lag - 2, 0)

    def correlation(rho: Floats) -> tuple[Floats, Floats, Floats]:
        r = rho[0]
        return r**lag, (lag * r**slope)[None], (lag * (lag - 1) * r**bend)[None, None]

    return correlation


def _autoregressive(owner: Callable[[Floats], Floats], guess: Floats) -> VisitCovariance:
    next_to = _means(_bands(len(guess))[1:2], _correlations(guess))
    return _scaled(_powers(len(guess)), next_to, owner(guess), guess)


def _by_place(places: Floats, guess: Floats) -> VisitCovariance:
    start = _means(places, _correlations(guess))
    return _scaled(_constant_by_place(places), start, _scale_a_visit(guess), guess)


_MADE_BY: Mapping[Structure, Callable[[Floats], VisitCovariance]] = MappingProxyType(
    {
        "unstructured": _unstructured,
        "heterogeneous-toeplitz": lambda guess: _by_place(_bands(len(guess))[1:], guess),
        "heterogeneous-ar1": lambda guess: _autoregressive(_scale_a_visit, guess),
        "heterogeneous-compound-symmetry": lambda guess: _by_place(1 - np.eye(len(guess))[None], guess),
        "toeplitz": _toeplitz,
        "ar1": lambda guess: _autoregressive(_one_scale, guess),
        "compound-symmetry": _compound_symmetry,
    }
)
