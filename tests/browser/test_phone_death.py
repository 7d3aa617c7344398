"""A death that a relative reports on the participant's phone, without a connection."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import database
from app.models import Event
from tests.browser.conftest import Invite
from tests.browser.waiting import SAVED, kept_for_later, until
from tests.browser.walk import PHONE, SMALLEST_TARGET
from tests.fixtures import usable

pytestmark = pytest.mark.browser


def _faults(page: Page) -> list[str]:
    with usable.shown(page, width=PHONE):
        return usable.by_axe(page) + usable.misfits(page) + usable.small_targets(page, SMALLEST_TARGET)


def test_it_waits_on_the_phone_and_arrives_once(invite: Invite, page: Page) -> None:
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.get_by_role("link", name="Helping someone, or answering for them").click()
    until(page, "caches.match('/report/death').then(Boolean)")
    page.context.set_offline(True)
    page.get_by_role("link", name="The person has died").click()
    page.wait_for_url("**/report/death")
    assert _faults(page) == []
    page.locator("#started-year").fill("2025")
    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**/today")
    expect(page.locator("#status")).to_have_text(SAVED)
    page.context.set_offline(False)
    page.get_by_role("link", name="See the receipt").click(timeout=40_000)
    expect(page.locator("h1")).to_have_text("Thank you for telling us. We are very sorry.")
    assert _faults(page) == []
    with database.reading(invitation.database_url) as session:
        assert [(each.kind, str(each.started)) for each in session.scalars(select(Event))] == [
            ("death", "2025")
        ]
