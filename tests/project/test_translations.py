"""Every language's catalogue holds exactly what the interface says, whole, and with its places kept."""

import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app import i18n
from app.i18n.catalogues import PLACES, TAGS, completeness, forms

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(
    path.parent.parent.name for path in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")
)


def catalogue(language: str) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    extracted = tmp_path_factory.mktemp("messages") / "messages.pot"
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    reading = ["--keywords", "lazy_gettext", "--mapping-file", "pyproject.toml"]
    subprocess.run([*babel, "extract", *reading, "--output-file", str(extracted), "."], cwd=ROOT, check=True)
    with extracted.open("rb") as file:
        return read_po(file)


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
def test_nothing_is_left_to_do(language: str) -> None:
    assert completeness()[language.replace("_", "-")].unfinished == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    assert catalogue(language).plural_forms == Catalog(locale=language).plural_forms


def own_words(source: str) -> str:
    return PLACES.sub("", TAGS.sub("", source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_not_the_english(language: str) -> None:
    same = [
        source
        for (_, source), message in messages(catalogue(language)).items()
        if forms(message)[0] == source
        and sum(letter in string.ascii_letters for letter in own_words(source)) > 12
    ]
    assert same == []


def test_every_catalogue_is_compiled_and_offered() -> None:
    assert set(i18n.languages()) == {"en"} | {language.replace("_", "-") for language in LANGUAGES}
