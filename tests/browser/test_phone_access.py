"""Every page of a participant can be used: axe, targets, reflow, large text, both directions, both lights."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invitation, Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET = 48
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "large text": {"viewport": {"width": 360, "height": 740}},
}

TARGETS = """
(smallest) => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), label:has(input)")]
  .filter((each) => each.checkVisibility() && !(each.matches("input") && each.closest("label")))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < smallest || box.width < smallest)
  .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)
"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _pages(invitation: Invitation, page: Page) -> Iterator[str]:
    """Go through every page and state, and give the name of each."""
    page.goto(invitation.link)
    yield "the link"
    page.locator("#birth_year").fill("1900")
    page.locator("button.main").click()
    yield "the wrong year of birth"
    page.goto(f"{invitation.server}/p/invented")
    page.locator("#birth_year").fill("1900")
    page.locator("button.main").click()
    yield "no way in"
    page.locator("form button.main").click()
    page.wait_for_url("**/asked*")
    yield "a new link was asked for"
    page.goto(f"{invitation.server}/code")
    yield "the code"
    page.locator("#code").fill("ABCD-2345")
    page.locator("button.main").click()
    yield "a wrong code"
    invitation.come_in(page)
    page.locator("summary").click()
    yield "today, with the languages open"
    page.goto(f"{invitation.server}/preferences")
    yield "the preferences"
    page.locator("#pause-year").fill("2020")
    page.locator("button[value=save]").click()
    yield "the preferences with a fault"
    page.locator("button[value=stop]").click()
    page.wait_for_url("**/preferences?saved")
    yield "the reminders stopped"
    page.goto(f"{invitation.server}/report/hospital-stay")
    yield "a hospital stay"
    page.locator("form button.main").click()
    yield "a hospital stay with faults"
    page.goto(f"{invitation.server}/report/transplant")
    page.locator("#started-year").fill("2024")
    page.locator("form button.main").click()
    page.wait_for_url("**/reported/*")
    yield "a report that arrived"
    page.goto(f"{invitation.server}/nowhere")
    yield "a refusal"
    page.goto(f"{invitation.server}/today")
    page.locator("a.main").click()
    yield "the start"
    page.locator("#begin").click()
    page.locator(".question:not([hidden]) .choice").first.click()
    expect(page.locator("#status")).not_to_be_empty()
    yield "a question"
    page.goto(page.url.split("#")[0] + "#review")
    page.reload()
    yield "the answers"
    page.locator("#finish button").click()
    page.wait_for_url("**/receipt/*")
    yield "the receipt"
    page.goto(f"{invitation.server}/today")
    page.locator("form[action='/leave'] button").click()
    yield "left"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_can_be_used(invite: Invite, new_page: NewPage, language: str, look: str) -> None:
    page = new_page(**LOOKS[look])
    if look == "large text":
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '200%')"
        )
    faults = []
    for name in _pages(invite(language), page):
        found = Axe().run(page, options=RULES)
        faults += [
            f"{name}: {each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]
        ]
        faults += [f"{name}: small target {each}" for each in page.evaluate(TARGETS, SMALLEST_TARGET)]
        too_wide = page.evaluate(TOO_WIDE)
        if too_wide > 0:
            faults.append(f"{name}: {too_wide} px too wide")
    assert not faults, "\n".join(faults)


def test_a_page_without_scripts_can_be_used(invite: Invite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
    invite("ar").open_survey(page)
    assert page.evaluate(TARGETS, SMALLEST_TARGET) == []
    assert page.evaluate(TOO_WIDE) == 0


def test_the_first_questionnaire_page_is_light(invite: Invite, new_page: NewPage) -> None:
    invitation = invite("hi")
    first = new_page()
    invitation.come_in(first)
    survey = first.locator("a.main").get_attribute("href")
    page = new_page(storage_state=first.context.storage_state())
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    weights: list[float] = []
    network.on("Network.loadingFinished", lambda loaded: weights.append(loaded["encodedDataLength"]))
    page.goto(f"{invitation.server}{survey}")
    page.locator("#begin").wait_for()
    page.wait_for_load_state("networkidle")
    assert 1 <= len(weights) <= 3
    assert sum(weights) <= 14 * 1024
