"""Single sign-on, against a provider that runs beside the test: who comes in by it, and who does not."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import database
from app.config import Provider
from app.formats import one_time_code
from app.models import Account, AuditEntry, ProviderIdentity
from app.operations.code_apps import add_code_app
from app.operations.second_factors import reset_second_factor
from app.queries.access import staff_member
from app.web import create_app
from app.web.gate import STAFF_COOKIE
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import Clock, configured
from tests.fixtures.provider import IdentityProvider, asked_for
from tests.fixtures.study import COMMAND, CONTACT_KEYS, TinyStudy

EMAIL = "coordinator-mad-true-en@example.org"

NewApp = Callable[..., Flask]


@pytest.fixture
def new_app(tiny: TinyStudy, time: Clock, identity_provider: IdentityProvider) -> NewApp:
    """Make an installation with the provider: `new_app(second_factor="trusted")`."""

    def new_app(*, required: bool = False, **changed: str) -> Flask:
        provider = Provider(identity_provider.issuer, "hepatica", "a secret of the client", "ask")
        app = create_app(
            replace(
                configured(tiny.url),
                provider=replace(provider, **changed),  # type: ignore[arg-type]  # fields by name
                second_factor="required" if required else "optional",
            )
        )
        app.testing = True
        return app

    return new_app


def go(browser: StaffBrowser, address: str) -> TestResponse:
    """Follow an address that the provider gave, to our own pages."""
    parts = urlsplit(address)
    return browser.client.get(f"{parts.path}?{parts.query}")


def to_provider(browser: StaffBrowser, wanted: str = "") -> str:
    """Press the button, and return the provider's address."""
    answer = browser.client.get("/staff/sign-in/provider", query_string={"next": wanted} if wanted else None)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location


def come_by(
    app: Flask, provider: IdentityProvider, subject: str, wanted: str = ""
) -> tuple[StaffBrowser, TestResponse]:
    """Sign in through the provider as somebody, in a new browser."""
    browser = StaffBrowser(app, "")
    return browser, go(browser, provider.confirm(to_provider(browser, wanted), subject))


def refused(answer: TestResponse) -> bool:
    """Return whether an answer is the page that says no, and no session has begun."""
    assert answer.status_code == 403
    assert heading(whole(answer)) == "Your organisation’s sign-in did not let you in"
    return not any(each.startswith(f"{STAFF_COOKIE}=") for each in answer.headers.getlist("Set-Cookie"))


def add_app(url: str, time: Clock) -> str:
    """Give the account an app with codes and return its secret."""
    secret = one_time_code.new_secret()
    with database.writing(url) as session:
        account_id = session.scalars(select(Account.id).where(Account.email == EMAIL)).one()
        add_code_app(
            session,
            account_id=account_id,
            name="app",
            sealed=one_time_code.seal(secret, account_id=account_id, keys=CONTACT_KEYS),
            code=one_time_code.code_at(secret, one_time_code.step_of(time.at)),
            actor=COMMAND,
            now=time.at,
            contact_keys=CONTACT_KEYS,
        )
    return secret


def test_a_person_with_an_account_comes_in_and_is_bound(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider
) -> None:
    identity_provider.knows("nurse-1", email=EMAIL.upper(), email_verified=True)
    app = new_app()
    page = StaffBrowser(app, "").get("/sign-in")
    assert page.find(".//a[@href='/staff/sign-in/provider']") is not None
    browser = StaffBrowser(app, "")
    asked = asked_for(to_provider(browser, "/staff/events"))
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert {"openid", "email"} <= set(asked["scope"].split())
    assert asked["redirect_uri"] == "http://localhost/staff/sign-in/provider/back"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    browser, answer = come_by(app, identity_provider, "nurse-1", "/staff/events")
    assert answer.location == "/staff/events"
    assert heading(browser.get("/events")) == "Reported events"
    with database.reading(coordinator.url) as session:
        bound = session.scalars(select(ProviderIdentity)).one()
        assert (bound.issuer, bound.subject) == (identity_provider.issuer, "nurse-1")
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.chain == f"account:{bound.account_id}")
        )
        assert {"provider_identity.bind", "session.begin"} <= set(actions)
    assert "You can sign in through your organisation." in text(browser.get("/me"))
    again = browser.get("/me/confirm", next="/staff/me/passkey")  # who has no password shows it there
    assert again.find(".//a[@href='/staff/sign-in/provider?next=/staff/me/passkey']") is not None


