"""A questionnaire on a phone with a script: one question a screen, each answer saved as it is given."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from app import database
from app.models import Answer, Response
from tests.browser.conftest import ITEMS, Invitation, Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

QUESTION = ".question:not([hidden])"


def _choose(page: Page, number: int) -> None:
    page.locator(f"{QUESTION} .choice").nth(number).click()


def _saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_attribute("data-state", "received")


def _answers(invitation: Invitation) -> list[tuple[str, object]]:
    with database.reading(invitation.database_url) as session:
        rows = session.scalars(select(Answer).order_by(Answer.id))
        return [(each.item, each.value) for each in rows]


def _sent(invitation: Invitation) -> int:
    with database.reading(invitation.database_url) as session:
        return session.scalar(select(func.count()).where(Response.submitted_at.is_not(None))) or 0


def _context(page: Page) -> BrowserContext:
    return page.context


def test_the_whole_way(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    expect(page.locator(".question:visible")).to_have_count(0)  # the introduction comes first
    page.get_by_role("button", name="Start").click()
    for number in range(1, ITEMS + 1):
        expect(page.locator(".question:visible")).to_have_count(1)
        expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question {number} of {ITEMS}")
        expect(page.locator(f"{QUESTION} h2")).to_be_focused()
        expect(page.locator(f"{QUESTION} :checked")).to_have_count(0)  # nothing is chosen beforehand
        _choose(page, number % 5)
        _saved(page)
        expect(page.locator(f"{QUESTION} .step")).to_have_text(
            f"Question {number} of {ITEMS}"
        )  # nothing advances alone
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Look over your answers")).to_be_focused()
    expect(page.locator("#answers li")).to_have_count(ITEMS)
    expect(page.locator("#gaps")).to_be_hidden()
    assert len(_answers(invitation)) == ITEMS
    page.get_by_role("button", name="Change I felt tired even after resting.").click()
    _choose(page, 4)
    _saved(page)
    page.get_by_role("button", name="To my answers").click()
    expect(page.locator("#answers li").first).to_contain_text("Always")
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers have arrived.")
    expect(page.locator("main")).to_contain_text("Nobody watches the answers live.")
    assert _sent(invitation) == 1
    assert _answers(invitation)[-1] == ("tired", 4)


def test_gaps_are_listed_and_may_be_sent(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.get_by_role("button", name="Start").click()
    for number in range(ITEMS):
        if number == 3:
            _choose(page, 0)
        page.get_by_role("button", name="Next").click()
    expect(page.locator("#gaps")).to_be_visible()
    assert page.locator("#answers em").all_text_contents() == ["No answer"] * (ITEMS - 1)
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")
    assert _sent(invitation) == 1
    assert len(_answers(invitation)) == 1


def test_after_a_reload_and_on_another_phone_the_answers_are_there(
    invite: Invite, page: Page, new_page: NewPage
) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.get_by_role("button", name="Start").click()
    _choose(page, 2)
    _saved(page)
    page.get_by_role("button", name="Next").click()
    page.reload()
    expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question 2 of {ITEMS}")
    page.get_by_role("button", name="Back").click()
    expect(page.locator(f"{QUESTION} input").nth(2)).to_be_checked()

    other = new_page()
    invitation.come_in(other)
    expect(other.locator("main")).to_contain_text(f"1 of {ITEMS} answered")
    other.get_by_role("link", name="Go on").click()
    other.get_by_role("button", name="Go on", exact=True).click()
    expect(other.locator(f"{QUESTION} .step")).to_have_text(f"Question 2 of {ITEMS}")


def test_the_back_button_goes_through_the_questions(invite: Invite, page: Page) -> None:
    invite("en").open_survey(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question 3 of {ITEMS}")
    page.go_back()
    expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question 2 of {ITEMS}")
    expect(page.locator(f"{QUESTION} h2")).to_be_focused()
    page.go_forward()
    expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question 3 of {ITEMS}")
    for _ in range(3):
        page.go_back()
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_two_tabs_and_the_back_button_give_one_response_and_one_receipt(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    other = _context(page).new_page()
    other.goto(page.url)
    for tab in (page, other):
        tab.goto(tab.url + "#review")
        tab.reload()
    page.get_by_role("button", name="Send my answers").click()
    for tab in (page, other):  # the other one follows by itself
        tab.wait_for_url("**/receipt/*")
    assert page.url == other.url
    page.go_back()
    page.wait_for_url("**/receipt/*")
    assert page.url == other.url
    assert _sent(invitation) == 1


def test_an_answer_on_a_phone_that_was_left_behind_leads_to_the_receipt(
    invite: Invite, page: Page, new_page: NewPage
) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    behind = new_page()
    invitation.open_survey(behind)
    behind.get_by_role("button", name="Start").click()
    page.goto(page.url + "#review")
    page.reload()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")
    _choose(behind, 1)
    behind.wait_for_url("**/receipt/*")
    assert behind.url == page.url
    # It is kept with its time; given after the sending, it does not count.
    assert [value for _, value in _answers(invitation)] == [1]


def test_back_while_the_receipt_is_loading_opens_no_answer_again(invite: Invite, new_page: NewPage) -> None:
    page = new_page(service_workers="block")
    invite("en").open_survey(page)
    page.get_by_role("button", name="Start").click()
    _choose(page, 1)
    page.goto(page.url.split("#")[0] + "#review")
    page.route("**/receipt/*", lambda _: None)  # no answer comes
    page.evaluate(
        "new BroadcastChannel('hepatica').addEventListener("
        "'message', () => setTimeout(() => history.back(), 1000), { once: true })"
    )
    with page.expect_request("**/receipt/*"):
        page.get_by_role("button", name="Send my answers").click()
    expect(page).not_to_have_url(re.compile("#review$"))  # Back has stopped the way to the receipt
    page.unroute_all(behavior="ignoreErrors")
    expect(page.get_by_role("status")).to_have_text("Received See the receipt")
    expect(page.get_by_role("button", name="Send my answers")).to_be_hidden()
    expect(page.locator(QUESTION)).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Change"))).to_have_count(0)
    page.get_by_role("status").get_by_role("link").click()
    page.wait_for_url("**/receipt/*")


def test_a_double_tap_on_send_is_one_response(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.goto(page.url + "#review")
    page.reload()
    page.get_by_role("button", name="Send my answers").dblclick()
    page.wait_for_url("**/receipt/*")
    assert _sent(invitation) == 1


def test_the_language_is_changed_in_the_middle(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Next").click()
    _choose(page, 3)
    page.locator(".languages summary").click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(f"{QUESTION} .step")).to_contain_text("2")
    expect(page.locator(f"{QUESTION} input").nth(3)).to_be_checked()
    page.locator("#next").click()
    _choose(page, 0)
    _saved(page)
    assert [value for _, value in _answers(invitation)] == [3, 0]


def test_who_answers_outlives_a_reload_and_another_language(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.locator("#start summary").click()
    page.get_by_text("I am answering for someone").click()
    page.reload()
    expect(page.get_by_label("I am answering for someone")).to_be_checked()
    page.locator(".languages summary").click()
    page.get_by_role("button", name="español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("button", name="Empezar").click()
    _choose(page, 1)
    _saved(page)
    with database.reading(invitation.database_url) as session:
        assert session.scalars(select(Response.respondent)).all() == ["proxy"]


def test_the_enter_key_on_an_answer_sends_nothing(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.open_survey(page)
    page.get_by_role("button", name="Start").click()
    _choose(page, 1)
    _saved(page)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(f"{QUESTION} .step")).to_have_text(f"Question 1 of {ITEMS}")
    assert _sent(invitation) == 0


def test_saved_for_later(invite: Invite, page: Page) -> None:
    invite("en").open_survey(page)
    page.get_by_role("button", name="Start").click()
    _choose(page, 1)
    page.get_by_role("button", name="Save and go on later").click()
    page.wait_for_url("**/today?saved")
    expect(page.get_by_role("status")).to_contain_text("Your answers are saved.")
    # A slow server is not waited for: the answer then follows from the phone, and the next page has it.
    for _ in range(20):
        if f"1 of {ITEMS} answered" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text(f"1 of {ITEMS} answered")
