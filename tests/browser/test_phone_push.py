"""A phone is asked to show messages only after a press, shows neutral words, and opens the link when pressed.

The browser's own push service cannot be reached from here: a made-up subscription takes its place, and what
was pushed is handed to the worker as the browser would.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import database
from app.config import new_vapid_key
from app.formats import study_folder, subscription
from app.models import PushSubscription
from tests.browser.conftest import DEMO, Invitation, Invite, inviting
from tests.fixtures.push_service import Browser
from tests.fixtures.server import Serve
from tests.fixtures.study import CONTACT_KEYS

pytestmark = pytest.mark.browser

ENDPOINT = "https://fcm.googleapis.com/fcm/send/made-up"


@pytest.fixture
def invite_to_push(sqlite_url: str, serve: Serve) -> Iterator[Invite]:
    """Enrol someone where messages can be pushed."""
    yield from inviting(study_folder.read(DEMO), sqlite_url, serve, VAPID_PRIVATE_KEY=new_vapid_key())


def with_a_service(page: Page, browser: Browser) -> None:
    """Let the browser subscribe without a network."""
    given = browser.subscription
    made = {"endpoint": given.endpoint, "keys": {"p256dh": given.p256dh, "auth": given.auth}}
    page.add_init_script(
        f"""
        const made = {json.dumps(made)};
        const subscription = {{
          endpoint: made.endpoint,
          toJSON: () => made,
          unsubscribe: async () => {{ localStorage.removeItem("on"); return true; }},
        }};
        const on = () => localStorage.getItem("on");
        PushManager.prototype.getSubscription = async () => (on() ? subscription : null);
        PushManager.prototype.subscribe = async ({{ userVisibleOnly, applicationServerKey }}) => {{
          if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("options");
          localStorage.setItem("on", "1");
          return subscription;
        }};
        """
    )


def kept(invitation: Invitation) -> list[str]:
    with database.reading(invitation.database_url) as session:
        live = select(PushSubscription.sealed).where(PushSubscription.ended_at.is_(None))
        return [subscription.unseal(each, CONTACT_KEYS).endpoint for each in session.scalars(live)]


def test_a_phone_begins_and_ends_it(invite_to_push: Invite, page: Page) -> None:
    invitation = invite_to_push("en")
    page.context.grant_permissions(["notifications"], origin=invitation.server)
    with_a_service(page, Browser(ENDPOINT))
    invitation.come_in(page)
    page.goto(f"{invitation.server}/preferences")
    page.get_by_role("button", name="Show messages on this phone").click()
    expect(page.locator("#push-status")).to_have_text(
        "This phone shows you a message when your questions are ready."
    )
    assert kept(invitation) == [ENDPOINT]
    page.reload()
    page.get_by_role("button", name="No more messages on this phone").click()
    expect(page.locator("#push-status")).to_have_text("This phone shows no more messages.")
    assert kept(invitation) == []


def test_who_does_not_allow_it_is_told(invite_to_push: Invite, page: Page) -> None:
    invitation = invite_to_push("en")
    with_a_service(page, Browser(ENDPOINT))
    page.add_init_script("Notification.requestPermission = async () => 'denied';")
    invitation.come_in(page)
    page.goto(f"{invitation.server}/preferences")
    page.get_by_role("button", name="Show messages on this phone").click()
    expect(page.locator("#push-status")).to_contain_text("does not allow messages")
    assert kept(invitation) == []


def test_the_worker_shows_it_and_it_opens_the_link(invite_to_push: Invite, page: Page) -> None:
    invitation = invite_to_push("en")
    page.context.grant_permissions(["notifications"], origin=invitation.server)
    invitation.come_in(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    cdp = page.context.new_cdp_session(page)
    registrations: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(each["registrationId"] for each in told["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    said = {"title": "Your questions are ready", "body": "Week 4", "url": invitation.link, "lang": "en"}
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": invitation.server, "registrationId": registrations[0], "data": json.dumps(said)},
    )
    page.wait_for_function(
        """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
           .then((all) => all.length === 1)"""
    )
    shown = page.evaluate(
        """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
           .then(([one]) => ({ title: one.title, body: one.body, lang: one.lang, data: one.data }))"""
    )
    assert shown == {"title": said["title"], "body": said["body"], "lang": "en", "data": said["url"]}


def test_without_scripts_nothing_is_offered(invite_to_push: Invite, new_page: object) -> None:
    page: Page = new_page(java_script_enabled=False)  # type: ignore[operator]  # the fixture
    invitation = invite_to_push("en")
    invitation.come_in(page)
    page.goto(f"{invitation.server}/preferences")
    expect(page.locator("#push")).to_be_hidden()
