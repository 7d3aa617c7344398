"""Every kind of question on a phone: by touch, by keys alone, in both directions, and what is stored."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import database
from app.models import Answer
from tests.browser.conftest import Invitation, Invite
from tests.browser.walk import SMALLEST_TARGET
from tests.fixtures import usable
from tests.fixtures.browser import NewPage
from tests.fixtures.kinds import BEHAVIOURS

pytestmark = pytest.mark.browser

TABLE = json.loads((Path(__file__).parents[1] / "fixtures" / "conditions.json").read_text("utf-8"))
QUESTION = ".question:visible"
SAID = "question => kinds.answer(question)"


def _stored(invitation: Invitation) -> dict[str, object]:
    with database.reading(invitation.database_url) as session:
        return {each.item: each.value for each in session.scalars(select(Answer).order_by(Answer.id))}


def _begin(invitation: Invitation, page: Page, behaviour: str) -> Locator:
    invitation.open_kind(page, behaviour).locator("#begin").click()
    return page.locator(QUESTION)


def _saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_text("Received")


def _is(page: Page, code: str) -> None:
    expect(page.locator(QUESTION)).to_have_attribute("id", f"q-{code}")


def test_the_script_judges_conditions_as_the_server_does(invite_to_kinds: Invite, page: Page) -> None:
    _begin(invite_to_kinds("en"), page, "animal-naming")
    judged = page.evaluate(
        """([answers, cases]) =>
            cases.map(([item, operator, value]) => kinds.holds([{ item, operator, value }], answers))""",
        [TABLE["answers"], TABLE["cases"]],
    )
    assert judged == [case[3] for case in TABLE["cases"]]
    graded = page.evaluate(
        """cases => cases.map(([answers, operator, value]) =>
            kinds.holds([{ item: "animals", operator, value }], answers))""",
        TABLE["grades"],
    )
    assert graded == [case[3] for case in TABLE["grades"]]


@pytest.mark.parametrize(
    ("behaviour", "fills", "stored", "listed"),
    [
        ("number", {"weight": "٧١٫٥", "meals": "3"}, {"weight": 71.5, "meals": 3}, ["71.5 kilograms", "3"]),
        ("number", {"weight": "71,5"}, {"weight": 71.5}, ["71.5 kilograms", "No answer"]),
        ("text", {"other": " declined "}, {"other": "'declined"}, ["declined"]),
        ("date", {"begun:month": "3", "begun:year": "२०२६"}, {"begun": "2026-03"}, ["3 / 2026"]),
    ],
)
def test_what_is_typed_is_read_on_the_phone_as_it_is_stored(
    invite_to_kinds: Invite, page: Page, behaviour: str, fills: dict[str, str], stored: object, listed: object
) -> None:
    invitation = invite_to_kinds("en")
    question = _begin(invitation, page, behaviour)
    said: dict[str, object] = {}
    for name, typed in fills.items():
        if page.locator(f"{QUESTION} [name='{name}']").count() == 0:
            page.locator("#next").click()
        page.locator(f"{QUESTION} [name='{name}']").fill(typed)
        page.keyboard.press("Tab")
        code = (question.get_attribute("id") or "")[2:]
        said[code] = question.evaluate(SAID)
    _saved(page)
    assert said == stored == _stored(invitation)
    page.goto(page.url.split("#")[0] + "#review")
    page.reload()
    assert page.locator("#answers li > :nth-child(2)").all_text_contents() == listed


def test_what_cannot_be_taken_is_said_at_once_and_put_right(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    question = _begin(invitation, page, "number")
    question.locator("[name=weight]").fill("2510")
    page.keyboard.press("Tab")
    expect(page.locator("#status")).to_contain_text("Enter a number from 30 to 250.")
    question.locator("[name=weight]").fill("25.1")
    page.keyboard.press("Tab")
    expect(page.locator("#status")).to_contain_text("Enter a number from 30 to 250.")
    question.locator("[name=weight]").fill("251,0")
    question.locator("[name=weight]").fill("51,0")
    page.keyboard.press("Tab")
    _saved(page)
    assert _stored(invitation) == {"weight": 51}


def test_what_cannot_be_taken_is_not_left_out_of_what_is_sent(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    question = _begin(invitation, page, "number")
    survey = page.url.partition("#")[0]
    for typed in ("71", "9999"):  # the last one stands on the page, and cannot be taken
        question.locator("input").fill(typed)
        question.locator("input").blur()
        expect(page.locator("#status")).not_to_be_empty()
    expect(page.locator("#status")).to_have_attribute("data-state", "refused")
    page.goto(f"{survey}#review")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#status")).to_have_attribute("data-state", "refused")
    expect(page.get_by_role("button", name="Send my answers")).to_be_visible()
    assert page.url.startswith(survey)
    page.goto(f"{survey.partition('/survey')[0]}/today")
    page.locator("#status a").click()  # what is wrong leads to the question
    question.locator("input").fill("72")
    question.locator("input").blur()
    _saved(page)
    page.goto(f"{survey}#review")
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")
    assert _stored(invitation)["weight"] == 72


def test_several_choices_and_a_refusal_put_each_other_out(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    question = _begin(invitation, page, "multiple")
    question.get_by_label("Head").check()
    question.get_by_label("Belly").check()
    assert question.evaluate(SAID) == [1, 3]
    question.get_by_label("I prefer not to answer").check()
    expect(question.get_by_label("Head")).not_to_be_checked()
    assert question.evaluate(SAID) == "declined"
    question.get_by_label("Back").check()
    expect(question.get_by_label("I prefer not to answer")).not_to_be_checked()
    _saved(page)
    page.locator("#next").click()
    expect(page.locator("#answers strong")).to_have_text("Back")
    assert _stored(invitation) == {"where": [2]}


def test_a_choice_that_stands_alone_and_the_others_put_each_other_out(
    invite_to_kinds: Invite, page: Page
) -> None:
    invitation = invite_to_kinds("en")
    question = _begin(invitation, page, "multiple")
    question.get_by_label("Head").check()
    question.get_by_label("Belly").check()
    question.get_by_label("Nowhere").check()
    assert question.evaluate(SAID) == [0]
    question.get_by_label("Back").check()
    assert question.evaluate(SAID) == [2]
    question.get_by_label("I prefer not to answer").check()
    question.get_by_label("Nowhere").check()
    assert question.evaluate(SAID) == [0]
    _saved(page)
    assert _stored(invitation) == {"where": [0]}


def test_questions_that_are_not_asked_are_passed_over(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    _begin(invitation, page, "condition")
    page.locator(QUESTION).get_by_label("Yes").check()
    page.locator("#next").click()
    _is(page, "worst")
    page.locator(f"{QUESTION} input").fill("4")
    page.locator("#next").click()
    _is(page, "sleep")
    page.locator("#back").click()
    _is(page, "worst")
    page.locator(f"{QUESTION} input").fill("9")
    page.locator("#next").click()
    _is(page, "where")
    page.locator(QUESTION).get_by_label("Belly").check()
    page.locator("#next").click()
    _is(page, "helped")
    for _ in range(3):
        page.locator("#back").click()
    _is(page, "pain")
    page.locator(QUESTION).get_by_label("No", exact=True).check()
    page.locator("#next").click()
    _is(page, "sleep")
    page.locator(QUESTION).get_by_label("Yes").check()
    _saved(page)
    page.locator("#next").click()
    expect(page.locator("#answers li")).to_have_count(2)
    expect(page.locator("#gaps")).to_be_hidden()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")


def test_what_is_practised_or_read_is_neither_kept_nor_missing(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    _begin(invitation, page, "practice")
    page.locator(QUESTION).get_by_label("Always").check()
    page.locator("#next").click()
    page.locator(QUESTION).get_by_label("Never").check()
    _saved(page)
    page.locator("#next").click()
    expect(page.locator("#answers li")).to_have_count(1)
    expect(page.locator("#gaps")).to_be_hidden()
    _begin(invitation, page, "information")
    expect(page.locator(f"{QUESTION} h2")).to_have_text("Take your time")
    assert _stored(invitation) == {"tired": 0}


@pytest.mark.parametrize(
    ("language", "behaviour", "at_the_right"),
    [("en", "visual-analogue", 100), ("ar", "visual-analogue", 0), ("ar", "fixed-direction", 100)],
)
def test_a_line_is_touched(
    invite_to_kinds: Invite, page: Page, language: str, behaviour: str, at_the_right: int
) -> None:
    invitation = invite_to_kinds(language)
    _begin(invitation, page, behaviour)
    if behaviour == "fixed-direction":
        page.locator("#next").click()
    line, box = page.get_by_role("slider"), page.locator(f"{QUESTION} .measure input")
    expect(box).to_have_value("")
    expect(line).not_to_have_class("track set")  # nothing is marked before the first touch
    place = line.bounding_box()
    assert place is not None
    line.click(position={"x": place["width"] - 1, "y": 30})
    expect(box).to_have_value(str(at_the_right))
    line.click(position={"x": 1, "y": 30})
    expect(box).to_have_value(str(100 - at_the_right))
    expect(page.locator("#status")).not_to_be_empty()
    page.wait_for_timeout(300)
    assert _stored(invitation)["health"] == 100 - at_the_right


@pytest.mark.parametrize(("language", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_a_line_is_gone_along_by_keys(
    invite_to_kinds: Invite, page: Page, language: str, forward: str
) -> None:
    invitation = invite_to_kinds(language)
    _begin(invitation, page, "visual-analogue")
    line = page.get_by_role("slider")
    assert line.get_attribute("aria-valuetext") not in ("50", "٥٠")
    line.focus()
    for key, value in (
        (forward, 51),
        ("PageUp", 61),
        ("ArrowDown", 60),
        ("Home", 0),
        ("PageDown", 0),
        ("End", 100),
    ):
        page.keyboard.press(key)
        expect(line).to_have_attribute("aria-valuenow", str(value))
    page.locator(f"{QUESTION} .measure input").fill("33")
    expect(line).to_have_attribute("aria-valuetext", "33")
    page.keyboard.press("Tab")
    expect(page.locator(f"{QUESTION} [type=checkbox]")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(f"{QUESTION} .measure input")).to_have_value("")
    expect(line).to_have_attribute("class", "track")


def _naming(invitation: Invitation, page: Page) -> Locator:
    page.clock.install()
    question = _begin(invitation, page, "animal-naming")
    page.locator("#next").click()
    page.locator("#next").click()
    expect(question.locator(".naming")).to_be_visible()
    return question


def test_animals_are_counted_against_the_clock(invite_to_kinds: Invite, page: Page) -> None:
    invitation = invite_to_kinds("en")
    question = _naming(invitation, page)
    question.get_by_role("button", name="Start").click()
    more = question.get_by_role("button", name="One more")
    expect(more).to_be_focused()
    for _ in range(4):
        more.click()
    page.keyboard.press("Enter")
    expect(question.locator(".count")).to_have_text("5")
    question.get_by_role("button", name="One less").click()
    expect(question.locator(".measure input")).to_have_value("")
    page.clock.fast_forward(60_000)  # as after a sleep: no tick came in between
    expect(question.locator(".over")).to_have_text("Time is up. Look over the number below.")
    expect(question.locator(".measure input")).to_have_value("4")
    expect(more).to_be_disabled()
    _saved(page)
    assert _stored(invitation) == {"animals": 4}
    question.get_by_role("button", name="Start again").click()  # by mistake, and nobody counts
    expect(question.get_by_role("button", name="Start again")).to_be_hidden()
    expect(question.get_by_role("timer")).to_have_text("60")
    page.clock.fast_forward(60_000)
    expect(question.get_by_role("button", name="Start again")).to_be_visible()
    expect(question.locator(".measure input")).to_have_value("4")


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_while_animals_are_named_stops_no_countdown(
    invite_to_kinds: Invite, page: Page, hours: int
) -> None:
    question = _naming(invite_to_kinds("en"), page)
    question.get_by_role("button", name="Start").click()
    question.get_by_role("button", name="One more").click()
    page.evaluate("hours => { const now = Date.now; Date.now = () => now() + hours * 3600000 }", hours)
    page.clock.fast_forward(60_000 if hours < 0 else 1000)
    expect(question.locator(".measure input")).to_have_value("1")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_kind_can_be_used(invite_to_kinds: Invite, new_page: NewPage, language: str) -> None:
    invitation = invite_to_kinds(language)
    page = new_page(viewport={"width": 320, "height": 640})
    faults: list[str] = []
    for behaviour in BEHAVIOURS:
        _begin(invitation, page, behaviour)
        number = 0
        while page.locator(QUESTION).count():
            number += 1
            name = f"{behaviour} {number}"
            found = usable.by_axe(page) + usable.misfits(page) + usable.small_targets(page, SMALLEST_TARGET)
            faults += [f"{name}: {each}" for each in found]
            page.locator("#next").click()
    assert not faults, "\n".join(faults)


def test_without_scripts_the_box_stands_alone(invite_to_kinds: Invite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    invitation = invite_to_kinds("en")
    invitation.open_kind(page, "animal-naming")
    expect(page.locator("#q-animals")).to_contain_text("For a helper with a watch")
    assert page.locator("#q-animals button").count() == 0
    page.locator("#a-animals").fill("12")
    page.get_by_role("button", name="Save and go on later").click()
    page.wait_for_url("**/today?saved")
    invitation.open_kind(page, "visual-analogue")
    assert usable.small_targets(page, SMALLEST_TARGET) == []
    page.locator("#a-health").fill("101")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#q-health .fault")).to_have_text("Enter a whole number from 0 to 100.")
    expect(page.locator("#a-health")).to_have_value("101")
    assert _stored(invitation) == {"animals": 12}
