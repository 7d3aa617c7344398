"""What happens when the connection fails: nothing is lost, and the page says which state holds."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app import database
from app.models import Event, Response
from tests.browser.conftest import Invitation, Invite
from tests.browser.waiting import (
    QUESTION,
    RECEIVED,
    SAVED,
    all_received,
    answers,
    choose,
    kept_for_later,
    nothing_kept,
    on_the_phone,
    start,
)
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

# The phone takes its database away from the page, as one that was put aside for long may do.
CUT = """(how) => {
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function () {
    if (how === "once") IDBDatabase.prototype.transaction = real;
    throw new DOMException("cut off", "InvalidStateError");
  };
}"""


def _receipts(invitation: Invitation) -> list[str | None]:
    with database.reading(invitation.database_url) as session:
        return list(session.scalars(select(Response.receipt)))


def test_answers_wait_for_the_connection_and_say_so(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(SAVED)
    expect(page.locator("#status")).to_have_attribute("data-state", "saved")
    page.get_by_role("button", name="Next").click()
    choose(page, 2)
    expect(page.locator("#status")).to_have_text(SAVED)
    assert answers(invitation) == []
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text(RECEIVED, timeout=15_000)
    first, second = answers(invitation)
    assert [(each.item, each.value) for each in (first, second)] == [("tired", 1), ("energy", 2)]
    # Each keeps the time at which it was given, not that of its arrival.
    assert (first.received_at - first.answered_at).total_seconds() > 1
    assert first.answered_at < second.answered_at


def test_all_is_answered_and_sent_without_a_connection_and_arrives_once(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.reload()  # the first page too is there without a connection
    page.locator("a.main").click()
    page.wait_for_url("**/survey/**")
    page.get_by_role("button", name="Start").click()
    for number in range(16):
        choose(page, number % 5)
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#status")).to_have_text(re.compile("you may close this page"))
    expect(page.get_by_role("button", name="Change")).to_have_count(0)  # it was sent
    page.reload()
    expect(page.locator("#finish")).to_be_hidden()
    page.close()

    again = page.context.new_page()
    again.goto(f"{invitation.server}/today")
    expect(again.locator("#status")).to_have_text(SAVED)
    assert answers(invitation) == []
    again.context.set_offline(False)
    expect(again.get_by_role("link", name="See the receipt")).to_be_visible(timeout=40_000)
    assert [answer.value for answer in answers(invitation)] == [number % 5 for number in range(16)]
    assert len({answer.entry_id for answer in answers(invitation)}) == 16
    again.get_by_role("link", name="See the receipt").click()
    (receipt,) = _receipts(invitation)
    expect(again.locator("main")).to_contain_text(receipt or "no receipt")
    nothing_kept(again)  # nothing stays on the phone


def test_what_arrived_is_taken_off_the_phone_with_the_receipt(invite: Invite, page: Page) -> None:
    start(invite, page)
    choose(page, 3)
    expect(page.locator("#status")).to_have_text(RECEIVED)
    assert on_the_phone(page) == ["received"]  # to be shown if the page is opened again without a connection
    page.goto(page.url.partition("#")[0] + "#review")
    page.reload()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/receipt/*")
    nothing_kept(page)
    kept = page.evaluate(
        "caches.open('pages').then((pages) => pages.keys()).then((k) => k.map((r) => r.url))"
    )
    assert not [url for url in kept if "/survey/" in url]


def test_answers_outlive_a_page_that_is_closed_without_a_connection(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    survey = page.url
    page.context.set_offline(True)
    choose(page, 4)
    expect(page.locator("#status")).to_have_text(SAVED)
    again = page.context.new_page()
    page.close()
    again.goto(survey)  # still without a connection
    expect(again.locator(f"{QUESTION} input").nth(4)).to_be_checked()
    expect(again.locator("#status")).to_have_text(SAVED)
    again.context.set_offline(False)
    expect(again.locator("#status")).to_have_text(RECEIVED, timeout=40_000)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 4)]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502])
def test_no_answer_of_the_server_loses_one(invite: Invite, page: Page, status: int) -> None:
    invitation = start(invite, page)

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body="<h1>No</h1>", content_type="text/html")
        else:
            route.continue_()

    page.context.route("**/survey/**", refuse)  # of the worker too
    choose(page, 2)
    expect(page.locator("#status")).to_have_attribute("data-state", "saved")
    page.wait_for_timeout(500)
    assert on_the_phone(page) == ["saved"]
    page.context.unroute("**/survey/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#status")).to_have_text(RECEIVED, timeout=15_000)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 2)]


def test_an_ended_session_says_what_to_do_and_loses_nothing(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.clear_cookies()
    choose(page, 2)
    expect(page.locator("#status")).to_have_text(re.compile("^Please open your link again"))
    invitation.come_in(page)
    all_received(page)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 2)]


def test_a_full_phone_says_so_and_the_answer_still_arrives(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.evaluate("void (IDBObjectStore.prototype.put = function () { this.transaction.abort(); return {} })")
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(re.compile("^This phone has no room left"))
    expect(page.locator("#status")).to_have_attribute("data-state", "full")
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text(RECEIVED, timeout=15_000)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 1)]


def test_a_full_phone_does_not_leave_the_page_that_holds_the_answer(invite: Invite, page: Page) -> None:
    start(invite, page)
    page.evaluate("void (IDBObjectStore.prototype.put = function () { this.transaction.abort(); return {} })")
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_attribute("data-state", "full")
    page.get_by_role("button", name="Save and go on later").click()
    page.wait_for_timeout(500)
    expect(page.locator("#status")).to_have_attribute("data-state", "full")
    expect(page.locator(f"{QUESTION} input").nth(1)).to_be_checked()


def test_a_database_that_was_cut_off_is_opened_again(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(SAVED)
    page.evaluate(CUT, "once")
    page.get_by_role("button", name="Next").click()
    choose(page, 2)
    expect(page.locator("#status")).to_have_attribute("data-state", "saved")
    page.evaluate(CUT, "for good")
    page.evaluate("outbox.show()")
    page.wait_for_timeout(300)
    expect(page.locator("#status")).not_to_have_attribute("data-state", "received")  # nobody can know
    page.reload()
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text(RECEIVED, timeout=40_000)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 1), ("energy", 2)]


def test_one_answer_that_is_not_taken_holds_up_no_other(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.set_offline(True)
    for number in (1, 2, 3):
        choose(page, number)
        expect(page.locator("#status")).to_have_text(SAVED)
        page.get_by_role("button", name="Next").click()

    def not_energy(route: Route) -> None:
        if "energy=" in (route.request.post_data or ""):
            route.fulfill(status=409, json={"message": "Too late for this one."})
        else:
            route.continue_()

    page.context.route("**/survey/**", not_energy)
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Too late for this one.", timeout=15_000)
    assert [each.value for each in answers(invitation)] == [1, 3]
    assert sorted(on_the_phone(page)) == ["received", "received", "refused"]


def test_without_the_outbox_the_long_form_works(invite: Invite, page: Page) -> None:
    page.route("**/static/page*.js", lambda route: route.abort())
    page.context.route("**/worker.js", lambda route: route.abort())
    invitation = invite("en")
    invitation.open_survey(page)
    page.locator(".question .choice").first.click()
    page.locator("#finish button").click()
    page.wait_for_url("**?gaps")  # they are told
    page.locator("#finish button").click()
    page.wait_for_url("**/receipt/*")
    assert [each.item for each in answers(invitation)] == ["tired"]


def test_the_later_answer_of_two_devices_counts_and_both_are_kept(
    invite: Invite, page: Page, new_page: NewPage
) -> None:
    invitation = start(invite, page)
    other = new_page()
    invitation.open_survey(other)
    other.get_by_role("button", name="Start").click()
    for device in (page, other):
        device.context.set_offline(True)
    choose(page, 1)
    page.wait_for_timeout(50)
    choose(other, 4)
    page.wait_for_timeout(50)
    other.get_by_role("button", name="Next").click()
    choose(other, 0)
    page.wait_for_timeout(50)
    page.get_by_role("button", name="Next").click()
    choose(page, 3)
    other.context.set_offline(False)  # the one that answered "tired" later arrives first
    expect(other.locator("#status")).to_have_text(RECEIVED, timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text(RECEIVED, timeout=15_000)
    assert len(answers(invitation)) == 4
    assert len({answer.device for answer in answers(invitation)}) == 2
    page.goto(page.url.partition("#")[0] + "#review")
    page.reload()
    expect(page.locator("#answers li").nth(0)).to_contain_text("Always")
    expect(page.locator("#answers li").nth(1)).to_contain_text("Often")


def test_a_hospital_stay_is_reported_without_a_connection(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="I was in hospital").click()
    page.locator("#started-year").fill("2025")
    page.locator("#started-month").fill("3")
    page.get_by_text("Yes, I am still there").click()
    page.goto(f"{invitation.server}/today")  # left in the middle: what was typed is still there
    page.get_by_role("link", name="I was in hospital").click()
    expect(page.locator("#started-year")).to_have_value("2025")
    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**/today")
    expect(page.locator("#status")).to_have_text(SAVED)
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="See the receipt")).to_be_visible(timeout=40_000)
    with database.reading(invitation.database_url) as session:
        (event,) = session.scalars(select(Event))
    assert (event.kind, str(event.started), event.ongoing) == ("hospital stay", "2025-03", True)
    page.get_by_role(
        "link", name="I was in hospital"
    ).click()  # another stay, and not the receipt of the first
    page.wait_for_timeout(1000)
    page.locator("#started-year").fill("2026")
    page.get_by_text("Yes, I am still there").click()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/reported/*")
    with database.reading(invitation.database_url) as session:
        assert [str(each.started) for each in session.scalars(select(Event))] == ["2025-03", "2026"]


@pytest.mark.parametrize("choice", ["yes", "no"])
def test_what_is_chosen_in_a_report_is_kept_also_where_the_page_is_left_in_that_moment(
    invite: Invite, page: Page, choice: str
) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="I was in hospital").click()
    page.locator("#started-year").press_sequentially("2025")  # and the field is not left
    page.evaluate(
        """choice => {
          document.querySelector(`[name=still][value=${choice}]`).click();
          location.assign("/today");
        }""",
        choice,
    )
    page.wait_for_url("**/today")
    page.get_by_role("link", name="I was in hospital").click()
    expect(page.locator(f"[name=still][value={choice}]")).to_be_checked()
    expect(page.locator("#started-year")).to_have_value("2025")


def test_the_language_is_not_changed_while_answers_wait(invite: Invite, page: Page) -> None:
    start(invite, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(SAVED)
    page.locator(".languages summary").click()
    page.get_by_role("button", name="español").click()
    expect(page.locator("#status")).to_have_text(SAVED)
    expect(page.locator(f"{QUESTION} input").nth(1)).to_be_checked()
