"""What is wrong with one item of a questionnaire: with its code, its type's own fields, its conditions."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

from app.domain.codes import DefinitionFault, code_faults, is_code, listed, quoted
from app.domain.condition_faults import condition_faults
from app.domain.date_limits import EARLIEST_YEAR, TODAY, is_limit
from app.domain.instrument import FIELDS, Instrument, Item

FORM_FIELDS = ("do", "submission_id", "language", "gaps", "clock", "participant", "phone", "respondent")
"""What the page of questions sends beside its answers: no item can be called so."""
MOST_DECIMALS = 6
LONGEST_TEXT = 2000
LONGEST_TEST = 600
_OF_EVERY_TYPE = ("code", "type", "when")


def item_faults(instrument: Instrument, number: int) -> Iterator[DefinitionFault]:
    """Find what is wrong with the item of that number."""
    item, place = instrument.items[number], f"items[{number}]"
    if item.code in FORM_FIELDS:
        allowed = f"any code but {listed(FORM_FIELDS)}, which the page itself sends"
        yield DefinitionFault(f"{place}.code", quoted(item.code), allowed)
    yield from _foreign_fields(place, item)
    if "choices" in FIELDS[item.type] and item.choices not in instrument.choices:
        allowed = f"a set of choices: {listed(instrument.choices)}"
        yield DefinitionFault(f"{place}.choices", quoted(item.choices), allowed, frozenset({"choices"}))
    if not set(item.alone) <= set(instrument.choices.get(item.choices, item.alone)):
        allowed = f"values of its choices: {listed(instrument.choices[item.choices])}"
        yield DefinitionFault(f"{place}.alone", listed(item.alone), allowed)
    if item.type == "number":
        yield from _number_faults(place, item)
    if item.type == "date":
        yield from _date_faults(place, item)
    if not 1 <= item.longest <= LONGEST_TEXT:
        yield DefinitionFault(f"{place}.longest", str(item.longest), f"1 to {LONGEST_TEXT} characters")
    if item.type == "animal-naming":
        yield from _naming_faults(instrument, place, item)
    yield from condition_faults(f"{place}.when", item.when, instrument, instrument.items[:number])


def _foreign_fields(place: str, item: Item) -> Iterator[DefinitionFault]:
    own = (*_OF_EVERY_TYPE, *FIELDS[item.type])
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name not in own and value != field.default:
            types = listed(kind for kind, names in FIELDS.items() if field.name in names)
            allowed = f"nothing: only these types have it: {types}"
            yield DefinitionFault(f"{place}.{field.name}", f"a field of {quoted(item.type)}", allowed)


def _number_faults(place: str, item: Item) -> Iterator[DefinitionFault]:
    if item.lowest is None or item.highest is None:
        allowed = "lowest and highest: the range of what can be true, so that a slip of the finger is seen"
        yield DefinitionFault(place, "a number without its range", allowed)
    elif not item.lowest < item.highest:
        found = f"lowest and highest {item.lowest:g} and {item.highest:g}"
        yield DefinitionFault(place, found, "a lowest below the highest")
    if not 0 <= item.decimals <= MOST_DECIMALS:
        yield DefinitionFault(f"{place}.decimals", str(item.decimals), f"0 to {MOST_DECIMALS}")
    if item.unit and not is_code(item.unit):
        allowed = "a name for the unit, a code; its words stand in each wording's `units`"
        yield DefinitionFault(f"{place}.unit", quoted(item.unit), allowed)


def _date_faults(place: str, item: Item) -> Iterator[DefinitionFault]:
    ends = (("earliest", item.earliest), ("latest", item.latest))
    wrong = [(end, limit) for end, limit in ends if limit and not is_limit(limit)]
    for end, limit in wrong:
        allowed = f'a day from {EARLIEST_YEAR} on as 2026-03-05, or "{TODAY}", the day of the answer'
        yield DefinitionFault(f"{place}.{end}", quoted(limit), allowed)
    # Which of a day and "today" comes first depends on when it is answered: those two are not compared.
    if wrong or "" in (item.earliest, item.latest) or (item.earliest == TODAY) != (item.latest == TODAY):
        return
    if item.earliest >= item.latest:
        found = f"earliest and latest {item.earliest} and {item.latest}"
        yield DefinitionFault(place, found, "an earliest day before the latest")


def _naming_faults(instrument: Instrument, place: str, item: Item) -> Iterator[DefinitionFault]:
    if not 1 <= item.seconds <= LONGEST_TEST:
        yield DefinitionFault(f"{place}.seconds", str(item.seconds), f"1 to {LONGEST_TEST} seconds")
    if not all(0 < some < enough for some, enough in pairwise(item.cut_offs)):
        allowed = "two counts above 0: below the first is grade 2 or worse, from the second on normal"
        yield DefinitionFault(f"{place}.cut_offs", listed(item.cut_offs), allowed)
    yield from code_faults(f"{place}.adjustments", [each.code for each in item.adjustments])
    for number, adjustment in enumerate(item.adjustments):
        where = f"{place}.adjustments[{number}]"
        if not adjustment.when:
            yield DefinitionFault(f"{where}.when", "none", "the conditions on which points are added")
        # Age and schooling may be asked after the test as well as before it.
        yield from condition_faults(
            f"{where}.when", adjustment.when, instrument, instrument.items, named="an item that is answered"
        )
