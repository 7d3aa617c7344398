"""The files of translations: which languages have one, and what is still to be done in each.

Translators work on `translations/<language>/LC_MESSAGES/messages.po`. What is due is what stands in
`translations/messages.pot`; a language is offered only where every message of it is done. Beside it stands
`analysis.po`, with the words in tables and figures of reports: nobody who answers waits for those.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"
CATALOGUES = Path(__file__).resolve().parents[2] / "translations"
Domain = Literal["messages", "analysis"]
Reason = Literal[
    "missing", "not translated", "to be read over", "not every plural form", "a place or a tag was changed"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAGS = re.compile(r"</?\w+[^>]*>")


@dataclass(frozen=True)
class Unfinished:
    """A message, in English, and what is still to be done about it."""

    message: str
    reason: Reason


@dataclass(frozen=True)
class Completeness:
    """How much of the interface a language has; `compiled` says whether the pages can speak it."""

    language: str
    messages: int
    unfinished: tuple[Unfinished, ...]
    compiled: bool

    @property
    def done(self) -> int:
        """Return how many messages are done."""
        return self.messages - len(self.unfinished)

    @property
    def complete(self) -> bool:
        """Return whether participants may be offered the language."""
        return self.compiled and not self.unfinished


@cache
def completeness(folder: Path = CATALOGUES, domain: Domain = "messages") -> Mapping[str, Completeness]:
    """Return where each language stands, English first; read once, in about 5 ms a language."""
    due = _catalogue(folder / f"{domain}.pot")
    files = sorted(folder.glob(f"*/LC_MESSAGES/{domain}.po"))
    found = {tag: _of_language(tag, path, due) for path in files if (tag := tag_of(path)) != SOURCE_LANGUAGE}
    return {SOURCE_LANGUAGE: Completeness(SOURCE_LANGUAGE, len(_messages(due)), (), compiled=True)} | found


def nothing_done(language: str) -> Completeness:
    """Return where a language stands that nobody has begun to translate."""
    due = completeness()[SOURCE_LANGUAGE].messages
    return Completeness(language, due, (Unfinished("", "missing"),) * due, compiled=False)


def tag_of(path: Path) -> str:
    """Return the language tag of a catalogue by its folder: `zh-Hans` for `zh_Hans`."""
    return path.parent.parent.name.replace("_", "-")


def kept(message: Message, text: str) -> bool:
    """Return whether a translation has the places and tags of its message, no more and no less."""
    if isinstance(message.id, str):
        return _keeps(message.id, text, spare=set())
    # A plural form may leave its number out, as Arabic does for one and two.
    return any(_keeps(source, text, spare={"%(num)s"}) for source in message.id)


def forms(message: Message) -> list[str]:
    """Return what a message is translated to: one text, or one for each plural form."""
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]


def _keeps(source: str, text: str, *, spare: set[str]) -> bool:
    wanted, there = set(PLACES.findall(source)), set(PLACES.findall(text))
    return wanted - spare <= there <= wanted and sorted(TAGS.findall(source)) == sorted(TAGS.findall(text))


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _of_language(tag: str, path: Path, due: Catalog) -> Completeness:
    there = _catalogue(path)
    unfinished = tuple(_unfinished(due, there))
    return Completeness(tag, len(_messages(due)), unfinished, path.with_suffix(".mo").exists())


def _unfinished(due: Catalog, there: Catalog) -> Iterator[Unfinished]:
    for message in _messages(due):
        source = message.id if isinstance(message.id, str) else message.id[0]
        said = there.get(message.id, message.context)
        reason: Reason | None = "missing" if said is None else _reason(message, said, there.num_plurals)
        if reason:
            yield Unfinished(source, reason)


def _reason(message: Message, said: Message, plurals: int) -> Reason | None:
    texts = forms(said)
    if not any(texts):
        return "not translated"
    if said.fuzzy:
        return "to be read over"
    if len(texts) != (plurals if message.pluralizable else 1) or not all(texts):
        return "not every plural form"
    if not all(kept(message, text) for text in texts):
        return "a place or a tag was changed"
    return None