def test_from_then_on_the_providers_name_counts_whatever_the_address(
    new_app: NewApp,
    coordinator: StaffBrowser,
    administrator: StaffBrowser,
    identity_provider: IdentityProvider,
) -> None:
    app = new_app()
    identity_provider.knows("nurse-2", email=EMAIL, email_verified=True)
    come_by(app, identity_provider, "nurse-2")
    boss = "administrator-none-true-en@example.org"
    identity_provider.knows("nurse-2", email=boss, email_verified=True)
    browser, answer = come_by(app, identity_provider, "nurse-2")
    assert answer.location == "/staff/today"
    assert "Coordinator" in text(browser.get("/"))
    # and another person at the provider who is given the nurse's address does not become the nurse
    identity_provider.knows("newcomer", email=EMAIL, email_verified=True)
    assert refused(come_by(app, identity_provider, "newcomer")[1])


def test_a_tie_that_was_removed_is_made_again_only_after_a_reset(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    app = new_app()
    identity_provider.knows("nurse-8", email=EMAIL, email_verified=True)
    browser, _ = come_by(app, identity_provider, "nurse-8")
    with database.reading(coordinator.url) as session:
        bound = session.scalars(select(ProviderIdentity)).one()
    tie = {"kind": "provider_identity", "factor": bound.id, "do": "remove"}
    assert browser.post("/me/factors", tie, token=browser.token("/me")).status_code == 303
    time.pass_by(minutes=1)
    assert refused(come_by(app, identity_provider, "nurse-8")[1])
    # nor does whoever is given the address there: the owner ended the tie to this provider
    identity_provider.knows("newcomer", email=EMAIL, email_verified=True)
    assert refused(come_by(app, identity_provider, "newcomer")[1])
    with database.writing(coordinator.url) as session:
        reset_second_factor(session, account_id=bound.account_id, actor=COMMAND, now=time.at)
    assert come_by(app, identity_provider, "nurse-8")[1].location == "/staff/today"
    assert refused(come_by(app, identity_provider, "newcomer")[1])


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email": "nobody@example.org", "email_verified": True}, id="unknown"),
        pytest.param({"email": EMAIL, "email_verified": False}, id="not verified"),
        pytest.param({"email": EMAIL}, id="nothing said of it"),
        pytest.param({"email": EMAIL, "email_verified": "true"}, id="a word that is no yes"),
        pytest.param({"email_verified": True}, id="no address"),
    ],
)
def test_nobody_gets_an_account_by_it(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, claims: dict[str, object]
) -> None:
    identity_provider.knows("someone", **claims)
    assert refused(come_by(new_app(), identity_provider, "someone")[1])
    with database.reading(coordinator.url) as session:
        assert len(session.scalars(select(Account)).all()) == 1
        assert session.scalars(select(ProviderIdentity)).all() == []


