"""The order in which a study's arms fall: permuted blocks of random sizes, one sequence for each stratum.

The sequence follows from a secret seed alone and can be worked out again with any program that knows SHA-256.
Chance is a stream of numbers. The n-th of them, counted from 0, is made of the seed, the site, the level and
n, each on a line of its own, without a line feed at the end: the first eight bytes of the hash of that text,
the highest byte first. A number below k is the next one of the stream modulo k; those of the last, incomplete
round of k below 2**64 are left out, so that all are equally likely. Blocks are shuffled as Fisher and Yates
did it (Durstenfeld 1964, Communications of the ACM 7:420, algorithm 235), from the last place to the second.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal

from app.domain.study import Study

RANGE = 2**64

Source = Literal["generated", "given"]
SOURCES: tuple[Source, ...] = ("generated", "given")
"""Where a list of arms comes from: the sequence below, or someone who made it elsewhere."""


@dataclass(frozen=True, order=True)
class Stratum:
    """Participants among whom the arms are kept in balance; `level` is empty where there is no factor."""

    site: str
    level: str = ""


@dataclass(frozen=True, kw_only=True)
class Design:
    """`arms` as often as they stand in the smallest whole block, and the sizes that a block can have."""

    arms: tuple[str, ...]
    blocks: tuple[int, ...]


def design(study: Study) -> Design | None:
    """Return how a study's blocks are made, or None where its arms are drawn elsewhere.

    >>> from app.domain.study import Arm, Randomisation
    >>> cells, usual = Arm(code="cells", name="Cells"), Arm(code="usual", name="Usual care")
    >>> blocks = Randomisation(blocks=(3, 6), ratio={"cells": 2})
    >>> study = Study(code="s", title={}, blinding="none", languages=(), consent_versions=(), link_days=1,
    ...               session_days=1, arms=(cells, usual), sites=(), randomisation=blocks)
    >>> design(study)
    Design(arms=('cells', 'cells', 'usual'), blocks=(3, 6))
    """
    asked = study.randomisation
    if asked is None:
        return None
    arms = tuple(arm.code for arm in study.arms for _ in range(asked.ratio.get(arm.code, 1)))
    return Design(arms=arms, blocks=asked.blocks)


def allocations(seed: str, stratum: Stratum, made: Design) -> Iterator[str]:
    """Go through the arms of one stratum in the order in which its participants get them, without an end."""
    chance = _numbers(seed, stratum)
    while True:
        size = made.blocks[_below(len(made.blocks), chance)]
        block = list(made.arms) * (size // len(made.arms))
        for last in range(len(block) - 1, 0, -1):
            other = _below(last + 1, chance)
            block[last], block[other] = block[other], block[last]
        yield from block


def allocation(seed: str, stratum: Stratum, made: Design, position: int) -> str:
    """Return the arm of the participant at a position of a stratum, counted from 1."""
    return next(islice(allocations(seed, stratum, made), position - 1, None))


def listed_allocation(rows: Sequence[tuple[Stratum, str]], stratum: Stratum, position: int) -> str | None:
    """Return the arm at a position of a stratum, counted from 1; None where the list is used up."""
    arms = [arm for of, arm in rows if of == stratum]
    return arms[position - 1] if position <= len(arms) else None


def _numbers(seed: str, stratum: Stratum) -> Iterator[int]:
    for number in count():
        text = f"{seed}\n{stratum.site}\n{stratum.level}\n{number}"
        yield int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _below(end: int, numbers: Iterator[int]) -> int:
    whole = RANGE - RANGE % end
    return next(number for number in numbers if number < whole) % end
