"""The main pages in every language: no word is cut, covered or pushed off the screen, also in large text.

Pictures of each language go to out/screenshots/, to be looked at.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app import i18n
from tests.browser.conftest import Invitation, Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
SHOWN = ("today", "a question", "the answers")
SCREENS = {"360 px": (360, "100%"), "320 px": (320, "100%"), "200 % text": (360, "200%")}

# What does not fit: a page wider than the screen, words that are wider or taller than their element or stand
# beyond the edge, and controls that cover each other.
MISFITS = """
() => {
  const found = [];
  const root = document.documentElement;
  const name = (each) => `<${each.tagName.toLowerCase()}> ${(each.innerText || each.id || "").slice(0, 40)}`;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  const seen = [...document.body.querySelectorAll("*")].filter((each) => each.checkVisibility());
  const ownWords = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  for (const each of seen.filter(ownWords)) {
    const box = each.getBoundingClientRect();
    if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`beyond the edge: ${name(each)}`);
    if (getComputedStyle(each).display === "inline") continue;
    if (each.scrollWidth > each.clientWidth + 1) found.push(`cut at the side: ${name(each)}`);
    const hides = getComputedStyle(each).overflowY !== "visible";
    if (hides && each.scrollHeight > each.clientHeight + 1) found.push(`cut below: ${name(each)}`);
  }
  for (const each of seen.filter((each) => each.matches("input, button, .button"))) {
    const [box, around] = [each, each.parentElement].map((one) => one.getBoundingClientRect());
    if (box.left < around.left - 1 || box.right > around.right + 1) {
      found.push(`wider than its place: ${name(each)}`);
    }
  }
  const controls = seen.filter((each) => each.matches("a, button, summary, .choice, input:not(label input)"));
  const boxes = controls.map((each) => [each, each.getBoundingClientRect()]);
  boxes.forEach(([one, a], number) => boxes.slice(number + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 1) found.push(`${name(one)} covers ${name(other)}`);
  }));
  return found;
}
"""


# Words that are broken in the middle, in languages that write spaces between them.
BROKEN = """
() => {
  const found = [];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (all.nextNode()) {
    const node = all.currentNode;
    if (!node.parentElement.checkVisibility()) continue;
    for (const word of node.data.matchAll(/[^\\s\u00ad\u2010\u2011-]+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.bottom)));
      if (lines.size > 1) found.push(`broken: ${word[0]}`);
    }
  }
  return found;
}
"""
WITHOUT_SPACES = ("ja", "zh-Hans")


def _pages(invitation: Invitation, page: Page) -> Iterator[str]:
    """Go through the main pages of one participant, and give the name of each."""
    page.goto(invitation.link)
    yield "the link"
    invitation.come_in(page)
    yield "today"
    page.goto(f"{invitation.server}/report/hospital-stay")
    page.locator("form button.main").click()
    page.locator(".faults").wait_for()
    yield "a report with faults"
    page.goto(f"{invitation.server}/nowhere")
    yield "a refusal"
    page.goto(f"{invitation.server}/today")
    page.locator("a.main").click()
    page.locator("#begin").wait_for()
    yield "the start"
    page.locator("#begin").click()
    page.locator(".question:not([hidden]) .choice").first.click()
    yield "a question"
    page.goto(page.url.split("#")[0] + "#review")
    page.reload()
    page.locator("#finish button").wait_for()
    yield "the answers"
    page.locator("#finish button").click()
    page.wait_for_url("**/receipt/*")
    yield "the receipt"


def test_every_language_fits(invite: Invite, new_page: NewPage) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults = []
    for language in i18n.spoken():
        page = new_page()
        for name in _pages(invite(language), page):
            if name in SHOWN:
                page.screenshot(path=PICTURES / f"{language} {name}.png", full_page=name != "the answers")
            for screen, (width, size) in SCREENS.items():
                page.set_viewport_size({"width": width, "height": 740})
                page.evaluate("(size) => (document.documentElement.style.fontSize = size)", size)
                found = page.evaluate(MISFITS)
                if size == "100%" and language not in WITHOUT_SPACES:
                    found += page.evaluate(BROKEN)
                faults += [f"{language}, {name}, {screen}: {each}" for each in found]
            page.set_viewport_size({"width": 360, "height": 740})
            page.evaluate("() => document.documentElement.removeAttribute('style')")
        page.context.close()
    assert not faults, "\n".join(faults)
