"""Contradictions inside a questionnaire: its response sets, its sections and its scoring."""

from collections.abc import Iterator

from app.domain.codes import (
    CODE_ALLOWED,
    DefinitionFault,
    code_faults,
    is_blank,
    is_code,
    listed,
    quoted,
    repeated,
)
from app.domain.instrument import Instrument, Item, Scale, Section
from app.domain.item_faults import item_faults

SCORED = ("choice", "number", "visual-analogue")
"""The types of items that have a place between a lowest and a highest value."""


def instrument_faults(instrument: Instrument) -> Iterator[DefinitionFault]:
    """Find every contradiction inside an instrument's structure and scoring."""
    if not is_code(instrument.name):
        yield DefinitionFault("name", quoted(instrument.name), CODE_ALLOWED)
    if instrument.recall_days < 0:
        yield DefinitionFault("recall_days", str(instrument.recall_days), "0 (today) or more days")
    if not instrument.items:
        yield DefinitionFault("items", "none", "at least one")
    yield from _choice_faults(instrument)
    yield from code_faults("items", [item.code for item in instrument.items])
    for number in range(len(instrument.items)):
        yield from item_faults(instrument, number)
    yield from code_faults("sections", [section.code for section in instrument.sections])
    for number, section in enumerate(instrument.sections):
        yield from _section_faults(instrument, f"sections[{number}]", section)
    yield from code_faults("scales", [scale.code for scale in instrument.scales])
    for number, scale in enumerate(instrument.scales):
        yield from _member_faults(instrument, number, scale)
        yield from _scoring_faults(f"scales[{number}]", scale)


def _choice_faults(instrument: Instrument) -> Iterator[DefinitionFault]:
    for name, values in instrument.choices.items():
        if not is_code(name):
            yield DefinitionFault(f"choices.{name}", quoted(name), CODE_ALLOWED)
        if len(values) < 2 or len(set(values)) < len(values):
            yield DefinitionFault(f"choices.{name}", listed(values), "at least two numbers, each once")
        if all(item.choices != name for item in instrument.items):
            rests_on = frozenset({"items"})
            yield DefinitionFault(
                f"choices.{name}", "no item that uses it", "choices that are used", rests_on
            )


def _member_faults(instrument: Instrument, number: int, scale: Scale) -> Iterator[DefinitionFault]:
    place = f"scales[{number}]"
    items = [item.code for item in instrument.items]
    earlier = [each.code for each in instrument.scales[:number]]
    if not scale.items and not scale.scales:
        yield DefinitionFault(place, "no members", "items, or scales that stand before it")
    for field, there, named in (
        ("items", items, "an item"),
        ("scales", earlier, "a scale that stands before it"),
    ):
        members: tuple[str, ...] = getattr(scale, field)
        for code in repeated(members):
            yield DefinitionFault(f"{place}.{field}", f"{quoted(code)} more than once", "each once")
        for code in dict.fromkeys(members):
            if code not in there:
                allowed = f"{named}: {listed(there)}"
                yield DefinitionFault(f"{place}.{field}", quoted(code), allowed, frozenset({field}))
    yield from _without_number(instrument, f"{place}.items", scale)
    for code in dict.fromkeys(scale.reversed):
        if code not in scale.items:
            allowed = f"an item of this scale: {listed(scale.items)}"
            yield DefinitionFault(f"{place}.reversed", quoted(code), allowed)


def _without_number(instrument: Instrument, place: str, scale: Scale) -> Iterator[DefinitionFault]:
    by_code = {item.code: item for item in instrument.items}
    for code in dict.fromkeys(scale.items):
        item = by_code.get(code)
        if item is None or (item.type in SCORED and item.is_answered):
            continue
        kind = "a practice question" if item.practice else f"an item of type {item.type}"
        allowed = f"items that are kept and have a place on a scale: {', '.join(SCORED)}"
        yield DefinitionFault(place, f"{quoted(code)}, {kind}", allowed, frozenset({"items"}))


def _section_faults(instrument: Instrument, place: str, section: Section) -> Iterator[DefinitionFault]:
    items = [item.code for item in instrument.items]
    if not section.items:
        yield DefinitionFault(f"{place}.items", "none", "at least one item")
    for code in repeated(section.items):
        yield DefinitionFault(f"{place}.items", f"{quoted(code)} more than once", "each once")
    for code in dict.fromkeys(section.items):
        if code not in items:
            rests_on = frozenset({"items"})
            yield DefinitionFault(
                f"{place}.items", quoted(code), f"items of this instrument: {listed(items)}", rests_on
            )
    there = [items.index(code) for code in dict.fromkeys(section.items) if code in items]
    if there != list(range(there[0], there[0] + len(there)) if there else []):
        allowed = "items that follow each other in `items`, in the same order"
        yield DefinitionFault(f"{place}.items", listed(section.items), allowed, frozenset({"items"}))
    for earlier in instrument.sections[: instrument.sections.index(section)]:
        for code in section.items:
            if code in earlier.items:
                found = f"{quoted(code)}, which stands in {quoted(earlier.code)}"
                yield DefinitionFault(f"{place}.items", found, "items of one section only")
    if section.layout == "grid":
        rows = [instrument.items[number] for number in there]
        yield from _grid_faults(place, rows)


def _grid_faults(place: str, rows: list[Item]) -> Iterator[DefinitionFault]:
    found = [f"{row.code} ({row.type})" for row in rows if row.type != "choice"]
    if found:
        yield DefinitionFault(
            f"{place}.items", listed(found), "in a grid, items of type choice", frozenset({"items"})
        )
    sets = {row.choices for row in rows if row.type == "choice"}
    if len(sets) > 1:
        allowed = "in a grid, items that share one set of choices"
        yield DefinitionFault(f"{place}.items", listed(sorted(sets)), allowed, frozenset({"items"}))


def _scoring_faults(place: str, scale: Scale) -> Iterator[DefinitionFault]:
    if is_blank(scale.title):
        yield DefinitionFault(f"{place}.title", "no words", "some words")
    if not 0 < scale.minimum_answered <= 1:
        found = str(scale.minimum_answered)
        yield DefinitionFault(
            f"{place}.minimum_answered", found, "more than 0, at most 1; 0.5 is the half rule"
        )
    if not scale.lowest < scale.highest:
        found = f"{scale.lowest} and {scale.highest}"
        yield DefinitionFault(place, f"lowest and highest {found}", "a lowest score below the highest")
