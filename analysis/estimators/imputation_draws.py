"""The draws from which scores are imputed: for each arm its chain of regressions, again and again.

What is assumed of scores after someone's last one comes after them: a plan that imputes the same scores under
several assumptions draws once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.observations import Floats
from analysis.estimators.score_grid import ScoreGrid
from analysis.estimators.sequential_regression import Chain, chains, refuse_too_few


@dataclass(frozen=True, slots=True, eq=False)
class ArmDraws:
    """Of one arm: its `rows` in the grid, each draw of the chain with the scores filled in (n, visits)."""

    rows: NDArray[np.intp]
    drawn: list[tuple[Chain, Floats]]
    state: Mapping[str, Any]

    def chance(self) -> np.random.Generator:
        """A generator of the numbers that follow those the draws were made of; the same each time."""
        generator = np.random.default_rng()
        generator.bit_generator.state = self.state
        return generator


def draws(
    grid: ScoreGrid, *, imputations: int, seed: int, rounds: tuple[int, int]
) -> Mapping[object, ArmDraws]:
    """The draws by arm, in the arms' order; the last ones made are kept, and given where all is the same."""
    digest = hashlib.sha256(repr((imputations, seed, rounds, grid.visits)).encode())
    for values in (grid.score, grid.last_seen, grid.baseline.matrix):
        digest.update(repr(values.shape).encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(repr(grid.arm.tolist()).encode())
    return _made(_Asked(digest.digest(), grid, imputations, seed, rounds))


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that the draws rest on; the same where the digest is."""

    digest: bytes
    grid: ScoreGrid = field(compare=False)
    imputations: int = field(compare=False)
    seed: int = field(compare=False)
    rounds: tuple[int, int] = field(compare=False)


@lru_cache(maxsize=1)
def _made(asked: _Asked) -> Mapping[object, ArmDraws]:
    grid = asked.grid
    arms = sorted(set(grid.arm))
    baseline = np.hstack([np.ones((len(grid.arm), 1)), grid.baseline.matrix])
    found: dict[object, ArmDraws] = {}
    for arm, chance in zip(arms, np.random.default_rng(asked.seed).spawn(len(arms)), strict=True):
        rows = np.flatnonzero(grid.arm == arm)
        refuse_too_few(baseline[rows], grid.last_seen[rows], grid.visits, arm)
        endless = chains(
            baseline[rows], grid.score[rows], grid.last_seen[rows], chance=chance, rounds=asked.rounds
        )
        drawn = list(islice(endless, asked.imputations))
        found[arm] = ArmDraws(rows, drawn, chance.bit_generator.state)
    return found
