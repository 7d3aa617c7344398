"""How many taps a questionnaire of twelve questions takes from the link to the receipt."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page

from app.formats import study_folder
from app.formats.study_folder import StudyFolder
from tests.browser.conftest import DEMO, Invite, inviting
from tests.fixtures.browser import NewPage
from tests.fixtures.phone import BIRTH_YEAR
from tests.fixtures.server import Serve

pytestmark = pytest.mark.browser

QUESTIONS = 12
NAME = "liver-wellbeing"


def _of_twelve() -> StudyFolder:
    """Return the demonstration study with the first twelve of its questions."""
    folder = study_folder.read(DEMO)
    whole = folder.instruments[NAME]
    items = whole.items[:QUESTIONS]
    codes = {item.code for item in items}
    scales = tuple(scale for scale in whole.scales if scale.items and codes.issuperset(scale.items))
    instrument = replace(whole, items=items, scales=scales)
    wordings = {
        key: replace(
            wording,
            items={code: text for code, text in wording.items.items() if code in codes},
            scales={},
        )
        if key[0] == NAME
        else wording
        for key, wording in folder.wordings.items()
    }
    study = replace(folder.study, alerts=())
    return StudyFolder(study=study, instruments={**folder.instruments, NAME: instrument}, wordings=wordings)


@pytest.fixture
def invite_to_twelve(sqlite_url: str, serve: Serve) -> Iterator[Invite]:
    yield from inviting(_of_twelve(), sqlite_url, serve)


class Thumb:
    """Taps, and counts them."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, place: Locator) -> None:
        self.taps += 1
        place.tap()


def _open(page: Page, link: str, thumb: Thumb) -> None:
    page.goto(link)
    page.locator("#birth_year").fill(BIRTH_YEAR)  # typing it is not counted
    thumb.tap(page.locator("button.main"))
    page.wait_for_url("**/today")
    thumb.tap(page.locator("a.main"))
    page.wait_for_url("**/survey/**")


def test_one_question_a_screen(invite_to_twelve: Invite, page: Page) -> None:
    thumb = Thumb()
    _open(page, invite_to_twelve("ar").link, thumb)
    thumb.tap(page.locator("#begin"))
    for _ in range(QUESTIONS):
        thumb.tap(page.locator(".question:not([hidden]) .choice").first)
        thumb.tap(page.locator("#next"))
    thumb.tap(page.locator("#finish button"))
    page.wait_for_url("**/receipt/*")
    assert thumb.taps == 28


def test_one_page_without_scripts(invite_to_twelve: Invite, new_page: NewPage) -> None:
    page, thumb = new_page(java_script_enabled=False), Thumb()
    _open(page, invite_to_twelve("ar").link, thumb)
    for question in page.locator(".question").all():
        thumb.tap(question.locator(".choice").first)
    thumb.tap(page.locator("#finish button"))
    page.wait_for_url("**/receipt/*")
    assert thumb.taps == 15