def test_who_is_deactivated_stays_out(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    app = new_app()
    identity_provider.knows("leaver", email=EMAIL, email_verified=True)
    browser, _ = come_by(app, identity_provider, "leaver")
    with database.writing(coordinator.url) as session:
        session.scalars(select(Account)).one().deactivated_at = time.at
    assert heading(browser.get("/")) == "Staff sign-in"
    assert refused(come_by(app, identity_provider, "leaver")[1])


def test_an_answer_that_this_browser_did_not_ask_for(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    identity_provider.knows("nurse-3", email=EMAIL, email_verified=True)
    app = new_app()
    asking = StaffBrowser(app, "")
    back = identity_provider.confirm(to_provider(asking), "nurse-3")
    stranger = StaffBrowser(app, "")
    assert refused(go(stranger, back))  # it asked for nothing
    to_provider(stranger)
    assert refused(go(stranger, back))  # another state
    with_its_state = StaffBrowser(app, "")
    own = asked_for(to_provider(with_its_state))["state"]
    code = asked_for(back)["code"]
    # somebody else's code under the right state: the nonce in the ID token is not the one that was asked with
    assert refused(
        go(with_its_state, f"http://localhost/staff/sign-in/provider/back?code={code}&state={own}")
    )
    back = identity_provider.confirm(to_provider(asking), "nurse-3")
    assert go(asking, back).status_code == 303
    assert refused(go(asking, back))  # once
    back = identity_provider.confirm(to_provider(asking), "nurse-3")
    time.pass_by(minutes=11)
    assert refused(go(asking, back))  # too late


def test_the_provider_says_no_or_something_else(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider
) -> None:
    browser = StaffBrowser(new_app(), "")
    assert refused(go(browser, identity_provider.deny(to_provider(browser))))
    state = asked_for(to_provider(browser))["state"]
    back = "http://localhost/staff/sign-in/provider/back"
    assert refused(go(browser, f"{back}?state={state}"))
    state = asked_for(to_provider(browser))["state"]
    assert refused(go(browser, f"{back}?state={state}&code=made-up"))
    state = asked_for(to_provider(browser))["state"]
    assert refused(go(browser, f"{back}?state={state}&code=x&iss=https://another.example.org"))


def test_a_provider_that_is_not_there_or_is_another(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider
) -> None:
    port = urlsplit(identity_provider.issuer).port
    for issuer in ("http://127.0.0.1:9", f"http://localhost:{port}/other", f"http://localhost.:{port}"):
        answer = StaffBrowser(new_app(issuer=issuer), "").client.get("/staff/sign-in/provider")
        assert refused(answer), issuer


def test_without_a_provider_there_is_no_such_page(staff_app: Flask) -> None:
    browser = StaffBrowser(staff_app, "")
    for address in ("", "/back", "/out"):
        assert browser.client.get(f"/staff/sign-in/provider{address}").status_code == 404
    assert browser.get("/sign-in").find(".//a[@href='/staff/sign-in/provider']") is None


def test_our_second_step_is_asked_for_unless_the_provider_is_trusted_and_did_it(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    add_app(coordinator.url, time)
    known = {"email": EMAIL, "email_verified": True}
    for second_factor, amr, expected in (
        ("ask", ["pwd", "mfa"], "/staff/sign-in/second-step"),
        ("trusted", ["pwd"], "/staff/sign-in/second-step"),
        ("trusted", [], "/staff/sign-in/second-step"),
        ("trusted", ["pwd", "otp"], "/staff/today"),
    ):
        identity_provider.knows("nurse-4", amr=amr, **known)
        _, answer = come_by(new_app(second_factor=second_factor), identity_provider, "nurse-4")
        assert answer.location == expected, (second_factor, amr)


def test_the_second_step_after_the_provider(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    secret = add_app(coordinator.url, time)
    identity_provider.knows("nurse-5", email=EMAIL, email_verified=True)
    browser, _ = come_by(new_app(), identity_provider, "nurse-5", "/staff/events")
    assert heading(browser.get("/events")) == "Staff sign-in"
    time.pass_by(seconds=30)
    code = one_time_code.code_at(secret, one_time_code.step_of(time.at))
    answer = browser.post("/sign-in/second-step", {"code": code})
    assert answer.location == "/staff/events"
    assert heading(browser.get("/events")) == "Reported events"


def test_a_trusted_provider_settles_who_has_no_second_step_of_ours(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider
) -> None:
    app = new_app(required=True, second_factor="trusted")
    identity_provider.knows("nurse-6", email=EMAIL, email_verified=True, amr=["mfa"])
    browser, _ = come_by(app, identity_provider, "nurse-6")
    assert heading(browser.get("/")) == "Worklist"
    identity_provider.knows("nurse-6", email=EMAIL, email_verified=True, amr=["pwd"])
    browser, _ = come_by(app, identity_provider, "nurse-6")
    assert heading(browser.get("/")) == "My sign-in"


def test_signing_out_offers_to_sign_out_there_too(
    new_app: NewApp, coordinator: StaffBrowser, identity_provider: IdentityProvider, time: Clock
) -> None:
    identity_provider.knows("nurse-7", email=EMAIL, email_verified=True)
    browser, _ = come_by(new_app(), identity_provider, "nurse-7")
    cookie = browser.client.get_cookie(STAFF_COOKIE, path="/staff")
    assert cookie is not None
    out = browser.post("/sign-out", token=browser.token("/me"))
    assert out.location == "/staff/sign-in?out=provider"
    with database.reading(coordinator.url) as session:
        assert staff_member(session, secret=cookie.value, now=time.at) is None
    page = browser.get("/sign-in", out="provider")
    assert page.find(".//a[@href='/staff/sign-in/provider/out']") is not None
    there = browser.client.get("/staff/sign-in/provider/out")
    assert there.location.startswith(f"{identity_provider.issuer}/oauth2/end_session?")
    assert asked_for(there.location)["post_logout_redirect_uri"] == "http://localhost/staff/sign-in"
