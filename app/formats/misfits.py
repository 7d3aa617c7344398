"""What in a definition does not fit its type, in words, and the rest of it, which can still be judged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from types import NoneType
from typing import Any, Generic, get_args, get_type_hints

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.codes import DefinitionFault, listed
from app.domain.instrument import Instrument, Wording
from app.domain.study import Study
from app.errors import Fault
from app.formats import definition
from app.formats.definition import Definition

Place = tuple[int | str, ...]

# What stands for a part that cannot be read while the rest is judged; of such a part itself nothing is said.
_NOTHING: Mapping[type, Mapping[str, Any]] = {
    Study: {
        "code": "unread",
        "title": {},
        "blinding": "none",
        "languages": [],
        "consent_versions": [],
        "link_days": 1,
        "session_days": 1,
        "arms": [],
        "sites": [],
    },
    Instrument: {"name": "unread", "recall_days": 1, "choices": {}, "items": [], "scales": []},
    Wording: {
        "language": "en",
        "title": "unread",
        "introduction": "unread",
        "recall": "unread",
        "items": {},
        "choices": {},
        "licence": "unread",
        "source": "unread",
        "validation": "not validated",
        "notice": "unread",
    },
}

_ALLOWED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "condition_value": "a number or text in quotes",
    "tuple_type": "a list: [ ... ]",
    "mapping_type": "names with values",
    "dict_type": "names with values",
    "dataclass_type": "names with values",
}


@dataclass(frozen=True)
class Judged(Generic[Definition]):
    """A definition as far as it could be read.

    `incomplete` names the parts of which something was left out, `positions` the original position of each
    element that is left in a list.
    """

    value: Definition
    incomplete: frozenset[str]
    positions: Mapping[str, Sequence[int]]

    def faults(
        self, file: str, found: Sequence[DefinitionFault], *, elsewhere: frozenset[str] = frozenset()
    ) -> list[Fault]:
        """Return the faults that rest on nothing left out, here or elsewhere, at their original places."""
        unsure = self.incomplete | elsewhere
        return [
            Fault(file, self._place(fault.place), fault.found, fault.allowed)
            for fault in found
            if fault.place not in self.incomplete and not fault.rests_on & unsure
        ]

    def _place(self, place: str) -> str:
        part, bracket, rest = place.partition("[")
        if part not in self.positions or not bracket:
            return place
        number, _, after = rest.partition("]")
        return f"{part}[{self.positions[part][int(number)]}]{after}"


def judged(
    kind: type[Definition], content: Mapping[str, Any], file: str, faults: list[Fault]
) -> Judged[Definition]:
    """Read a definition; what does not fit is added to `faults`, what does is returned, to be judged too."""
    try:
        return Judged(definition.read(kind, content), frozenset(), {})
    except ValidationError as error:
        details = _each_once(error.errors(include_url=False))
    faults += [_fault(kind, file, each) for each in details]
    places = [each["loc"] for each in details]
    rest, positions = _without(kind, content, places)
    return Judged(
        definition.read(kind, rest), frozenset(str(place[0]) for place in places if place), positions
    )


def _each_once(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Make one fault of those about a condition's value: pydantic has one for each kind that it could be."""
    found: dict[Place, ErrorDetails] = {}
    for each in details:
        place = each["loc"]
        if place[-2:-1] == ("value",) and place[-1] in ("int", "float", "str"):
            each["loc"] = place[:-1]
            each["type"] = "condition_value"
        found.setdefault(each["loc"], each)
    return list(found.values())


def _without(
    kind: type[Definition], content: Mapping[str, Any], places: Sequence[Place]
) -> tuple[dict[str, Any], dict[str, list[int]]]:
    rest = {**_NOTHING[kind], **content}
    positions: dict[str, list[int]] = {}
    for part in {str(place[0]) for place in places}:
        value = content.get(part)
        bad = {place[1] for place in places if place[0] == part and len(place) > 1}
        whole = any(place == (part,) for place in places)
        if isinstance(value, list) and bad and not whole:
            positions[part] = [number for number in range(len(value)) if number not in bad]
            rest[part] = [value[number] for number in positions[part]]
        elif isinstance(value, dict) and bad and not whole:
            rest[part] = {name: each for name, each in value.items() if name not in bad}
        elif part in _NOTHING[kind]:
            rest[part] = _NOTHING[kind][part]
        else:
            rest.pop(part, None)
    return rest, positions


def _fault(kind: type, file: str, detail: ErrorDetails) -> Fault:
    place, found = _written(detail["loc"]), _shown(detail["input"])
    if detail["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return Fault(file, place, "nothing", "a value: this field is required")
    if detail["type"] == "unexpected_keyword_argument":
        return Fault(file, place, "a field that is not known", _known(kind, detail["loc"]))
    if detail["type"] == "literal_error":
        return Fault(file, place, found, str(detail["ctx"]["expected"]).replace("'", '"'))
    return Fault(file, place, found, _ALLOWED.get(detail["type"], detail["msg"]))


def _written(place: Place) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "the file"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _known(kind: type, place: Place) -> str:
    for part in place[:-1]:
        if NoneType in get_args(kind):  # what may be left out
            kind = get_args(kind)[0]
        inner = get_args(kind)  # of a list the one kind of its elements, of names with values the second
        kind = inner[1 if isinstance(part, str) else 0] if inner else get_type_hints(kind)[str(part)]
    if NoneType in get_args(kind):
        kind = get_args(kind)[0]
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    alike = get_close_matches(str(place[-1]), names, n=1)
    return f"{alike[0]} (perhaps meant), of {listed(names)}" if alike else listed(names)
