"""Signing in with a real browser: passkeys of its virtual authenticator, codes, and a password that shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect
from sqlalchemy import select

from app import clock, database
from app.domain.partial_date import PartialDate
from app.domain.study import Adjudication
from app.formats.one_time_code import code_at, step_of
from app.models import Account
from app.operations.accounts import add_account
from app.operations.events import report_event
from app.operations.studies import load_study
from tests.fixtures import usable
from tests.fixtures.browser import PHONE, NewPage
from tests.fixtures.desk import PASSWORD
from tests.fixtures.phone import SETTINGS
from tests.fixtures.provider import IdentityProvider
from tests.fixtures.server import Serve
from tests.fixtures.study import COMMAND, FOLDER, STUDY, TinyStudy

pytestmark = pytest.mark.browser

EMAIL = "nurse@example.org"
DESK = 1280
SMALLEST_TARGET = 24
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Device:
    """A page whose browser has an authenticator built in."""

    page: Page
    url: str
    cdp: CDPSession
    authenticator: str

    def type_password(self) -> None:
        """Give address and password."""
        self.page.goto(f"{self.url}/staff/sign-in")
        self.page.locator("#email").fill(EMAIL)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("button.main").click()

    def add_passkey(self) -> None:
        """Make a passkey, signed in."""
        self.page.goto(f"{self.url}/staff/me/passkey")
        self.page.locator("#name").fill("this computer")
        self.page.get_by_role("button", name="Add a passkey").click()

    def sign_out(self) -> None:
        """Leave."""
        self.page.get_by_role("button", name="Sign out").click()
        self.page.wait_for_url("**/staff/sign-in*")

    def credentials(self) -> list[dict[str, Any]]:
        """Return what the authenticator holds."""
        found: list[dict[str, Any]] = self.cdp.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator}
        )["credentials"]
        return found


@pytest.fixture
def provided() -> dict[str, str]:
    """No settings for single sign-on, unless a test has its own."""
    return {}


@pytest.fixture
def device(sqlite_url: str, serve: Serve, new_page: NewPage, provided: dict[str, str]) -> Iterator[Device]:
    """A member of staff of the tiny study, in front of a small screen."""
    with database.writing(sqlite_url) as session:
        study_id = load_study(session, folder=FOLDER, actor=COMMAND, now=clock.now()).study_id
        add_account(
            session,
            email=EMAIL,
            name="A nurse",
            role="coordinator",
            study_id=study_id,
            site="mad",
            password=PASSWORD,
            actor=COMMAND,
            now=clock.now(),
        )
    with serve(sqlite_url, **(SETTINGS | {"PUBLIC_URL": "http://localhost:{port}"} | provided)) as server:
        page = new_page()
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        added = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        url = server.url.replace("127.0.0.1", "localhost")
        yield Device(page, url, cdp, added["authenticatorId"])


def test_a_passkey_from_making_it_to_being_told_from_its_copy(device: Device) -> None:
    page = device.page
    device.type_password()
    page.wait_for_url("**/staff/today")
    device.add_passkey()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    expect(page.locator("#codes li")).to_have_count(10)
    (credential,) = device.credentials()
    assert credential["isResidentCredential"]
    assert credential["rpId"] == "localhost"
    device.sign_out()

    page.get_by_role("button", name="Sign in with a passkey").click()  # no address, no password
    page.wait_for_url("**/staff/today")
    expect(page.locator("h1")).to_have_text("Today")
    device.sign_out()

    device.type_password()  # or as the second step
    page.wait_for_url("**/sign-in/second-step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/staff/today")
    device.sign_out()

    device.cdp.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": device.authenticator, "isUserVerified": False},
    )
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.click()
    expect(page.locator("[data-failed]")).to_be_visible()
    expect(button).to_be_enabled()
    device.cdp.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device.authenticator, "isUserVerified": True}
    )

    (now,) = device.credentials()  # a copy made when the passkey was new does not know what came after
    assert now["signCount"] > credential["signCount"]
    known = {"authenticatorId": device.authenticator, "credentialId": now["credentialId"]}
    device.cdp.send("WebAuthn.removeCredential", known)
    device.cdp.send(
        "WebAuthn.addCredential",
        {
            "authenticatorId": device.authenticator,
            "credential": {**now, "signCount": credential["signCount"]},
        },
    )
    button.click()
    expect(page.locator("#faults")).to_contain_text("The passkey was not accepted")


def test_a_reading_is_signed_with_a_passkey(device: Device, sqlite_url: str) -> None:
    now = clock.now()
    with database.writing(sqlite_url) as session:
        folder = replace(FOLDER, study=replace(STUDY, adjudication=Adjudication(signed=True)))
        study_id = load_study(session, folder=folder, actor=COMMAND, now=now).study_id
    participant_id = TinyStudy(sqlite_url, study_id).enrol(
        "MAD-001", day_0=now.date() - timedelta(days=400), now=now
    )
    with database.writing(sqlite_url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026, 1, 2),
            report_id="r-1",
            actor=COMMAND,
            now=now,
        )
    page = device.page
    device.type_password()
    page.wait_for_url("**/staff/today")
    device.add_passkey()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    page.goto(f"{device.url}/staff/events/{event_id}")
    page.locator("input[name=decision][value=refuted]").check()
    sign = page.get_by_role("button", name="Sign with a passkey instead")
    device.cdp.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device.authenticator, "isUserVerified": False}
    )
    sign.click()
    expect(page.locator("[data-failed]")).to_be_visible()  # and what was chosen is still there
    device.cdp.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device.authenticator, "isUserVerified": True}
    )
    found = usable.by_axe(page)
    for width, text in ((DESK, "100%"), (PHONE["width"], "100%"), (PHONE["width"], "200%")):
        with usable.shown(page, width=width, text=text):
            found += usable.too_wide(page) + usable.small_targets(page, SMALLEST_TARGET)
    assert not found, "\n".join(found)
    sign.click()
    page.wait_for_url("**/staff/events")
    page.goto(f"{device.url}/staff/events/{event_id}")
    expect(page.locator(".signature")).to_contain_text("Confirmed with a passkey.")


def test_a_passkey_of_another_address_is_not_even_offered(device: Device) -> None:
    device.type_password()
    device.page.wait_for_url("**/staff/today")
    device.add_passkey()
    expect(device.page.locator("h1")).to_have_text("Your recovery codes")
    device.page.goto(f"{device.url.replace('localhost', '127.0.0.1')}/staff/sign-in")
    device.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(device.page.locator("[data-failed]")).to_be_visible()  # the browser itself refuses


def test_an_app_with_codes_and_a_password_that_shows(device: Device) -> None:
    page = device.page
    page.goto(f"{device.url}/staff/sign-in")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Show the password").check()
    assert page.locator("#password").get_attribute("type") == "text"
    page.get_by_label("Show the password").uncheck()
    assert page.locator("#password").get_attribute("type") == "password"
    device.type_password()
    page.wait_for_url("**/staff/today")
    page.get_by_role("link", name="My sign-in").click()
    page.get_by_role("link", name="Add an app").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    page.locator("#code").fill(code_at(secret, step_of(clock.now())))
    page.get_by_role("button", name="Add the app").click()
    code = page.locator("#codes li").first.inner_text()
    device.sign_out()
    device.type_password()
    page.wait_for_url("**/sign-in/second-step")
    page.locator("#code").fill(code.lower())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/staff/today")


def pages(device: Device) -> Iterator[str]:
    """Go through every page and state of signing in, and give the name of each."""
    page = device.page
    page.goto(f"{device.url}/staff/sign-in")
    yield "the door"
    device.type_password()
    page.wait_for_url("**/staff/today")
    page.goto(f"{device.url}/staff/me/passkey")
    yield "a passkey"
    page.locator("main button.main").click()
    page.wait_for_selector("#codes")
    yield "recovery codes"
    for address in ("/me/app", "/me/password", "/me/email", "/me/confirm"):
        page.goto(f"{device.url}/staff{address}")
        yield address
    page.locator("main button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "a confirmation with faults"
    page.goto(f"{device.url}/staff/me")
    page.locator("details > summary").first.click()
    yield "my sign-in"
    page.locator("header .whoami button").click()
    page.wait_for_url("**/staff/sign-in*")
    device.type_password()
    page.wait_for_url("**/sign-in/second-step")
    yield "the second step"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_of_signing_in_can_be_used(device: Device, sqlite_url: str, language: str) -> None:
    with database.writing(sqlite_url) as session:
        session.scalars(select(Account)).one().language = language
    page, faults = device.page, []
    for name in pages(device):
        found = usable.by_axe(page) + usable.in_other_lights(page, "dark")
        for width, text in ((DESK, "100%"), (PHONE["width"], "100%"), (PHONE["width"], "200%")):
            with usable.shown(page, width=width, text=text):
                found += usable.too_wide(page) + usable.small_targets(page, SMALLEST_TARGET)
        faults += [f"{name}: {each}" for each in found]
    assert not faults, "\n".join(faults)


class TestAtAProvider:
    """Through the organisation, in a browser that holds pages to their own policy."""

    @pytest.fixture
    def provided(self, identity_provider: IdentityProvider) -> dict[str, str]:
        return {
            "OIDC_ISSUER": identity_provider.issuer,
            "OIDC_CLIENT_ID": "hepatica",
            "OIDC_CLIENT_SECRET": "a secret of the client",
        }

    def test_there_and_back(self, device: Device, identity_provider: IdentityProvider) -> None:
        identity_provider.knows("browser-1", email=EMAIL, email_verified=True)
        page = device.page

        def be_somebody(
            route: Route,
        ) -> None:  # the provider's own page would ask another host for its styles
            answer = route.fetch(max_redirects=0)
            back = identity_provider.confirm(answer.headers["location"], "browser-1")
            route.fulfill(status=302, headers={**answer.headers, "location": back})

        page.route(re.compile(r"/staff/sign-in/provider(\?|$)"), be_somebody)
        page.goto(f"{device.url}/staff/events")  # wanted before signing in
        page.get_by_role("link", name="Sign in through your organisation").click()
        page.wait_for_url("**/staff/events")
        device.sign_out()
        expect(page.get_by_role("link", name="Sign out there too")).to_be_visible()
