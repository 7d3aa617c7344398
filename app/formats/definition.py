"""Studies, instruments and wordings as plain data, both ways: files and columns <-> frozen domain values."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from app.domain.instrument import Instrument, Wording
from app.domain.study import Study

Definition = TypeVar("Definition", Study, Instrument, Wording)

_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Study, Instrument, Wording)}


def study(content: Mapping[str, Any]) -> Study:
    """Return the study that plain data describes; pydantic's ValidationError lists all that does not fit."""
    return read(Study, content)


def instrument(content: Mapping[str, Any]) -> Instrument:
    """Return the instrument that plain data describes."""
    return read(Instrument, content)


def wording(content: Mapping[str, Any]) -> Wording:
    """Return the wording that plain data describes."""
    return read(Wording, content)


def read(kind: type[Definition], content: Mapping[str, Any]) -> Definition:
    """Return a value of one kind. Reading passes through JSON, where strictness takes a list for a tuple."""
    adapter: TypeAdapter[Definition] = _ADAPTERS[kind]
    return adapter.validate_json(json.dumps(content, default=str))


def as_dict(value: Study | Instrument | Wording) -> dict[str, Any]:
    """Return plain data, ready for JSON, from which the same value can be read again."""
    content: dict[str, Any] = _ADAPTERS[type(value)].dump_python(value, mode="json")
    return content


def canonical(value: Study | Instrument | Wording) -> str:
    """Return the one text that a value has, however its file was laid out: content hashes are made of it.

    What is left at its default is left out: a field that a later Hepatica adds makes no new version of a
    questionnaire that does not use it.
    """
    content = _ADAPTERS[type(value)].dump_python(value, mode="json", exclude_defaults=True)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
