"""What happens to answers when the connection fails."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app import database
from app.models import Answer
from tests.browser.conftest import Invitation, Invite

pytestmark = pytest.mark.browser

QUESTION = ".question:not([hidden])"
UNSAVED = re.compile("Not saved yet: no connection")


def _choose(page: Page, number: int) -> None:
    page.locator(f"{QUESTION} .choice").nth(number).click()


def _answers(invitation: Invitation) -> list[Answer]:
    with database.reading(invitation.database_url) as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def _start(invite: Invite, page: Page) -> Invitation:
    invitation = invite("en")
    invitation.open_survey(page)
    page.get_by_role("button", name="Start").click()
    return invitation


def test_answers_wait_for_the_connection_and_say_so(invite: Invite, page: Page) -> None:
    invitation = _start(invite, page)
    page.context.set_offline(True)
    _choose(page, 1)
    expect(page.locator("#status")).to_have_text(UNSAVED)
    page.get_by_role("button", name="Next").click()
    _choose(page, 2)
    expect(page.locator("#status")).to_have_text(UNSAVED)
    assert _answers(invitation) == []
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Saved", timeout=15_000)
    first, second = _answers(invitation)
    assert [(each.item, each.value) for each in (first, second)] == [("tired", 1), ("energy", 2)]
    # Each keeps the time at which it was given, not that of its arrival.
    assert (first.received_at - first.answered_at).total_seconds() > 1
    assert first.answered_at < second.answered_at


def test_answers_outlive_a_browser_that_is_closed_without_a_connection(invite: Invite, page: Page) -> None:
    invitation = _start(invite, page)
    survey = page.url
    page.context.set_offline(True)
    _choose(page, 4)
    expect(page.locator("#status")).to_have_text(UNSAVED)
    again = page.context.new_page()
    page.close()
    again.context.set_offline(False)
    again.goto(survey)
    expect(again.locator(f"{QUESTION} input").nth(4)).to_be_checked()
    expect(again.locator("#status")).to_have_text("Saved")
    assert [(each.item, each.value) for each in _answers(invitation)] == [("tired", 4)]
    assert (
        again.evaluate("Object.keys(localStorage).length") == 0
    )  # nothing stays on the phone once it has arrived


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502])
def test_no_answer_of_the_server_loses_one(invite: Invite, page: Page, status: int) -> None:
    invitation = _start(invite, page)

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body="<h1>No</h1>", content_type="text/html")
        else:
            route.continue_()

    page.route("**/survey/**", refuse)
    _choose(page, 3)
    expect(page.locator("#status")).to_have_text(UNSAVED)
    page.unroute("**/survey/**")
    expect(page.locator("#status")).to_have_text("Saved", timeout=15_000)
    assert [(each.item, each.value) for each in _answers(invitation)] == [("tired", 3)]


def test_who_was_signed_out_is_asked_to_open_the_link_again(invite: Invite, page: Page) -> None:
    invitation = _start(invite, page)
    survey = page.url
    page.context.clear_cookies()
    _choose(page, 3)
    expect(page.locator("#status")).to_contain_text("Please open your link again")
    invitation.come_in(page)
    page.goto(survey)
    expect(page.locator("#status")).to_have_text("Saved")
    assert [(each.item, each.value) for each in _answers(invitation)] == [("tired", 3)]


def test_sending_waits_for_the_connection_too(invite: Invite, page: Page) -> None:
    _start(invite, page)
    page.goto(page.url.split("#")[0] + "#review")
    page.reload()
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#status")).to_contain_text("Not sent yet: no connection")
    page.context.set_offline(False)
    page.wait_for_url("**/receipt/*", timeout=15_000)


def test_the_language_is_not_changed_while_answers_wait(invite: Invite, page: Page) -> None:
    _start(invite, page)
    page.context.set_offline(True)
    _choose(page, 1)
    expect(page.locator("#status")).to_have_text(UNSAVED)
    page.locator("summary").click()
    page.get_by_role("button", name="español").click()
    expect(page.locator("#status")).to_have_text(UNSAVED)
    expect(page.locator(f"{QUESTION} input").nth(1)).to_be_checked()
