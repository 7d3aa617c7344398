"""Answers that wait on a phone, as a test gives them and sees them."""

import re

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app import database
from app.models import Answer
from tests.browser.conftest import Invitation, Invite

QUESTION = ".question:not([hidden])"
SAVED = re.compile("^Saved on this phone")
RECEIVED = "Received"


def choose(page: Page, number: int) -> None:
    """Choose one of the answers to the question in front."""
    page.locator(f"{QUESTION} .choice").nth(number).click()


def answers(invitation: Invitation) -> list[Answer]:
    """Return what the database has, as it was stored."""
    with database.reading(invitation.database_url) as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def on_the_phone(page: Page) -> list[str]:
    """Return the states of what the phone keeps."""
    states: list[str] = page.evaluate("outbox.all().then((all) => all.map((entry) => entry.state))")
    return states


def until(page: Page, script: str) -> None:
    """Wait until something holds on the page; Playwright's own waiting does not await a promise."""
    for _ in range(150):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"it never held: {script}")


def kept_for_later(page: Page) -> None:
    """Wait until the worker has what is due, as it has a moment after the first page was shown."""
    until(
        page,
        "caches.open('pages').then((pages) => pages.keys())"
        ".then((keys) => keys.filter((key) => /survey|report/.test(key.url)).length >= 3)",
    )
    until(page, "navigator.serviceWorker.controller !== null")


def all_received(page: Page) -> None:
    """Wait until the server has everything that the page was told."""
    until(
        page,
        "outbox.all().then((all) => all.length > 0 && all.every((entry) => entry.state === 'received'))",
    )


def nothing_kept(page: Page) -> None:
    """Wait until the outbox is empty."""
    until(page, "outbox.all().then((all) => all.length === 0)")


def start(invite: Invite, page: Page) -> Invitation:
    """Come in, wait until the worker has what is due, and begin to answer."""
    invitation = invite("en")
    invitation.come_in(page)
    kept_for_later(page)
    page.locator("a.main").click()
    page.get_by_role("button", name="Start").click()
    return invitation
