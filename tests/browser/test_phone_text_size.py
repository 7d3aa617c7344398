"""The size of the text: changed by the participant, at once, also without a connection or without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.web.static_files import FOLDER as STATIC
from tests.browser.conftest import Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser


def _letters(page: Page, of: str = "body") -> float:
    return float(page.locator(of).evaluate("each => parseFloat(getComputedStyle(each).fontSize)"))


def _choose(page: Page, size: str) -> None:
    page.get_by_role("form", name="Text size").get_by_role("button", name=size, exact=True).click()


def test_it_changes_at_once_and_stays(invite: Invite, page: Page) -> None:
    invite("en").come_in(page)
    before, heading = _letters(page), _letters(page, "h1")
    _choose(page, "Very large")
    assert _letters(page) == pytest.approx(before * 1.45)
    assert _letters(page, "h1") == pytest.approx(heading * 1.45)
    expect(page.get_by_role("button", name="Very large")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert _letters(page) == pytest.approx(before * 1.45)
    page.locator("a.main").click()
    page.wait_for_url("**/survey/**")
    assert _letters(page) == pytest.approx(before * 1.45)
    _choose(page, "Normal")
    assert _letters(page) == before


def test_it_needs_no_connection(invite: Invite, page: Page) -> None:
    invite("en").open_survey(page)
    page.locator("#begin").click()
    before, question = _letters(page), page.url
    page.context.set_offline(True)
    _choose(page, "Large")
    assert _letters(page) == pytest.approx(before * 1.2)
    assert page.url == question
    page.context.set_offline(False)
    page.reload()
    assert _letters(page) == pytest.approx(before * 1.2)


def test_a_page_kept_on_the_phone_has_the_size_chosen_since(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept = page.content()
    _choose(page, "Large")
    # what a worker would bring without a connection: the page as it was before
    page.route("**/today", lambda route: route.fulfill(body=kept, content_type="text/html"))
    page.reload()
    expect(page.locator("html")).to_have_class("large")


def test_without_scripts_nothing_that_was_typed_is_lost(invite: Invite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    invitation = invite("en")
    invitation.open_survey(page)
    page.locator(".question").first.locator(".choice").nth(2).click()
    _choose(page, "Very large")
    expect(page.locator("html")).to_have_class("larger")
    expect(page.locator(".question").first.locator("input").nth(2)).to_be_checked()
    page.goto(f"{invitation.server}/report/transplant")
    page.locator("#place").fill("La Paz")
    _choose(page, "Large")
    expect(page.locator("#place")).to_have_value("La Paz")
    page.goto(f"{invitation.server}/today")
    expect(page.locator("html")).to_have_class("large")


def test_it_multiplies_with_the_text_of_the_browser() -> None:
    # Chromium takes no other size of text from a test: what makes it work is that no size here is in pixels.
    for sheet in ("phone.css", "history.css"):
        sizes = re.findall(r"font(?:-size)?:([^;]+);", (STATIC / sheet).read_text())
        assert sizes
        assert not [size for size in sizes if "px" in size]


def test_nothing_moves_for_those_who_ask_for_that(invite: Invite, new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    invite("en").open_survey(page)
    page.locator("#begin").click()
    moving = page.evaluate("""() => [...document.querySelectorAll("*")]
      .filter((each) => getComputedStyle(each).animationName !== "none"
        || parseFloat(getComputedStyle(each).transitionDuration) > 0
        || getComputedStyle(each).scrollBehavior === "smooth").length""")
    assert moving == 0
