"""What does not fit together in a questionnaire with every kind of question: one fault each, at its place."""

from copy import deepcopy
from typing import Any

import pytest

from app.domain.codes import DefinitionFault
from app.domain.instrument_faults import instrument_faults
from app.domain.wording_faults import wording_and_instrument_faults, wording_faults
from app.formats import definition
from tests.fixtures.kinds import BEHAVIOURS, LANGUAGES, instrument, wording

# behaviour, what is changed, to what, and of the one fault: its place, how found begins, a part of allowed
WHEN = {"item": "pain", "operator": "is", "value": 1}
INSTRUMENTS: list[tuple[str, str, Any, str, str, str]] = [
    ("number", "items.0.lowest", None, "items[0]", "a number without its range", "a slip of the finger"),
    ("number", "items.0.lowest", 250, "items[0]", "lowest and highest 250 and 250", "below the highest"),
    ("number", "items.0.decimals", 7, "items[0].decimals", "7", "0 to 6"),
    ("number", "items.0.unit", "a kilo", "items[0].unit", '"a kilo"', "a code"),
    ("number", "items.0.choices", "how_often", "items[0].choices", 'a field of "number"', "choice, choices"),
    ("number", "items.0.seconds", 30, "items[0].seconds", 'a field of "number"', "animal-naming"),
    ("single", "items.0.lowest", 1, "items[0].lowest", 'a field of "choice"', "number"),
    ("multiple", "items.0.alone", [0, 9], "items[0].alone", "0, 9", "its choices: 0, 1, 2, 3"),
    ("single", "items.0.alone", [0], "items[0].alone", 'a field of "choice"', "choices"),
    ("text", "items.0.longest", 0, "items[0].longest", "0", "1 to 2000"),
    (
        "limited-date",
        "items.0.latest",
        "tomorrow",
        "items[0].latest",
        '"tomorrow"',
        'or "today", the day of the',
    ),
    ("limited-date", "items.0.latest", "2026-02-30", "items[0].latest", '"2026-02-30"', "as 2026-03-05"),
    ("limited-date", "items.0.latest", "2026-03", "items[0].latest", '"2026-03"', "as 2026-03-05"),
    ("limited-date", "items.0.earliest", "1899-12-31", "items[0].earliest", '"1899-12-31"', "from 1900 on"),
    ("limited-date", "items.0.earliest", "٢٠٢٠-٠١-٠١", "items[0].earliest", '"٢٠٢٠-٠١-٠١"', "as 2026-03-05"),
    (
        "limited-date",
        "items.0.latest",
        "2020-02-29",
        "items[0]",
        "earliest and latest 2020-02-29",
        "before the",
    ),
    (
        "limited-date",
        "items.0.latest",
        "2019-12-31",
        "items[0]",
        "earliest and latest 2020-02-29",
        "before the",
    ),
    (
        "limited-date",
        "items.0.earliest",
        "today",
        "items[0]",
        "earliest and latest today and today",
        "before the",
    ),
    (
        "number",
        "items.0.latest",
        "today",
        "items[0].latest",
        'a field of "number"',
        "these types have it: date",
    ),
    ("information", "items.0.may_decline", True, "items[0].may_decline", 'a field of "information"', "date"),
    ("animal-naming", "items.2.seconds", 0, "items[2].seconds", "0", "1 to 600"),
    ("animal-naming", "items.2.cut_offs", [15, 10], "items[2].cut_offs", "15, 10", "the first is grade 2"),
    ("animal-naming", "items.2.adjustments.0.when", [], "items[2].adjustments[0].when", "none", "points are"),
    (
        "animal-naming",
        "items.2.adjustments.1.code",
        "schooling",
        "items[2].adjustments[1].code",
        '"schooling"',
        "only once",
    ),
    (
        "animal-naming",
        "items.2.adjustments.0.when.0.item",
        "school",
        "items[2].adjustments[0].when[0].item",
        '"school"',
        "old, schooling, animals",
    ),
    ("condition", "items.1.when.0.item", "sleep", "items[1].when[0].item", '"sleep"', "before it"),
    ("condition", "items.1.when.0.item", "worst", "items[1].when[0].item", '"worst"', "before it"),
    ("condition", "items.1.when.0.value", 2, "items[1].when[0].value", "2", "one of 0, 1"),
    ("condition", "items.1.when.0.value", "declined", "items[1].when[0].value", "declined", "one of 0, 1"),
    ("condition", "items.1.when.0.value", None, "items[1].when[0].value", "nothing", "one of 0, 1"),
    (
        "condition",
        "items.1.when.0.operator",
        "includes",
        "items[1].when[0].operator",
        '"includes"',
        "is, is not, at",
    ),
    (
        "condition",
        "items.3.when.0.operator",
        "is",
        "items[3].when[0].operator",
        '"is"',
        "choices: includes, ans",
    ),
    ("condition", "items.3.when.0.value", 3, "items[3].when[0].value", "3", "one of 0, 1, 2"),
    (
        "condition",
        "items.1.when.0",
        WHEN | {"operator": "answered"},
        "items[1].when[0].value",
        "1",
        "nothing",
    ),
    (
        "practice",
        "items.1.when",
        [{"item": "try", "operator": "answered"}],
        "items[1].when[0].item",
        '"try"',
        "is answered",
    ),
    (
        "information",
        "items.1.when",
        [{"item": "welcome", "operator": "answered"}],
        "items[1].when[0].item",
        '"welcome"',
        "is answered",
    ),
    ("sections", "sections.1.code", "body", "sections[1].code", '"body"', "only once"),
    ("sections", "sections.1.items", [], "sections[1].items", "none", "at least one"),
    (
        "sections",
        "sections.1.items",
        ["sad", "sad"],
        "sections[1].items",
        '"sad" more than once',
        "each once",
    ),
    ("sections", "sections.1.items", ["alone", "sad"], "sections[1].items", "alone, sad", "same order"),
    ("sections", "sections.1.items", ["sleep", "sad"], "sections[1].items", '"sleep", which', "one section"),
    ("sections", "sections.1.items", ["glad"], "sections[1].items", '"glad"', "tired, sleep, sad, alone"),
    (
        "number",
        "sections",
        [{"code": "s", "items": ["weight", "meals"], "layout": "grid"}],
        "sections[0].items",
        "weight (number)",
        "of type choice",
    ),
    (
        "single",
        "scales.0.items",
        ["tired", "tired"],
        "scales[0].items",
        '"tired" more than once',
        "each once",
    ),
    (
        "practice",
        "scales",
        [{"code": "T", "title": "T", "items": ["try"]}],
        "scales[0].items",
        '"try", a practice question',
        "choice, number, visual-analogue",
    ),
    (
        "date",
        "scales",
        [{"code": "T", "title": "T", "items": ["begun"]}],
        "scales[0].items",
        '"begun", an item of type date',
        "choice, number",
    ),
]
WORDINGS: list[tuple[str, str, Any, str, str, str]] = [
    ("number", "units", {}, "units.kg", "nothing", "all that is asked"),
    ("number", "units.kg", " ", "units.kg", "no words", "the unit in this language"),
    ("number", "units.cm", "cm", "units.cm", '"cm"', "instrument.json has: kg"),
    ("visual-analogue", "anchors", {}, "anchors.health", "nothing", "all that is asked"),
    ("visual-analogue", "anchors.health", ["Bad", ""], "anchors.health", '"Bad", ""', "each end"),
    ("visual-analogue", "anchors.pain", ["a", "b"], "anchors.pain", '"pain"', "instrument.json has: health"),
    ("grid", "sections", {}, "sections.bother", "nothing", "all that is asked"),
    ("grid", "sections.bother.stem", "", "sections.bother.stem", "no words", "all rows of the grid share"),
    ("sections", "sections.body.title", "", "sections.body", "no words", "a title or a stem"),
    ("sections", "sections.soul", {"title": "Soul"}, "sections.soul", '"soul"', "has: body, mind"),
    ("information", "items.welcome", "", "items.welcome", "no words", "the question"),
]


