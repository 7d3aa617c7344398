"""Participants with a line each: the data turned so that every covariance is one of two numbers.

With Z = (1, t) the times of a participant, V = Z D Z' + s^2 I. An orthogonal turn of a participant's rows,
the same for X and y, leaves the likelihood as it is. Turned to a first axis along 1 and a second along what
is left of t, only the first two rows know of Z; the others have the covariance s^2 I, and those of all
together are one block of sums. So a participant is two rows, whatever the number and times of the visits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimators.mixed.covariance import Covariance, CovarianceModel
from analysis.estimators.mixed.moments import Moments
from analysis.estimators.observations import Floats, Grouping

# A spread of a participant's times this small, where that of all is 1, is no spread but rounding.
ONE_TIME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The data turned, and V by the parameters d11, d12, d22 (of D) and s^2, or by l and s^2 with D = ll'."""

    data: Moments
    model: CovarianceModel
    rank_one_model: CovarianceModel


def lines(participant: Grouping, time: Floats, X: Floats, y: Floats) -> Lines:
    """Turn the rows of `X` (N, p) and `y` (N,) of each participant, seen at `time` (N,)."""
    n, p = len(participant.labels), X.shape[1]
    order = np.argsort(participant.codes, kind="stable")
    who, t = participant.codes[order], time[order]
    together = np.column_stack([X, y])[order]
    size = np.bincount(who, minlength=n).astype(np.float64)
    middle = np.bincount(who, t, minlength=n) / size
    apart = t - middle[who]
    spread = np.sqrt(np.bincount(who, apart**2, minlength=n))
    several = spread > ONE_TIME
    along = np.divide(apart, spread[who], out=np.zeros_like(t), where=several[who])
    starts = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.intp)
    axes = (1 / np.sqrt(size[who]), along)
    turned = np.stack([np.add.reduceat(axis[:, None] * together, starts) for axis in axes], axis=1)
    rest = together - sum(axis[:, None] * turned[who, place] for place, axis in enumerate(axes))
    seen = np.column_stack([np.ones(n, dtype=bool), several])
    # The turned columns of Z, 1 and t; of the block of the others they are 0.
    one = np.vstack([np.column_stack([np.sqrt(size), np.zeros(n)]), np.zeros(2)])
    two = np.vstack([np.column_stack([np.sqrt(size) * middle, np.where(several, spread, 0)]), np.zeros(2)])
    return Lines(_moments(turned, rest, seen, p), _model(one, two), _rank_one_model(one, two))


def _moments(turned: Floats, rest: Floats, seen: Floats, p: int) -> Moments:
    """Products of the turned rows (n, 2, p + 1), and of the others, pooled as the last pattern."""
    n, x, y = len(turned), turned[:, :, :p], turned[:, :, p]
    zz, zy, yy = np.zeros((2, 2, n + 1, p, p)), np.zeros((2, 2, n + 1, p)), np.zeros((n + 1, 2, 2))
    np.einsum("nia,njb->ijnab", x, x, out=zz[:, :, :n])
    np.einsum("nia,nj->ijna", x, y, out=zy[:, :, :n])
    np.einsum("ni,nj->nij", y, y, out=yy[:n])
    pooled = rest.T @ rest
    zz[0, 0, n], zy[0, 0, n], yy[n, 0, 0] = pooled[:p, :p], pooled[:p, p], pooled[p, p]
    return Moments(
        count=np.append(np.ones(n), len(rest) - seen.sum()),
        seen=np.vstack([seen, [[True, False]]]),
        zz=zz,
        zy=zy,
        yy=yy,
        selection=np.tile(np.eye(p), (2, 1, 1)),
    )


def _model(one: Floats, two: Floats) -> CovarianceModel:
    """V by d11, d12, d22 and s^2, where a participant's Z has the columns `one` and `two` (n, 2)."""
    first = np.stack([_square(one), _cross(one, two), _square(two), _same(one)], axis=1)

    def model(theta: Floats) -> Covariance:
        return Covariance(np.einsum("k,pkab->pab", theta, first), first, theta[[0, 1, 1, 2]].reshape(2, 2))

    return model


def _rank_one_model(one: Floats, two: Floats) -> CovarianceModel:
    """V by l and s^2, where D = ll' (all lines through one point, or parallel)."""
    zero = np.zeros_like(_same(one))
    second = np.stack(
        [
            np.stack([2 * _square(one), _cross(one, two), zero], axis=1),
            np.stack([_cross(one, two), 2 * _square(two), zero], axis=1),
            np.stack([zero, zero, zero], axis=1),
        ],
        axis=1,
    )

    def model(theta: Floats) -> Covariance:
        z = theta[0] * one + theta[1] * two
        first = np.stack([_cross(one, z), _cross(two, z), _same(one)], axis=1)
        return Covariance(_square(z) + theta[2] * _same(one), first, theta[2:, None], second)

    return model


def _square(column: Floats) -> Floats:
    return column[:, :, None] * column[:, None]


def _cross(one: Floats, two: Floats) -> Floats:
    product = one[:, :, None] * two[:, None]
    return product + product.transpose(0, 2, 1)


def _same(column: Floats) -> Floats:
    return np.broadcast_to(np.eye(2), (len(column), 2, 2))
