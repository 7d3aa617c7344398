"""Every language's catalogue holds exactly what the interface says, whole, and with its places kept."""

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app import i18n

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(
    path.parent.parent.name for path in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")
)
PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAGS = re.compile(r"</?\w+[^>]*>")


def catalogue(language: str) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    extracted = tmp_path_factory.mktemp("messages") / "messages.pot"
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    reading = ["--keywords", "lazy_gettext", "--mapping-file", "pyproject.toml"]
    subprocess.run([*babel, "extract", *reading, "--output-file", str(extracted), "."], cwd=ROOT, check=True)
    with extracted.open("rb") as file:
        return read_po(file)


def said(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]


def messages(found: Catalog) -> dict[tuple[str | None, str], Message]:
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0]): message
        for message in found
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_what_the_interface_says(language: str, template: Catalog) -> None:
    assert messages(catalogue(language)).keys() == messages(template).keys(), "run: make catalogues"
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_guessed(language: str) -> None:
    found = catalogue(language)
    unfinished = [message.id for message in found if message.id and (message.fuzzy or not all(said(message)))]
    assert unfinished == []
    plurals = [message for message in found if isinstance(message.id, tuple)]
    assert plurals
    assert {len(said(message)) for message in plurals} == {found.num_plurals}


def keeps(source: str, text: str, plural: bool) -> bool:
    wanted, there = set(PLACES.findall(source)), set(PLACES.findall(text))
    # A plural form may leave its number out, as Arabic does for one and two.
    spare = {"%(num)s"} if plural else set()
    return wanted - spare <= there <= wanted and sorted(TAGS.findall(source)) == sorted(TAGS.findall(text))


def kept(message: Message, text: str) -> bool:
    if isinstance(message.id, str):
        return keeps(message.id, text, plural=False)
    return any(keeps(source, text, plural=True) for source in message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_and_tags_are_kept(language: str) -> None:
    found = [message for message in catalogue(language) if message.id]
    changed = [(message.id, text) for message in found for text in said(message) if not kept(message, text)]
    assert changed == []


def own_words(source: str) -> str:
    return PLACES.sub("", TAGS.sub("", source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_not_the_english(language: str) -> None:
    same = [
        source
        for (_, source), message in messages(catalogue(language)).items()
        if said(message)[0] == source
        and sum(letter in string.ascii_letters for letter in own_words(source)) > 12
    ]
    assert same == []


def test_every_catalogue_is_compiled_and_offered() -> None:
    assert set(i18n.languages()) == {"en"} | {language.replace("_", "-") for language in LANGUAGES}