def _changed(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = deepcopy(content)
    *way, last = path.split(".")
    part: Any = changed
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[int(last) if isinstance(part, list) else last] = value
    return changed


def _one(found: list[DefinitionFault], place: str, begins: str, allowed: str) -> None:
    (fault,) = found
    assert fault.place == place
    assert fault.found.startswith(begins)
    assert allowed in fault.allowed


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_the_instruments_for_tests_have_no_fault(behaviour: str) -> None:
    judged = instrument(behaviour)
    assert list(instrument_faults(judged)) == []
    for language in LANGUAGES:
        words = wording(behaviour, language)
        assert [*wording_faults(words), *wording_and_instrument_faults(words, judged)] == []


@pytest.mark.parametrize(("behaviour", "path", "value", "place", "begins", "allowed"), INSTRUMENTS)
def test_a_fault_in_an_instrument(
    behaviour: str, path: str, value: object, place: str, begins: str, allowed: str
) -> None:
    content = _changed(definition.as_dict(instrument(behaviour)), path, value)
    _one(list(instrument_faults(definition.instrument(content))), place, begins, allowed)


@pytest.mark.parametrize(("behaviour", "path", "value", "place", "begins", "allowed"), WORDINGS)
def test_a_fault_in_a_wording(
    behaviour: str, path: str, value: object, place: str, begins: str, allowed: str
) -> None:
    words = definition.wording(_changed(definition.as_dict(wording(behaviour, "en")), path, value))
    found = [*wording_faults(words), *wording_and_instrument_faults(words, instrument(behaviour))]
    _one(found, place, begins, allowed)


def test_rows_of_a_grid_share_one_set_of_choices() -> None:
    content = definition.as_dict(instrument("grid"))
    content["choices"]["yes_no"] = [0, 1]
    content["items"][1]["choices"] = "yes_no"
    _one(
        list(instrument_faults(definition.instrument(content))),
        "sections[0].items",
        "how_often, yes_no",
        "share",
    )


def test_a_field_that_a_later_version_adds_makes_no_other_instrument() -> None:
    plain = definition.as_dict(instrument("single"))
    for item in plain["items"]:
        for name in set(item) - {"code", "type", "choices"}:
            del item[name]
    del plain["sections"]
    assert definition.canonical(definition.instrument(plain)) == definition.canonical(instrument("single"))
