"""Every language's catalogue holds exactly what the interface says, whole, and with its places kept."""

import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from analysis.reports.language import languages as of_reports
from app import i18n
from app.i18n.catalogues import PLACES, TAGS, Domain, completeness, forms

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(
    path.parent.parent.name for path in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")
)


DOMAINS: dict[Domain, list[str]] = {
    "messages": ["--mapping-file", "pyproject.toml", "."],
    "analysis": ["analysis"],
}


def catalogue(language: str, domain: Domain) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module", params=DOMAINS)
def domain(request: pytest.FixtureRequest) -> Domain:
    found: Domain = request.param
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, domain: Domain) -> Catalog:
    extracted = tmp_path_factory.mktemp("messages") / f"{domain}.pot"
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    reading = ["--keywords", "lazy_gettext", "--output-file", str(extracted), *DOMAINS[domain]]
    subprocess.run([*babel, "extract", *reading], cwd=ROOT, check=True)
    with extracted.open("rb") as file:
        return read_po(file)


def messages(found: Catalog) -> dict[tuple[str | None, str], Message]:
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0]): message
        for message in found
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_what_is_said(language: str, template: Catalog, domain: Domain) -> None:
    there = catalogue(language, domain)
    assert messages(there).keys() == messages(template).keys(), "run: make catalogues"
    assert not there.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_to_do(language: str, domain: Domain) -> None:
    assert completeness(domain=domain)[language.replace("_", "-")].unfinished == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str, domain: Domain) -> None:
    assert catalogue(language, domain).plural_forms == Catalog(locale=language).plural_forms


def own_words(source: str) -> str:
    return PLACES.sub("", TAGS.sub("", source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_not_the_english(language: str, domain: Domain) -> None:
    same = [
        source
        for (_, source), message in messages(catalogue(language, domain)).items()
        if forms(message)[0] == source
        and sum(letter in string.ascii_letters for letter in own_words(source)) > 12
    ]
    assert same == []


def test_every_catalogue_is_compiled_and_offered() -> None:
    every = {"en"} | {language.replace("_", "-") for language in LANGUAGES}
    assert set(i18n.languages()) == every
    assert set(of_reports()) == every
