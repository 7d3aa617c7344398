"""What a phone opens without a connection, and for how long; that the pages can be installed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Invite
from tests.browser.waiting import SAVED, all_received, answers, choose, kept_for_later, start

pytestmark = pytest.mark.browser


def test_the_outbox_outlives_a_new_worker(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(SAVED)
    page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.unregister())")
    page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    page.context.set_offline(False)
    page.goto(f"{invitation.server}/today")
    all_received(page)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 1)]


def test_the_link_leads_in_again_without_a_connection_until_signed_out(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.goto(invitation.link)
    page.wait_for_url("**/today")
    page.get_by_role("button", name="Leave: close my pages on this phone").click()
    page.wait_for_url("**/left?*")
    page.goto(f"{invitation.server}/today")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection")


def test_the_link_of_someone_else_opens_no_pages_of_this_phone(invite: Invite, page: Page) -> None:
    invitation, another = invite("en"), invite("ar")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.goto(f"{another.server}/p/{another.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection")


def test_who_left_without_a_connection_is_out_when_it_is_back(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Leave: close my pages on this phone").click()
    page.wait_for_url("**/left?*")
    page.context.set_offline(False)
    page.goto(f"{invitation.server}/today")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Your questions")
    assert not page.context.cookies()


def test_a_slow_network_is_not_called_none(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)

    def slowly(route: Route) -> None:
        page.wait_for_timeout(5000)  # longer than the worker waits before it shows what it has
        route.continue_()

    page.context.route("**/preferences", slowly)
    page.goto(f"{invitation.server}/preferences")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reminders and calendar")


def test_after_the_studys_days_nothing_is_shown_without_a_connection(invite: Invite, page: Page) -> None:
    invitation = start(invite, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#status")).to_have_text(SAVED)
    page.evaluate("outbox.get('open').then((open) => outbox.set('open', { ...open, until: Date.now() - 1 }))")
    page.goto(f"{invitation.server}/today")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection")
    page.context.set_offline(False)
    page.goto(invitation.link)  # the phone is still let in; and what was saved before has not been lost
    page.wait_for_url("**/today")
    all_received(page)
    assert [(each.item, each.value) for each in answers(invitation)] == [("tired", 1)]


def test_it_can_be_installed(invite: Invite, page: Page) -> None:
    invitation = invite("ar")
    invitation.come_in(page)
    manifest = page.locator("link[rel=manifest]").get_attribute("href")
    said = page.request.get(f"{invitation.server}{manifest}").json()
    assert (said["lang"], said["dir"], said["start_url"], said["display"]) == (
        "ar",
        "rtl",
        "/today",
        "standalone",
    )
    for icon in said["icons"]:
        assert page.request.get(invitation.server + icon["src"]).body()[:4] == b"\x89PNG"


def test_the_worker_and_the_outbox_are_small() -> None:
    static = Path("app/web/static")
    lines = sum(len((static / name).read_text().splitlines()) for name in ("worker.js", "outbox.js"))
    assert lines < 350
