"""My sign-in: setting up, renaming and removing what lets one in; and the second step at the door."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import select

from app import database
from app.formats.one_time_code import code_at, step_of
from app.models import Account, AuditEntry, CodeApp
from app.operations.second_factors import reset_second_factor
from app.web import create_app
from tests.fixtures.desk import PASSWORD, NewStaff, StaffBrowser
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import Clock, configured
from tests.fixtures.second_factor import Authenticator
from tests.fixtures.study import COMMAND, TinyStudy

EMAIL = "coordinator-mad-True-en@example.org"


@pytest.fixture
def strict_app(tiny: TinyStudy, time: Clock) -> Flask:
    """An installation that asks everybody for a second step."""
    app = create_app(replace(configured(tiny.url), second_factor="required"))
    app.testing = True
    return app


def main_form(page: Element, name: str) -> dict[str, str]:
    main = page.find(".//main")
    assert main is not None
    return form_values(main, name)


def passkey_form(page: Element) -> tuple[str, dict[str, str]]:
    """Return what a page asks a passkey for, and the form that brings the answer."""
    form = next(each for each in page.iter("form") if "data-passkey" in each.attrib)
    assert "hidden" in form.attrib  # without scripts there is no button that does nothing
    values = {each.attrib["name"]: each.get("value", "") for each in form.iter("input")}
    return form.attrib["data-passkey"], values


def secret_of(page: Element) -> str:
    return text(page.find(".//*[@id='key']")).replace(" ", "")


def add_app(browser: StaffBrowser, time: Clock, name: str = "my phone") -> tuple[str, list[str]]:
    """Set up an app with codes and return its secret, and the recovery codes that came with it."""
    page = browser.get("/me/app")
    secret = secret_of(page)
    form = main_form(page, "code") | {"code": code_at(secret, step_of(time.at)), "name": name}
    answer = browser.client.post("/staff/me/app", data=form)
    codes: list[str] = []
    if answer.status_code == 200:
        codes = [text(each) for each in whole(answer).iter("li")]
    else:
        assert answer.location == "/staff/me"
    return secret, codes


def test_the_form_of_an_app_sent_twice_makes_one_app_and_shows_codes_that_are_good(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    page = coordinator.get("/me/app")
    secret = secret_of(page)
    form = main_form(page, "code") | {"code": code_at(secret, step_of(time.at)), "name": "my phone"}
    answers = [whole(coordinator.client.post("/staff/me/app", data=form)) for _ in range(2)]
    assert [heading(answer) for answer in answers] == ["Your recovery codes"] * 2
    first, second = ([text(each) for each in answer.iter("li")] for answer in answers)
    assert len(set(first + second)) == 20
    with database.reading(coordinator.url) as session:
        assert len(session.scalars(select(CodeApp)).all()) == 1
        added = select(AuditEntry.id).where(AuditEntry.action == "code_app.add")
        assert len(session.scalars(added).all()) == 1
    browser, _ = first_step(staff_app)
    assert browser.post("/sign-in/second-step", {"code": first[0]}).status_code == 422
    assert browser.post("/sign-in/second-step", {"code": second[0]}).status_code == 303
    time.pass_by(minutes=1)
    code = code_at(secret, step_of(time.at))
    for status in (303, 422):  # good once, not once for each time that the form was sent
        browser, _ = first_step(staff_app)
        assert browser.post("/sign-in/second-step", {"code": code}).status_code == status


def first_step(app: Flask, **form: str) -> tuple[StaffBrowser, str]:
    """Give the password in a new browser, and return where it leads."""
    browser = StaffBrowser(app, "")
    answer = browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD} | form)
    assert answer.status_code == 303
    return browser, answer.location


def test_setting_up_an_app_and_signing_in_with_it(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    secret, codes = add_app(coordinator, time)
    assert len(codes) == 10
    time.pass_by(minutes=5)
    browser, where = first_step(staff_app, next="/staff/events")
    assert where == "/staff/sign-in/second-step"
    assert heading(browser.get("/")) == "Staff sign-in"  # the password alone opens nothing
    page = browser.get("/sign-in/second-step")
    box = page.find(".//input[@id='code']")
    assert box is not None
    assert box.get("autocomplete") == "one-time-code"
    assert "maxlength" not in box.attrib  # a code may be pasted with blanks in it
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    typed = code_at(secret, step_of(time.at)).translate(arabic)
    answer = browser.post("/sign-in/second-step", {"code": f" {typed[:3]} {typed[3:]}"})
    assert answer.location == "/staff/events"
    assert heading(browser.get("/events")) == "Reported events"


def test_a_wrong_code_says_so_and_a_used_one_too(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    secret, _ = add_app(coordinator, time)
    browser, _ = first_step(staff_app)
    for code in ("000000", code_at(secret, step_of(time.at))):
        answer = browser.post("/sign-in/second-step", {"code": code})
        assert answer.status_code == 422
        assert "The code is wrong, or was used before" in answer.get_data(as_text=True)
        assert code not in answer.get_data(as_text=True)
    assert browser.post("/sign-in/second-step", {"code": " "}).status_code == 422


def test_the_second_step_waits_ten_minutes(staff_app: Flask, coordinator: StaffBrowser, time: Clock) -> None:
    secret, _ = add_app(coordinator, time)
    browser, _ = first_step(staff_app)
    time.pass_by(minutes=11)
    answer = browser.post("/sign-in/second-step", {"code": code_at(secret, step_of(time.at))})
    assert answer.location == "/staff/sign-in"
    assert heading(StaffBrowser(staff_app, "").get("/sign-in/second-step")) == "Staff sign-in"


def test_a_recovery_code_instead_of_all_else(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    _, codes = add_app(coordinator, time)
    browser, _ = first_step(staff_app)
    assert browser.post("/sign-in/second-step", {"code": codes[0].lower()}).status_code == 303
    assert "9 codes are left" in text(browser.get("/me"))
    browser, _ = first_step(staff_app)
    assert browser.post("/sign-in/second-step", {"code": codes[0]}).status_code == 422


def test_a_first_code_that_is_wrong_keeps_the_secret_on_the_page(
    coordinator: StaffBrowser, time: Clock
) -> None:
    page = coordinator.get("/me/app")
    form = main_form(page, "code") | {"code": "000000", "name": "my <b> phone"}
    answer = coordinator.client.post("/staff/me/app", data=form)
    assert answer.status_code == 422
    again = whole(answer)
    assert secret_of(again) == secret_of(page)
    assert main_form(again, "code")["name"] == "my <b> phone"
    assert "This is not the code that the app shows now." in text(again)
    forged = coordinator.client.post("/staff/me/app", data=form | {"sealed": "made up"})
    assert forged.status_code == 422
    assert secret_of(whole(forged)) != secret_of(page)


def test_who_has_no_second_step_is_led_to_set_it_up_before_anything_else(
    strict_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    browser, where = first_step(strict_app, next="/staff/participants")
    assert where == "/staff/participants"
    for address in ("/", "/participants", "/events"):
        assert heading(browser.get(address)) == "My sign-in"
    assert "Set up a second step before you go on" in text(browser.get("/me"))
    assert browser.client.post(
        "/staff/reminders/send", data={"csrf_token": browser.token("/me")}
    ).location == ("/staff/me")
    add_app(browser, time)
    assert heading(browser.get("/participants")) == "Participants"


def test_setting_it_up_signs_out_every_other_browser(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    other, _ = first_step(staff_app)
    assert heading(other.get("/")) == "Worklist"
    add_app(coordinator, time)
    assert heading(other.get("/")) == "Staff sign-in"
    assert heading(coordinator.get("/")) == "Worklist"


def test_after_a_while_it_is_asked_again_who_one_is(coordinator: StaffBrowser, time: Clock) -> None:
    add_app(coordinator, time)
    time.pass_by(minutes=11)
    for address in ("/me/app", "/me/passkey", "/me/password"):
        assert heading(coordinator.get(address)) == "Show again who you are"
    refused = coordinator.post("/me/factors", {"kind": "code_app", "factor": "1", "do": "remove"})
    assert refused.location == "/staff/me/confirm?next=%2Fstaff%2Fme"
    wrong = coordinator.post("/me/confirm", {"password": "wrong", "next": "/staff/me/app"})
    assert wrong.status_code == 401
    assert "The password is wrong." in wrong.get_data(as_text=True)
    assert coordinator.post("/me/confirm", {"password": ""}).status_code == 422
    right = coordinator.post("/me/confirm", {"password": PASSWORD, "next": "/staff/me/app"})
    assert right.location == "/staff/me/app"
    assert heading(coordinator.get("/me/app")) == "Add an app"
    elsewhere = coordinator.post("/me/confirm", {"password": PASSWORD, "next": "//example.org"})
    assert elsewhere.location == "/staff/today"


def test_renaming_and_removing(coordinator: StaffBrowser, time: Clock) -> None:
    add_app(coordinator, time)
    coordinator.post("/me/factors", {"kind": "code_app", "factor": "1", "name": "old phone", "do": "rename"})
    assert "old phone" in text(coordinator.get("/me"))
    for form in ({"kind": "account", "factor": "1"}, {"kind": "code_app", "factor": "9", "do": "remove"}, {}):
        assert coordinator.post("/me/factors", form).status_code == 404
    coordinator.post("/me/factors", {"kind": "code_app", "factor": "1", "do": "remove"})
    page = text(coordinator.get("/me"))
    assert "old phone" not in page
    assert "Recovery codes" not in page
    assert coordinator.post("/me/recovery-codes").location == "/staff/me"  # there is nothing to recover


def test_new_recovery_codes_stand_on_no_page_that_can_be_fetched_again(
    coordinator: StaffBrowser, time: Clock
) -> None:
    _, first = add_app(coordinator, time)
    answer = coordinator.post("/me/recovery-codes")
    codes = [text(each) for each in whole(answer).iter("li")]
    assert len(set(codes + first)) == 20
    assert all(re.fullmatch(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", code) for code in codes)
    assert answer.headers["Cache-Control"] == "no-store"
    assert codes[0] not in text(coordinator.get("/me"))


def test_a_new_password(staff_app: Flask, coordinator: StaffBrowser) -> None:
    other, _ = first_step(staff_app)
    for weak, said in (
        ("short", "Use at least 15 characters."),  # there is nothing else here that is asked for
        ("Coordinator-Coordinator-2026", "This password is easily guessed."),
        ("x" * 300, "Use at most 256 characters."),
        ("", "Enter the new password."),
    ):
        answer = coordinator.post("/me/password", {"password": weak})
        assert answer.status_code == 422
        assert said in text(whole(answer))
        assert f'value="{weak}"' not in answer.get_data(as_text=True) or not weak
    new = "una frase bastante larga 🙂"
    assert coordinator.post("/me/password", {"password": new}).location == "/staff/me"
    assert heading(other.get("/")) == "Staff sign-in"
    assert heading(coordinator.get("/")) == "Worklist"
    assert (
        StaffBrowser(staff_app, "").post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code
        == 401
    )
    first_step(staff_app, password=new)


def test_failed_tries_are_told(staff_app: Flask, coordinator: StaffBrowser, time: Clock) -> None:
    time.pass_by(minutes=1)
    for _ in range(3):
        StaffBrowser(staff_app, "").post("/sign-in", {"email": EMAIL, "password": "wrong"})
    browser, _ = first_step(staff_app)
    assert "3 tries to sign in to your account failed since you were last here." in text(browser.get("/"))
    assert "failed since" not in text(browser.get("/"))


@pytest.fixture
def key(staff_app: Flask) -> Authenticator:
    """A security key for the address of the tests."""
    return Authenticator("http://localhost", "localhost")


def test_a_passkey_is_made_and_is_the_whole_sign_in(
    staff_app: Flask, coordinator: StaffBrowser, key: Authenticator, time: Clock
) -> None:
    options, form = passkey_form(coordinator.get("/me/passkey"))
    answer = coordinator.client.post(
        "/staff/me/passkey", data=form | {"answer": key.make(options), "name": "my key"}
    )
    assert heading(whole(answer)) == "Your recovery codes"
    again = coordinator.client.post(
        "/staff/me/passkey", data=form | {"answer": key.make(options), "name": "my key"}
    )
    assert again.status_code == 422
    assert "my key" in text(coordinator.get("/me"))
    stranger = StaffBrowser(staff_app, "")
    options, form = passkey_form(stranger.get("/sign-in", next="/staff/events"))
    answer = stranger.client.post("/staff/sign-in/passkey", data=form | {"answer": key.show(options)})
    assert answer.location == "/staff/events"
    assert heading(stranger.get("/events")) == "Reported events"
    replayed = StaffBrowser(staff_app, "")
    token = {"csrf_token": replayed.token()}
    refused = replayed.client.post(
        "/staff/sign-in/passkey", data=form | token | {"answer": key.show(options, counting=False)}
    )
    assert refused.status_code == 422
    assert "The passkey was not accepted" in text(whole(refused))


def test_a_passkey_is_the_second_step_and_shows_again_who_one_is(
    staff_app: Flask, coordinator: StaffBrowser, key: Authenticator, time: Clock
) -> None:
    options, form = passkey_form(coordinator.get("/me/passkey"))
    coordinator.client.post("/staff/me/passkey", data=form | {"answer": key.make(options)})
    browser, _ = first_step(staff_app)
    options, form = passkey_form(browser.get("/sign-in/second-step"))
    assert (
        browser.client.post("/staff/sign-in/second-step/passkey", data=form | {"answer": "{}"}).status_code
        == 422
    )
    answer = browser.client.post(
        "/staff/sign-in/second-step/passkey", data=form | {"answer": key.show(options)}
    )
    assert answer.location == "/staff/today"
    time.pass_by(minutes=11)
    options, form = passkey_form(browser.get("/me/password"))
    assert form["next"] == "/staff/me/password"
    answer = browser.client.post("/staff/me/confirm", data=form | {"answer": key.show(options)})
    assert answer.location == "/staff/me/password"


def test_no_passkey_is_offered_where_browsers_make_none(tiny: TinyStudy, new_staff: NewStaff) -> None:
    browser = new_staff("statistician")
    app = create_app(replace(configured(tiny.url), public_url="http://127.0.0.1:8000"))
    plain = StaffBrowser(app, tiny.url, browser.secret)
    assert plain.get("/sign-in").find(".//form[@data-passkey]") is None
    assert "Passkeys need an address" in text(plain.get("/me/passkey"))


def test_an_administrator_resets_somebodys_second_step(
    staff_app: Flask, coordinator: StaffBrowser, administrator: StaffBrowser, time: Clock
) -> None:
    add_app(coordinator, time)
    with database.reading(coordinator.url) as session:
        account_id = session.scalars(select(Account.id).where(Account.email == EMAIL.lower())).one()
        own = session.scalars(select(Account.id).where(Account.role == "administrator")).one()
    for account in ("", "999"):
        assert administrator.post("/accounts/reset-second-factor", {"account": account}).status_code == 404
    assert administrator.post("/accounts/reset-second-factor", {"account": own}).status_code == 403
    answer = administrator.post("/accounts/reset-second-factor", {"account": account_id})
    assert answer.status_code == 303
    assert heading(coordinator.get("/")) == "Staff sign-in"
    assert first_step(staff_app)[1] == "/staff/today"


def test_a_session_ends_when_the_second_step_is_reset_from_the_command_line(
    coordinator: StaffBrowser, time: Clock
) -> None:
    add_app(coordinator, time)
    with database.writing(coordinator.url) as session:
        reset_second_factor(session, account_id=1, actor=COMMAND, now=time.at)
    assert heading(coordinator.get("/")) == "Staff sign-in"
