"""What an instrument's wording in one language lacks, by itself and for its instrument."""

from collections.abc import Collection, Iterator, Mapping

from app.domain.codes import DefinitionFault, is_blank, listed, quoted, repeated
from app.domain.instrument import Instrument, Wording


def wording_faults(wording: Wording) -> Iterator[DefinitionFault]:
    """Find what a wording lacks by itself."""
    for field in ("title", "recall", "licence", "source"):
        if is_blank(getattr(wording, field)):
            yield DefinitionFault(field, "no words", "some words")
    if wording.validation == "not validated" and is_blank(wording.notice):
        allowed = "a notice, in this language, that tells participants that the wording is not validated"
        yield DefinitionFault("notice", "no words", allowed)
    for code, text in wording.items.items():
        if is_blank(text):
            yield DefinitionFault(f"items.{code}", "no words", "the question in this language")
    yield from _choice_faults(wording)
    yield from _missing_words(wording)


def _missing_words(wording: Wording) -> Iterator[DefinitionFault]:
    for code, title in wording.scales.items():
        if is_blank(title):
            yield DefinitionFault(f"scales.{code}", "no words", "the scale's title in this language")
    for unit, word in wording.units.items():
        if is_blank(word):
            yield DefinitionFault(f"units.{unit}", "no words", "the unit in this language")
    for code, ends in wording.anchors.items():
        if any(is_blank(end) for end in ends) or ends[0] == ends[1]:
            allowed = "what each end of the scale means, the lowest first"
            yield DefinitionFault(f"anchors.{code}", listed(map(quoted, ends)), allowed)
    for code, section in wording.sections.items():
        if is_blank(section.title) and is_blank(section.stem):
            yield DefinitionFault(f"sections.{code}", "no words", "a title or a stem")


def _choice_faults(wording: Wording) -> Iterator[DefinitionFault]:
    for name, words in wording.choices.items():
        for number, word in enumerate(words):
            if is_blank(word):
                yield DefinitionFault(f"choices.{name}[{number}]", "no words", "the choice in this language")
        for word in repeated(word for word in words if not is_blank(word)):
            found = f"{quoted(word)} more than once"
            yield DefinitionFault(f"choices.{name}", found, "choices that differ")


def wording_and_instrument_faults(wording: Wording, instrument: Instrument) -> Iterator[DefinitionFault]:
    """Find where a wording and its instrument do not fit each other.

    `rests_on` names parts of the wording by their name and parts of the instrument as `instrument.items`.
    """
    yield from _same("items", wording.items, [item.code for item in instrument.items])
    yield from _same("choices", wording.choices, instrument.choices)
    units = dict.fromkeys(item.unit for item in instrument.items if item.unit)
    yield from _same("units", wording.units, units, rests_on="items")
    analogue = [item.code for item in instrument.items if item.type == "visual-analogue"]
    yield from _same("anchors", wording.anchors, analogue, rests_on="items")
    scales = [scale.code for scale in instrument.scales]
    for code in wording.scales:
        if code not in scales:
            allowed = f"a scale of instrument.json: {listed(scales)}"
            rests_on = frozenset({"instrument.scales"})
            yield DefinitionFault(f"scales.{code}", quoted(code), allowed, rests_on)
    yield from _same("sections", wording.sections, [section.code for section in instrument.sections])
    for section in instrument.sections:
        words_of = wording.sections.get(section.code)
        if section.layout == "grid" and words_of is not None and is_blank(words_of.stem):
            allowed = "the words that all rows of the grid share"
            rests_on = frozenset({"instrument.sections"})
            yield DefinitionFault(f"sections.{section.code}.stem", "no words", allowed, rests_on)
    for name, words in wording.choices.items():
        values = instrument.choices.get(name, words)
        if len(words) != len(values):
            found, allowed = f"{len(words)} choices", f"{len(values)}, one for each of {listed(values)}"
            yield DefinitionFault(f"choices.{name}", found, allowed)


def _same(
    field: str, there: Mapping[str, object], asked: Collection[str], *, rests_on: str = ""
) -> Iterator[DefinitionFault]:
    for code in asked:
        if code not in there:
            allowed = "words for all that is asked"
            yield DefinitionFault(f"{field}.{code}", "nothing", allowed, frozenset({field}))
    for code in there:
        if code not in asked:
            allowed = f"what instrument.json has: {listed(asked)}"
            unsure = frozenset({f"instrument.{rests_on or field}"})
            yield DefinitionFault(f"{field}.{code}", quoted(code), allowed, unsure)
