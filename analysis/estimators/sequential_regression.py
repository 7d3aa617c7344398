"""Scores of one arm as a chain of regressions, each visit on the visits before: drawn from their posterior.

The multivariate normal distribution of the scores given baseline, factored by visit. Where what is missing is
only what follows each one's last score (a monotone pattern), the regressions are fitted to what was seen and
drawn exactly; scores missing in between are drawn in turn with them (monotone data augmentation, Schafer
1997, section 6.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats

# A column is a combination of those before it if so small a share of its length lies outside them.
SINGULAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """y_k = baseline'a_k + sum over j < k of g_kj y_j + s_k e: `level` (K, p), `slope` (K, K), `spread` (K,).

    The baseline's columns hold a 1 for the intercept; `slope` is zero on and above its diagonal.
    """

    level: Floats
    slope: Floats
    spread: Floats

    def mean(self, baseline: Floats) -> Floats:
        """What is expected of each participant at each visit before any score is known: (n, K)."""
        expected = np.zeros((len(baseline), len(self.spread)))
        for k in range(len(self.spread)):
            expected[:, k] = baseline @ self.level[k] + expected @ self.slope[k]
        return expected

    @property
    def covariance(self) -> Floats:
        """Of the scores about their mean: (K, K), from (I - slope)(y - mean) = spread e."""
        root = np.linalg.solve(np.eye(len(self.spread)) - self.slope, np.diag(self.spread))
        return root @ root.T


def drawn_chain(
    baseline: Floats, filled: Floats, last_seen: NDArray[np.intp], chance: np.random.Generator
) -> Chain:
    """Each visit's regression on the baseline and the visits before, drawn given those still seen then.

    `baseline` (n, p); `filled` (n, K), complete up to `last_seen` visits of each. Under the prior 1/s^2 the
    squared spread is RSS over a chi-squared on n - p degrees of freedom, the coefficients are normal about
    least squares (Rubin 1987, section 5.3).
    """
    visits, p = filled.shape[1], baseline.shape[1]
    level, slope, spread = np.zeros((visits, p)), np.zeros((visits, visits)), np.zeros(visits)
    for k in range(visits):
        seen = last_seen > k
        columns = np.hstack([baseline[seen], filled[seen, :k]])
        q, r = np.linalg.qr(columns)
        projected = q.T @ filled[seen, k]
        rest = filled[seen, k] - q @ projected
        spread[k] = np.sqrt(rest @ rest / chance.chisquare(len(columns) - p - k))
        drawn = np.linalg.solve(r, projected + spread[k] * chance.standard_normal(p + k))
        level[k], slope[k, :k] = drawn[:p], drawn[p:]
    return Chain(level, slope, spread)


def chains(
    baseline: Floats,
    score: Floats,
    last_seen: NDArray[np.intp],
    *,
    chance: np.random.Generator,
    rounds: tuple[int, int],
) -> Iterator[tuple[Chain, Floats]]:
    """Draw after draw of the chain, with the scores filled up to each one's last; endless.

    Without a score missing in between, draws are independent; with one, so many `rounds` come before the
    first, and so many before each further one.
    """
    filled = _begun(score, last_seen)
    gaps = np.isnan(score) & (np.arange(score.shape[1]) < last_seen[:, None])
    if not gaps.any():
        while True:
            yield drawn_chain(baseline, filled, last_seen, chance), filled
    patterns = _gaps(score, gaps)
    due, between = rounds
    while True:
        chain = drawn_chain(baseline, filled, last_seen, chance)
        for _ in range(due):
            _fill_gaps(chain, baseline, filled, patterns, chance)
            chain = drawn_chain(baseline, filled, last_seen, chance)
        _fill_gaps(chain, baseline, filled, patterns, chance)
        yield chain, filled.copy()
        due = between - 1


def refuse_too_few(
    baseline: Floats, last_seen: NDArray[np.intp], visits: tuple[object, ...], arm: object
) -> None:
    """Refuse an arm whose regressions have no degrees of freedom left, or columns that say the same."""
    p = baseline.shape[1]
    for k, visit in enumerate(visits):
        seen = last_seen > k
        if seen.sum() < p + k + 2:
            found = f"with {seen.sum()} participants of arm {arm!r} who have a score at {visit!r} or later"
            allowed = f"{p + k + 2} are needed to regress on {p + k} columns: leave out covariates or visits"
            raise InputError("frame", found, allowed)
        r = np.abs(np.diag(np.linalg.qr(baseline[seen], mode="r")))
        if (r < SINGULAR * np.linalg.norm(baseline[seen], axis=0)).any():
            found = f"without use in arm {arm!r} at {visit!r}"
            raise InputError("covariates", found, "none is constant there, nor a combination of the others")


def _begun(score: Floats, last_seen: NDArray[np.intp]) -> Floats:
    """Gaps filled with the visit's mean, from where the rounds begin."""
    filled = np.where(np.isnan(score), np.nanmean(score, axis=0), score)
    filled[np.arange(score.shape[1]) >= last_seen[:, None]] = np.nan
    return filled


@dataclass(frozen=True, slots=True, eq=False)
class _Gaps:
    """Participants (rows) with scores missing in between, and the patterns (P, K) that they follow."""

    rows: NDArray[np.intp]
    pattern: NDArray[np.intp]
    gap: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def _gaps(score: Floats, gaps: NDArray[np.bool_]) -> _Gaps:
    rows, visits = np.flatnonzero(gaps.any(axis=1)), score.shape[1]
    kinds = np.hstack([gaps[rows], ~np.isnan(score[rows])])
    patterns, code = np.unique(kinds, axis=0, return_inverse=True)
    return _Gaps(rows, code.ravel(), patterns[:, :visits], patterns[:, visits:])


def _fill_gaps(
    chain: Chain, baseline: Floats, filled: Floats, gaps: _Gaps, chance: np.random.Generator
) -> None:
    """Draw the gaps, in place, given all that was seen of each participant, before and after.

    All patterns at once: visits that do not belong are made independent of all others (a 1 on the diagonal).
    """
    covariance = chain.covariance
    seen, gap = gaps.seen[:, :, None], gaps.gap[:, :, None]
    of_seen = covariance * (seen & seen.swapaxes(1, 2)) + _diagonal(~gaps.seen)
    both = covariance * (gap & seen.swapaxes(1, 2))
    weight = np.linalg.solve(of_seen, both.swapaxes(1, 2))
    left = covariance * (gap & gap.swapaxes(1, 2)) - both @ weight + _diagonal(~gaps.gap)
    root = np.linalg.cholesky(left)[gaps.pattern]
    mean = chain.mean(baseline[gaps.rows])
    off = np.where(gaps.seen[gaps.pattern], filled[gaps.rows] - mean, 0)
    drawn = mean + np.einsum("nk,nkl->nl", off, weight[gaps.pattern])
    drawn += np.einsum("nkl,nl->nk", root, chance.standard_normal(mean.shape))
    filled[gaps.rows] = np.where(gaps.gap[gaps.pattern], drawn, filled[gaps.rows])


def _diagonal(present: NDArray[np.bool_]) -> Floats:
    """Matrices (P, K, K) with these on their diagonals."""
    return present[:, :, None] * np.eye(present.shape[1])
