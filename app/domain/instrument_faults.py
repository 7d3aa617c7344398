"""Contradictions inside a questionnaire, and between a questionnaire and its words in one language."""

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
from app.domain.instrument import Instrument, Scale, Wording

FORM_FIELDS = ("do", "submission_id", "language")
"""What the page of questions sends beside its answers: no item can be called so."""


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
    for number, item in enumerate(instrument.items):
        if item.code in FORM_FIELDS:
            allowed = f"any code but {listed(FORM_FIELDS)}, which the page itself sends"
            yield DefinitionFault(f"items[{number}].code", quoted(item.code), allowed)
        if item.choices not in instrument.choices:
            allowed = f"a set of choices: {listed(instrument.choices)}"
            rests_on = frozenset({"choices"})
            yield DefinitionFault(f"items[{number}].choices", quoted(item.choices), allowed, rests_on)
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
    for code in dict.fromkeys(scale.reversed):
        if code not in scale.items:
            allowed = f"an item of this scale: {listed(scale.items)}"
            yield DefinitionFault(f"{place}.reversed", quoted(code), allowed)


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


def wording_faults(wording: Wording) -> Iterator[DefinitionFault]:
    """Find what a wording lacks by itself."""
    for field in ("title", "recall", "licence", "source"):
        if is_blank(getattr(wording, field)):
            yield DefinitionFault(field, "no words", "some words")
    if wording.validation == "not validated" and is_blank(wording.notice):
        allowed = "a notice, in this language, that tells participants that the wording is not validated"
        yield DefinitionFault("notice", "no words", allowed)
    for field, texts, asked in (
        ("items", wording.items, "the question"),
        ("scales", wording.scales, "the scale's title"),
    ):
        for code, text in texts.items():
            if is_blank(text):
                yield DefinitionFault(f"{field}.{code}", "no words", f"{asked} in this language")
    yield from _choice_words_faults(wording)


def _choice_words_faults(wording: Wording) -> Iterator[DefinitionFault]:
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
    codes = [item.code for item in instrument.items]
    for field, there, asked in (
        ("items", wording.items, codes),
        ("choices", wording.choices, instrument.choices),
    ):
        for code in asked:
            if code not in there:
                rests_on = frozenset({field})
                yield DefinitionFault(f"{field}.{code}", "nothing", "words for all that is asked", rests_on)
        for code in there:
            if code not in asked:
                rests_on = frozenset({f"instrument.{field}"})
                allowed = f"what instrument.json has: {listed(asked)}"
                yield DefinitionFault(f"{field}.{code}", quoted(code), allowed, rests_on)
    scales = [scale.code for scale in instrument.scales]
    for code in wording.scales:
        if code not in scales:
            allowed = f"a scale of instrument.json: {listed(scales)}"
            rests_on = frozenset({"instrument.scales"})
            yield DefinitionFault(f"scales.{code}", quoted(code), allowed, rests_on)
    for name, words in wording.choices.items():
        values = instrument.choices.get(name, words)
        if len(words) != len(values):
            found, allowed = f"{len(words)} choices", f"{len(values)}, one for each of {listed(values)}"
            yield DefinitionFault(f"choices.{name}", found, allowed)
