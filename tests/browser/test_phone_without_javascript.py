"""The same pages in a browser without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ITEMS, Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)


def _choose(page: Page, question: int, number: int) -> None:
    page.locator(".question").nth(question).locator(".choice").nth(number).click()


def test_the_whole_way(invite: Invite, plain: Page) -> None:
    invite("en").open_survey(plain)
    expect(plain.locator(".question:visible")).to_have_count(ITEMS)
    for question in range(ITEMS - 1):
        _choose(plain, question, question % 5)
    plain.get_by_role("button", name="Save and go on later").click()
    expect(plain.get_by_role("status")).to_contain_text("Your answers are saved.")
    plain.get_by_role("link", name="Go on").click()
    expect(plain.locator(".question :checked")).to_have_count(ITEMS - 1)
    plain.get_by_role("button", name="Send my answers").click()
    expect(plain.get_by_role("alert")).to_contain_text("Some questions have no answer yet")
    expect(plain.get_by_role("alert")).to_be_focused()
    plain.get_by_role("link", name="I forgot what I was about to do.").click()
    _choose(plain, ITEMS - 1, 2)
    plain.get_by_role("button", name="Send my answers").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers have arrived.")
    receipt = plain.url
    plain.go_back()
    plain.goto(plain.url)
    assert plain.url == receipt


def test_the_language_is_changed_in_the_middle(invite: Invite, plain: Page) -> None:
    invite("en").open_survey(plain)
    _choose(plain, 0, 1)
    plain.locator(".languages summary").click()
    plain.get_by_role("button", name="العربية").click()
    expect(plain.locator("html")).to_have_attribute("lang", "ar")
    expect(plain.locator(".question").first.locator("input").nth(1)).to_be_checked()


def test_the_enter_key_on_an_answer_saves_and_sends_nothing(invite: Invite, plain: Page) -> None:
    invite("en").open_survey(plain)
    for question in range(ITEMS):
        _choose(plain, question, 0)
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Your answers are saved.")


def test_a_report_keeps_what_was_typed_until_it_is_right(invite: Invite, plain: Page) -> None:
    invite("en").come_in(plain)
    plain.get_by_role("link", name="I was in hospital").click()
    started = plain.get_by_role("group", name="When did you go into hospital?")
    started.get_by_label("Day").fill("31")
    started.get_by_label("Month").fill("2")
    started.get_by_label("Year").fill("٢٠٢٥")
    plain.get_by_label("Yes, I am still there").check()
    plain.get_by_label("In which hospital?").fill("La Paz")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("alert")).to_be_focused()
    plain.get_by_role("link", name="This is no date.").click()
    expect(started.get_by_label("Day")).to_be_focused()
    expect(started.get_by_label("Year")).to_have_value("٢٠٢٥")
    expect(plain.get_by_label("In which hospital?")).to_have_value("La Paz")
    started.get_by_label("Day").fill("")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator("main")).to_contain_text("In hospital from: February 2025")
    expect(plain.locator("main")).to_contain_text("Nobody watches the answers live.")
