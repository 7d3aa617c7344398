"""The data of a mixed model as sums of products, pooled over the participants who share a covariance V.

Everything that the likelihood, its derivatives and the Kenward-Roger adjustment need to know of the data is
of the form sum X'UX, X'Uy or y'Uy with a U of the size of V. So one sum of products for each *pattern* (those
who were seen at the same visits) is enough, and work and memory do not grow with the number of participants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """P patterns of T positions; X has p columns, made at each position from m values z: x_i = z_i D_i.

    `count` (P,): how many participants; `seen` (P, T): which positions they have. `zz` (A, A, P, m, m),
    `zy` (A, T, P, m) and `yy` (P, T, T) are sums over a pattern's participants of z_i'z_j, z_i y_j and
    y_i y_j for the positions i and j. A is T, or 1 where z is the same at every position (also at those not
    seen, on which no U puts weight). `selection` (T, m, p) is D.
    """

    count: Floats
    seen: NDArray[np.bool_]
    zz: Floats
    zy: Floats
    yy: Floats
    selection: Floats

    @property
    def terms(self) -> int:
        """The number p of columns of X."""
        return int(self.selection.shape[2])

    @property
    def observations(self) -> float:
        """The number of rows of X."""
        return float(self.count @ self.seen.sum(axis=1))

    def design_product(self, U: Floats) -> Floats:
        """Sum X'UX (p, p), with one U (P, T, T) a pattern."""
        _, m, p = self.selection.shape
        patterns, positions, _ = U.shape
        if len(self.zz) == 1:
            products = U.reshape(patterns, -1).T @ self.zz.reshape(patterns, m * m)
        else:
            products = np.matmul(_by_place(U), self.zz.reshape(positions, positions, patterns, m * m))
        wide = products.reshape(positions, positions, m, m).transpose(0, 2, 1, 3)
        D = self.selection.reshape(positions * m, p)
        return D.T @ wide.reshape(positions * m, positions * m) @ D

    def outcome_product(self, U: Floats) -> Floats:
        """Sum X'Uy (p,), with one U (P, T, T) a pattern."""
        products = np.matmul(_by_place(U), self.zy)[:, :, 0].sum(axis=1)
        return np.einsum("ia,iap->p", products, self.selection)  # type: ignore[no-any-return]  # numpy

    def square(self, U: Floats) -> float:
        """Sum y'Uy, with one U (P, T, T) a pattern."""
        return float(np.vdot(U, self.yy))

    def residual(self, coefficients: Floats) -> Moments:
        """The same data with the residuals r = y - X b in place of y."""
        b = self.selection @ coefficients  # (T, m)
        zr = self.zy - np.matmul(self.zz, b[None, :, None, :, None])[..., 0]
        y_fitted = np.einsum("jipm,jm->pij", np.broadcast_to(self.zy, (len(b), *self.zy.shape[1:])), b)
        fitted_r = np.einsum("im,ijpm->pij", b, np.broadcast_to(zr, (len(b), *zr.shape[1:])))
        return replace(self, zy=zr, yy=self.yy - y_fitted - fitted_r)

    def fitted_covariance(self, phi: Floats) -> Floats:
        """Sum X phi X' (P, T, T), phi being the covariance of the coefficients."""
        D = self.selection
        wide = np.einsum("iap,pq,jbq->ijab", D, phi, D, optimize=True)
        positions, _, m, _ = wide.shape
        flat = self.zz.reshape(*self.zz.shape[:3], m * m)
        found: Floats = np.matmul(flat, wide.reshape(positions, positions, m * m, 1))[..., 0]
        return found.transpose(2, 0, 1)


def _by_place(U: Floats) -> Floats:
    """As rows over the patterns (T, T, 1, P), each in one piece: numpy is many times slower otherwise."""
    return np.ascontiguousarray(U.transpose(1, 2, 0))[:, :, None, :]
