"""The restricted likelihood of a linear mixed model, and its derivatives by the covariance's parameters.

With W the inverse of V, B_k its derivative by the parameter k, Phi = (sum X'WX)^-1 and residuals r, the
deviance is minus twice the logarithm of the restricted likelihood (Patterson and Thompson 1971),
f = sum log|V| + log|sum X'WX| + sum r'Wr + (n - p) log 2 pi. Its derivatives, with A_k = sum X'WB_kWX and
u_k = sum X'WB_kWr (Lindstrom and Bates 1988; Wolfinger, Tobias and Sall 1994):

    g_k  = tr(WB_k) - r'WB_kWr - tr(Phi A_k)
    H_kl = -tr(WB_kWB_l) + 2 r'WB_kWB_lWr - 2 u_k'Phi u_l + 2 tr(Phi X'WB_kWB_lWX) - tr(Phi A_k Phi A_l)

and to H_kl comes g with the second derivative of V in place of B_k. The expected H is
tr(WB_kWB_l) - 2 tr(Phi X'WB_kWB_lWX) + tr(Phi A_k Phi A_l). With R = sum rr' and N = sum X Phi X' of a
pattern of n participants, the traces of a pattern are those of WB_k C B_l with C = 2 W(R + N)W - nW, and of
the expected H with C = nW - 2 WNW: so each costs two products of T by T matrices a pattern and parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimators.mixed.covariance import Covariance, CovarianceModel
from analysis.estimators.mixed.moments import Moments
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The model at one place: `deviance`, `W` (P, T, T), `coefficients` (p,) and `phi` (p, p)."""

    theta: Floats
    covariance: Covariance
    W: Floats
    coefficients: Floats
    phi: Floats
    deviance: float


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Of the deviance at a point: `gradient` (K,), `observed` Hessian (K, K); and `A` (K, p, p)."""

    gradient: Floats
    observed: Floats
    A: Floats


def point(data: Moments, model: CovarianceModel, theta: Floats) -> Point | None:
    """The fit at `theta`; None where V is not positive definite."""
    covariance = model(theta)
    both = data.seen[:, :, None] & data.seen[:, None, :]
    try:
        np.linalg.cholesky(covariance.core)
        # A position not seen becomes a 1 alone.
        root = np.linalg.cholesky(np.where(both, covariance.value, np.eye(both.shape[1])))
        inverse_root = np.linalg.inv(root)
        W = np.where(both, inverse_root.transpose(0, 2, 1) @ inverse_root, 0)
        information_root = np.linalg.cholesky(data.design_product(W))
    except np.linalg.LinAlgError:
        return None
    inverse = np.linalg.inv(information_root)
    phi = inverse.T @ inverse
    XWy = data.outcome_product(W)
    coefficients = phi @ XWy
    deviance = (
        2 * float(data.count @ np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1))
        + 2 * float(np.log(np.diag(information_root)).sum())
        + (data.square(W) - float(coefficients @ XWy))
        + (data.observations - data.terms) * float(np.log(2 * np.pi))
    )
    return Point(theta, covariance, W, coefficients, phi, deviance)


def derivatives(data: Moments, at: Point) -> Derivatives:
    """Gradient and observed Hessian of the deviance at a point."""
    W, B, phi = at.W, at.covariance.first, at.phi
    residual = data.residual(at.coefficients)
    nW = data.count[:, None, None] * W
    WRNW = W @ (residual.yy + data.fitted_covariance(phi)) @ W
    pull = nW - WRNW
    A, u = [], []
    for k in range(B.shape[1]):
        WBW = W @ B[:, k] @ W
        A.append(data.design_product(WBW))
        u.append(residual.outcome_product(WBW))
    through_coefficients = 2 * np.array(u) @ phi @ np.array(u).T
    observed = _traces(W, B, 2 * WRNW - nW) - through_coefficients - _squares(phi, np.array(A))
    if at.covariance.second is not None:
        observed = observed + np.array([_against(by_k, pull) for by_k in at.covariance.second.swapaxes(0, 1)])
    return Derivatives(_against(B, pull), (observed + observed.T) / 2, np.array(A))


def expected_hessian(data: Moments, at: Point, A: Floats) -> Floats:
    """Of the deviance at a point (K, K); `A` as in its derivatives."""
    W = at.W
    C = data.count[:, None, None] * W - 2 * W @ data.fitted_covariance(at.phi) @ W
    return _traces(W, at.covariance.first, C) + _squares(at.phi, A)


def _squares(phi: Floats, A: Floats) -> Floats:
    """tr(Phi A_k Phi A_l) (K, K)."""
    phi_A = phi @ A
    return np.einsum("kab,lba->kl", phi_A, phi_A, optimize=True)  # type: ignore[no-any-return]  # numpy


def _traces(W: Floats, B: Floats, C: Floats) -> Floats:
    """Sum over patterns of tr(WB_k C B_l) (K, K)."""
    return np.array([_against(B, W @ B[:, k] @ C) for k in range(B.shape[1])])


def _against(B: Floats, C: Floats) -> Floats:
    """Sum over patterns of tr(C B_k) (K,); the C are added up first where the patterns share their B."""
    if len(B) == 1:
        C = C.sum(axis=0, keepdims=True)
    return np.einsum("pab,pkba->k", C, B)  # type: ignore[no-any-return]  # numpy


def weighted_square(data: Moments, at: Point, weights: Floats) -> Floats:
    """Sum over k and l of weights_kl X'WB_kWB_lWX (p, p), for symmetric `weights` (K, K)."""
    W, B = at.W, at.covariance.first
    U = np.zeros_like(W)
    for k in range(B.shape[1]):
        U += W @ B[:, k] @ W @ np.tensordot(weights[k], B, axes=(0, 1)) @ W
    return data.design_product(U)


def log_likelihood(data: Moments, at: Point, *, unscaled: Floats, spread: float) -> float:
    """The restricted log-likelihood of an outcome `spread` times as large, and of X times `unscaled`^-1."""
    of_columns = 2 * float(np.linalg.slogdet(unscaled)[1])
    return -(at.deviance - of_columns) / 2 - (data.observations - data.terms) * float(np.log(spread))
