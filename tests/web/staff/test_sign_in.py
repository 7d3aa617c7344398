"""Signing in and out: by password, rate-limited, ended by a row."""

from flask import Flask

from app.operations.attempts import ALLOWED
from tests.fixtures.desk import PASSWORD, NewStaff, StaffBrowser
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import Clock

EMAIL = "coordinator-mad-True-en@example.org"


def sign_in(browser: StaffBrowser, **form: str) -> int:
    """Send the form, and return the status."""
    return browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD} | form).status_code


def test_the_password_lets_in_and_leads_to_the_page_that_was_wanted(
    staff_app: Flask, coordinator: StaffBrowser
) -> None:
    browser = StaffBrowser(staff_app, "")
    page = browser.get("/events")
    assert heading(page) == "Staff sign-in"
    answer = browser.post(
        "/sign-in", {"email": f" {EMAIL.upper()} ", "password": PASSWORD, "next": "/staff/events"}
    )
    assert answer.location == "/staff/events"
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("hepatica_s="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/staff" in cookie
    assert heading(browser.get("/events")) == "Reported events"


def test_nobody_is_led_to_another_site(staff_app: Flask, coordinator: StaffBrowser) -> None:
    for wanted in (
        "https://example.org/staff/",
        "//example.org/staff/",
        "/staff/\\example.org",
        "javascript:1",
        "",
    ):
        browser = StaffBrowser(staff_app, "")
        answer = browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD, "next": wanted})
        assert answer.location == "/staff/today", wanted


def test_a_wrong_password_says_so_and_five_close_the_door_to_the_right_one(
    staff_app: Flask, coordinator: StaffBrowser, time: Clock
) -> None:
    browser = StaffBrowser(staff_app, "")
    for _ in range(ALLOWED["sign-in"]):
        answer = browser.post("/sign-in", {"email": EMAIL, "password": "wrong"})
        assert answer.status_code == 401
        assert "the e-mail address or password is wrong" in answer.get_data(as_text=True)
        assert 'wrong"' not in answer.get_data(as_text=True)  # what was typed does not come back
    assert sign_in(browser) == 429
    time.pass_by(minutes=16)
    assert sign_in(browser) == 303


def test_nobody_learns_which_addresses_have_an_account(staff_app: Flask, coordinator: StaffBrowser) -> None:
    browser = StaffBrowser(staff_app, "")
    known = browser.post("/sign-in", {"email": EMAIL, "password": "wrong"})
    unknown = browser.post("/sign-in", {"email": "nobody@example.org", "password": "wrong"})
    assert known.status_code == unknown.status_code
    words = [text(whole(answer).find(".//div[@id='faults']")) for answer in (known, unknown)]
    assert words[0] == words[1]


def test_empty_boxes_are_named(staff_app: Flask, tiny: object) -> None:
    answer = StaffBrowser(staff_app, "").post("/sign-in", {"email": "", "password": ""})
    assert answer.status_code == 422
    body = answer.get_data(as_text=True)
    assert "Enter your e-mail address." in body
    assert "Enter your password." in body


def test_signing_out_ends_the_session_also_for_a_kept_cookie(
    staff_app: Flask, coordinator: StaffBrowser
) -> None:
    thief = StaffBrowser(staff_app, "", coordinator.secret)
    assert heading(thief.get("/today")) == "Today"
    assert coordinator.post("/sign-out").status_code == 303
    assert heading(thief.get("/")) == "Staff sign-in"


def test_a_session_ends_by_itself(coordinator: StaffBrowser, time: Clock) -> None:
    time.pass_by(hours=12, minutes=1)
    assert heading(coordinator.get("/")) == "Staff sign-in"


def test_a_statistician_comes_to_the_reports(new_staff: NewStaff) -> None:
    assert heading(new_staff("statistician").get("/")) == "Reports"
