"""The page that says what is complete in each language, and what staff may choose."""

from dataclasses import replace

import pytest

from app import database
from app.operations.studies import load_study
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.study import COMMAND, FOLDER, MORNING, WORDINGS, TinyStudy


@pytest.fixture
def half(tiny: TinyStudy) -> TinyStudy:
    """The tiny study without the Arabic words of its questionnaire."""
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, wordings={("itch", "en"): WORDINGS["itch", "en"]})
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    return tiny


def rows(browser: StaffBrowser) -> dict[str, list[str]]:
    """Return the page's table by language."""
    page = browser.get("/languages")
    return {
        text(row.find("./th")): [text(cell) for cell in row.iter("td")]
        for row in page.iter("tr")
        if row.find("./td") is not None
    }


def test_it_says_what_is_complete(administrator: StaffBrowser) -> None:
    found = rows(administrator)
    assert list(found) == ["English", "العربية"]
    offered, interface, itch = found["العربية"]
    assert (offered, itch) == ("Always", "complete")
    done, total = interface.split(" of ")
    assert done == total


def test_it_says_what_is_missing(half: TinyStudy, coordinator: StaffBrowser) -> None:
    offered, _, itch = rows(coordinator)["العربية"]
    assert (offered, itch) == ("When all that is due is complete", "missing")
    assert rows(coordinator)["English"][0] == "Always"


def test_every_page_of_those_who_enrol_leads_to_it(new_staff: NewStaff, coordinator: StaffBrowser) -> None:
    def leads(browser: StaffBrowser, address: str) -> bool:
        return any(link.get("href") == "/staff/languages" for link in browser.get(address).iter("a"))

    assert leads(coordinator, "/")
    assert not leads(new_staff("statistician"), "/reports")


def options(browser: StaffBrowser, address: str) -> set[str]:
    """Return the languages that a form offers."""
    page = browser.get(address)
    values = [each.attrib["value"] for each in page.iter("option")]
    values += [each.attrib["value"] for each in page.iter("input") if each.get("name") == "language"]
    return {value for value in values if value}


def test_staff_can_choose_only_what_participants_can_read(tiny: TinyStudy, coordinator: StaffBrowser) -> None:
    tiny.enrol("M-1")
    assert options(coordinator, "/participants/new") == {"en", "ar"}
    assert options(coordinator, "/participants/M-1/language") == {"en", "ar"}


def test_a_language_without_the_words_that_are_due_is_not_among_them(
    half: TinyStudy, coordinator: StaffBrowser
) -> None:
    half.enrol("M-1")
    assert options(coordinator, "/participants/new") == {"en"}
    assert options(coordinator, "/participants/M-1/language") == {"en"}
