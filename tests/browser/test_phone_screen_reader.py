"""What a screen reader is told: names, groups, languages, what changed; read from the accessibility tree."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import i18n
from tests.browser.conftest import ITEMS, Invite
from tests.browser.walk import pages
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

NAMED = ("button", "link", "radio", "checkbox", "textbox", "img", "table", "DisclosureTriangle")

# Words of a script that the language around them is not written in: they would be read out wrongly.
SCRIPTS = """
() => {
  const scripts = {ar: "Arabic", fa: "Arabic", hi: "Devanagari", mr: "Devanagari", zh: "Han", ja: "Han"};
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const place = walk.currentNode.parentElement;
    const language = place.closest("[lang]").lang.split("-")[0];
    for (const script of new Set(Object.values(scripts))) {
      const there = new RegExp(`\\\\p{Script=${script}}`, "u").test(walk.currentNode.data);
      if (there && scripts[language] !== script) found.push(`${language}: ${walk.currentNode.data.trim()}`);
    }
  }
  return found;
}
"""


def _tree(page: Page) -> list[dict[str, Any]]:
    """Return the nodes of Chromium's own accessibility tree that a screen reader meets."""
    nodes: list[dict[str, Any]] = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")[
        "nodes"
    ]
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "description": node.get("description", {}).get("value", ""),
            **{each["name"]: each["value"].get("value") for each in node.get("properties", [])},
        }
        for node in nodes
        if not node["ignored"]
    ]


def _one(page: Page, role: str, name: str) -> dict[str, Any]:
    found = [node for node in _tree(page) if node["role"] == role and name in node["name"]]
    assert len(found) == 1, found
    return found[0]


def _first_question(invite: Invite, page: Page, language: str = "en") -> None:
    invite(language).open_survey(page)
    page.locator("#begin").click()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_all_that_can_be_used_has_a_name(invite: Invite, page: Page, language: str) -> None:
    nameless = [
        f"{name}: {node}"
        for name in pages(invite(language), page)
        for node in _tree(page)
        if node["role"] in NAMED and not node["name"].strip()
    ]
    assert nameless == []


@pytest.mark.parametrize("language", i18n.languages())
def test_words_are_marked_with_their_language(invite: Invite, page: Page, language: str) -> None:
    invitation = invite("ar")
    page.goto(f"{invitation.link}?language={language}")
    page.locator("summary").click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate(SCRIPTS) == []


def test_a_wording_of_another_language_than_the_page_says_so(invite: Invite, page: Page) -> None:
    invitation = invite("ar")
    foreign = []
    for name in pages(invitation, page):
        # the interface's own messages may not be translated yet, and are English then; a wording never is
        foreign += [f"{name}: {each}" for each in page.evaluate(SCRIPTS)]
    assert foreign == []


def test_a_question_is_a_group_named_by_its_words(invite: Invite, page: Page) -> None:
    _first_question(invite, page)
    group = page.get_by_role("group", name="I felt tired even after resting.")
    expect(group.get_by_role("radio")).to_have_count(5)
    for name in ("Never", "Rarely", "Sometimes", "Often", "Always"):
        expect(group.get_by_role("radio", name=name, exact=True)).to_be_visible()
    # how far one has come is in words, in the name of the group; the bar only repeats it
    assert _one(page, "group", "I felt tired")["name"].startswith(
        f"Question 1 of {ITEMS} In the past two weeks"
    )
    assert not [node for node in _tree(page) if node["role"] == "progressbar"]


def test_the_next_question_takes_the_focus(invite: Invite, page: Page) -> None:
    _first_question(invite, page)
    page.get_by_role("button", name="Next").click()
    assert _one(page, "heading", "I had enough energy")["focused"]


def test_what_happens_to_an_answer_is_said(invite: Invite, page: Page) -> None:
    _first_question(invite, page)
    status = page.get_by_role("status")
    page.get_by_role("radio", name="Often").check()
    expect(status).to_have_text("Received")
    assert _one(page, "status", "")["live"] == "polite"
    page.context.set_offline(True)
    page.get_by_role("radio", name="Never").check()
    expect(status).to_have_text(re.compile("^Saved on this phone"))


def test_each_change_button_says_of_which_answer(invite: Invite, page: Page) -> None:
    _first_question(invite, page)
    page.goto(page.url.split("#")[0] + "#review")
    page.reload()
    expect(page.get_by_role("button", name="Change I felt tired even after resting.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(ITEMS)


def test_faults_are_told_at_once_and_lead_to_their_fields(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    page.goto(f"{invitation.server}/report/hospital-stay")
    page.get_by_role("button", name="Send").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    assert _one(page, "alert", "")["live"] == "assertive"
    alert.get_by_role("link", name="Enter the date, at least the year.").click()
    faulty = [node for node in _tree(page) if node["role"] == "textbox" and node.get("invalid") == "true"]
    assert [node["name"] for node in faulty] == ["Day", "Month", "Year"]
    assert [node["name"] for node in faulty if node.get("focused")] == ["Day"]
    group = _one(page, "group", "When did you go into hospital?")
    assert "Enter the date, at least the year." in group["description"]
    alert.get_by_role("link", name="Say whether you are still in hospital.").click()
    yes = _one(page, "radio", "Yes, I am still there")
    assert yes["focused"]
    assert yes["description"] == "Say whether you are still in hospital."


def test_the_wrong_year_of_birth_is_told_at_once(invite: Invite, new_page: NewPage) -> None:
    page = new_page()
    page.goto(invite("en").link)
    page.locator("#birth_year").fill("1900")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Check the year of birth").click()
    field = _one(page, "textbox", "Year of birth")
    assert field["focused"]
    assert field["invalid"] == "true"
    assert field["description"] == "Four digits, for example 1958"


def test_the_size_in_use_is_told(invite: Invite, page: Page) -> None:
    invite("en").come_in(page)
    page.get_by_role("button", name="Large", exact=True).click()
    assert _one(page, "button", "Very large")["pressed"] == "false"
    pressed = [node["name"] for node in _tree(page) if node.get("pressed") == "true"]
    assert pressed == ["Large"]
