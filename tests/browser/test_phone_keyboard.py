"""From the link to the receipt with the keyboard alone, and where one is can always be seen."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ITEMS, Invite
from tests.browser.walk import NARROW
from tests.fixtures.browser import NewPage
from tests.fixtures.phone import BIRTH_YEAR

pytestmark = pytest.mark.browser

MOST_TABS = 40

# What has the focus, and how well the ring around it stands out; a choice wears it for its radio.
FOCUSED = """
() => {
  const focused = document.activeElement;
  const ring = focused.closest(".choice") || focused;
  const style = getComputedStyle(ring);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = ring.parentElement;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  const both = [light(style.outlineColor), light(getComputedStyle(behind).backgroundColor)];
  const box = ring.getBoundingClientRect();
  return {
    name: ring.outerHTML.slice(0, 80),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    contrast: (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}
"""


def _seen(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(FOCUSED)
    assert found["ring"] >= 2, found
    assert found["contrast"] >= 3, found
    assert found["inside"], found
    return found


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; whatever has it on the way shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        _seen(page)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached by Tab")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_from_the_link_to_the_receipt(invite: Invite, new_page: NewPage, look: str) -> None:
    page = new_page(viewport={"width": NARROW, "height": 640}, color_scheme=look)
    page.goto(invite("en").link)
    _tab_to(page, "#birth_year")
    page.keyboard.type(BIRTH_YEAR)
    _tab_to(page, "button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    _tab_to(page, "a.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/**")
    _tab_to(page, "#begin")
    page.keyboard.press("Space")
    for number in range(ITEMS):
        question = page.locator(".question:visible")
        expect(question.locator("h2")).to_be_focused()
        _tab_to(page, "input[type=radio]")
        page.keyboard.press("Space")
        for _ in range(number % 4):
            page.keyboard.press("ArrowDown")
            _seen(page)
        expect(question.locator("input").nth(number % 4)).to_be_checked()
        _tab_to(page, "#next")
        page.keyboard.press("Enter")
    expect(page.locator("#answers li")).to_have_count(ITEMS)
    _tab_to(page, "#change-0")
    page.keyboard.press("Enter")
    _tab_to(page, "input:checked")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "#next")
    page.keyboard.press("Enter")
    expect(page.locator("#answers li strong").first).to_have_text("Rarely")
    _tab_to(page, "#finish button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/*")


def test_faults_and_languages_and_the_size_of_the_text(invite: Invite, new_page: NewPage) -> None:
    page = new_page(viewport={"width": NARROW, "height": 640})
    invite("en").come_in(page)
    page.goto(page.url.replace("/today", "/report/transplant"))
    _tab_to(page, "form .main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    _tab_to(page, ".faults a")
    page.keyboard.press("Enter")
    expect(page.locator("#started-day, #started-month, #started-year").first).to_be_focused()
    _tab_to(page, "[value='size:large']")
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_class("large")
    page.goto(page.url.replace("/report/transplant", "/today"))
    _tab_to(page, "summary")
    page.keyboard.press("Enter")
    _tab_to(page, "[lang=ar]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
