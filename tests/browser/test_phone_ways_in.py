"""The ways in, in a real browser: looking changes nothing, and the code leads on with and without scripts."""

from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import expect
from sqlalchemy import select

from app import clock, database
from app.formats import link_token
from app.models.base import Base
from app.operations.link_codes import code_to_show
from app.operations.links import revoke_links
from tests.browser.conftest import Invitation, Invite
from tests.fixtures.browser import NewPage
from tests.fixtures.phone import BIRTH_YEAR
from tests.fixtures.study import COMMAND, LINK_KEYS

pytestmark = pytest.mark.browser


def every_row(invitation: Invitation) -> dict[str, list[Any]]:
    """Return all that the database holds."""
    with database.reading(invitation.database_url) as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def code_of(invitation: Invitation) -> str:
    link_id = link_token.read(invitation.token, LINK_KEYS)
    assert link_id is not None
    with database.writing(invitation.database_url) as session:
        return str(
            code_to_show(session, link_id=link_id, actor=COMMAND, now=clock.now(), link_keys=LINK_KEYS)
        )


def test_a_scanner_that_runs_scripts_changes_not_one_row(invite: Invite, new_page: NewPage) -> None:
    invitation = invite("en")
    code_of(invitation)
    before = every_row(invitation)
    scanner = new_page()
    for address in (f"/p/{invitation.token}", "/code", "/p/invented", "/asked", "/today", "/preferences"):
        scanner.goto(f"{invitation.server}{address}")
        scanner.wait_for_load_state("networkidle")
        scanner.wait_for_timeout(1000)
        scanner.request.head(f"{invitation.server}{address}")
    assert scanner.context.cookies() == []
    assert every_row(invitation) == before


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_code_to_the_calendar(
    invite: Invite, new_page: NewPage, scripts: bool, tmp_path: Path
) -> None:
    invitation = invite("ar")
    page = new_page(java_script_enabled=scripts, locale="ar")
    page.goto(f"{invitation.server}/code")
    page.locator("#code").fill(code_of(invitation).lower().replace("-", " "))
    page.locator("button.main").click()
    page.wait_for_url("**/p/*")
    page.locator("#birth_year").fill(BIRTH_YEAR)
    page.locator("button.main").click()
    page.wait_for_url("**/today")
    page.goto(invitation.link)  # the link again, by the same browser: straight on
    assert page.url.endswith("/today")
    page.locator("a[href='/preferences']").click()
    page.locator("#hour").select_option("17")
    page.locator("button[value=save]").click()
    page.wait_for_url("**/preferences?saved")
    expect(page.locator("#hour")).to_have_value("17")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    download.value.save_as(tmp_path / "calendar.ics")
    assert Calendar.from_ical((tmp_path / "calendar.ics").read_bytes()).walk("VEVENT")


def test_a_link_revoked_while_it_is_open_leads_to_asking_for_a_new_one(
    invite: Invite, new_page: NewPage
) -> None:
    invitation = invite("en")
    page = invitation.come_in(new_page())
    with database.writing(invitation.database_url) as session:
        revoke_links(session, participant_id=invitation.participant_id, actor=COMMAND, now=clock.now())
    page.reload()
    expect(page.locator("h1")).to_have_text("Please open your link again")
    page.goto(invitation.link)
    page.locator("#birth_year").fill(BIRTH_YEAR)
    page.locator("button.main").click()
    page.get_by_role("button", name="Ask for a new link").click()
    expect(page.locator("h1")).to_have_text("Your request has arrived")
    assert len(every_row(invitation)["link_request"]) == 1
