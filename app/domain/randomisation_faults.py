"""Contradictions in how a study says that it randomises."""

from collections.abc import Iterator

from app.domain.codes import DefinitionFault, code_faults, is_blank, listed, quoted, repeated
from app.domain.randomisation import design
from app.domain.study import Factor, Study

LARGEST_BLOCK = 100


def randomisation_faults(study: Study) -> Iterator[DefinitionFault]:
    """Find what is wrong in `randomisation`; nothing where a study has none."""
    asked, made = study.randomisation, design(study)
    if asked is None or made is None:
        return
    for arm, parts in asked.ratio.items():
        place = f"randomisation.ratio.{arm}"
        if arm not in {each.code for each in study.arms}:
            allowed = f"an arm: {listed(each.code for each in study.arms)}"
            yield DefinitionFault(place, quoted(arm), allowed, frozenset({"arms"}))
        if not 1 <= parts <= LARGEST_BLOCK:
            yield DefinitionFault(place, str(parts), f"1 to {LARGEST_BLOCK}")
    if len(study.arms) < 2:
        yield DefinitionFault(
            "randomisation", f"{len(study.arms)} arm", "two arms or more", frozenset({"arms"})
        )
    yield from _block_faults(asked.blocks, len(made.arms))
    if asked.factor is not None:
        yield from _factor_faults(asked.factor)


def _block_faults(blocks: tuple[int, ...], smallest: int) -> Iterator[DefinitionFault]:
    place, rests_on = "randomisation.blocks", frozenset({"arms"})
    if len(set(blocks)) < 2:
        allowed = "two sizes or more: who can count a block's end knows the last arm in it"
        yield DefinitionFault(place, listed(blocks), allowed)
    for twice in repeated(map(str, blocks)):
        yield DefinitionFault(place, f"{twice} more than once", "each once")
    for size in blocks:
        if size <= 0 or size > LARGEST_BLOCK or (smallest and size % smallest):
            allowed = f"a multiple of {smallest}, as the ratio asks, of at most {LARGEST_BLOCK}"
            yield DefinitionFault(place, str(size), allowed, rests_on)


def _factor_faults(factor: Factor) -> Iterator[DefinitionFault]:
    place = "randomisation.factor"
    if is_blank(factor.name):
        yield DefinitionFault(f"{place}.name", "no words", "some words")
    if len(factor.levels) < 2:
        yield DefinitionFault(f"{place}.levels", str(len(factor.levels)), "two levels or more")
    yield from code_faults(f"{place}.levels", [each.code for each in factor.levels])
    for number, level in enumerate(factor.levels):
        if is_blank(level.name):
            yield DefinitionFault(f"{place}.levels[{number}].name", "no words", "some words")
