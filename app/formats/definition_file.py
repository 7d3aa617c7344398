"""One TOML or JSON file of a study folder: read safely, each fault with its line or place."""

import json
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Never

from app.errors import Fault

LARGEST_FILE = 1_000_000
"""In bytes: the longest questionnaires in the widest scripts take a tenth of it."""

_LINE = re.compile(r" \(at (line \d+)(, column \d+)?\)$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Unreadable(Exception):  # noqa: N818 - it carries the faults of a file, it is no error of the program
    """What keeps a file from being read at all."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def read(root: Path, file: str) -> dict[str, Any]:
    """Return what a file holds; Unreadable where it is missing, no plain file of the folder, or broken."""
    text = _text(root, file)
    try:
        content = tomllib.loads(text) if file.endswith(".toml") else _json(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        found = _LINE.sub("", str(error)).removesuffix(" (at end of document)")
        raise Unreadable(Fault(file, line[1] if line else "its end", found, "TOML 1.0")) from error
    except json.JSONDecodeError as error:
        raise Unreadable(Fault(file, f"line {error.lineno}", error.msg, "JSON")) from error
    except _BadJsonError as error:
        raise Unreadable(Fault(file, "the file", error.found, error.allowed)) from error
    except RecursionError as error:
        raise Unreadable(Fault(file, "the file", "values nested without end", "a definition")) from error
    if not isinstance(content, dict):
        found = f"a JSON {type(content).__name__}"
        raise Unreadable(Fault(file, "the file", found, "an object: { ... }"))
    faults = [
        Fault(file, place, "a sign that cannot be printed", "letters, spaces and line breaks")
        for place in _unprintable(content, "")
    ]
    if faults:
        raise Unreadable(*faults)
    return content


def _text(root: Path, file: str) -> str:
    path = root / file
    try:
        real = path.resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead round in a circle
        raise Unreadable(Fault(file, "the file", "nothing", "a file that can be opened")) from error
    if not real.is_relative_to(root.resolve()):
        raise Unreadable(Fault(file, "the file", "a link that leads out of the folder", "a file inside it"))
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(Fault(file, "the file", "something else than a file", "a file"))
    if status.st_size > LARGEST_FILE:
        raise Unreadable(Fault(file, "the file", f"{status.st_size} bytes", f"at most {LARGEST_FILE}"))
    raw = real.read_bytes()
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{raw[error.start]:02x}"
        raise Unreadable(Fault(file, f"line {line}", found, "text in UTF-8")) from error


class _BadJsonError(Exception):
    """What Python's json would take, and a definition must not hold."""

    def __init__(self, found: str, allowed: str) -> None:
        super().__init__(found)
        self.found, self.allowed = found, allowed


def _json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_no_number)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # json keeps the last of two: half of a translation would be lost without a word.
    content: dict[str, Any] = {}
    for name, value in pairs:
        if name in content:
            raise _BadJsonError(f'the name "{name}" twice in one object', "each name once")
        content[name] = value
    return content


def _no_number(constant: str) -> Never:
    raise _BadJsonError(constant, "numbers")


def _unprintable(content: object, place: str) -> Iterator[str]:
    if isinstance(content, str) and _UNPRINTABLE.search(content):
        yield place
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _unprintable(str(name), place or "a name")
            yield from _unprintable(value, f"{place}.{name}" if place else str(name))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _unprintable(value, f"{place}[{number}]")
