"""Where one is signed in: seen, ended from another browser, and ended by resting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import database
from app.models import SignedIn
from app.operations.sessions import begin_session
from app.web import create_app
from tests.fixtures.desk import StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import Clock, configured
from tests.fixtures.study import TinyStudy

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def another(browser: StaffBrowser, time: Clock) -> StaffBrowser:
    """Let the same person in elsewhere."""
    with database.writing(browser.url) as session:
        secret = begin_session(session, now=time.at, lasting=timedelta(hours=12), account_id=browser.actor.id)
    return StaffBrowser(browser.app, browser.url, secret, browser.actor)


@pytest.fixture
def resting(tiny: TinyStudy, coordinator: StaffBrowser) -> StaffBrowser:
    """A browser at an installation where it may rest for half an hour."""
    app = create_app(replace(configured(tiny.url), staff_idle=timedelta(minutes=30)))
    app.testing = True
    return StaffBrowser(app, tiny.url, coordinator.secret, coordinator.actor)


def test_one_sees_all_browsers_and_ends_one_or_all_others(coordinator: StaffBrowser, time: Clock) -> None:
    second, third = another(coordinator, time), another(coordinator, time)
    time.pass_by(minutes=1)
    second.client.get("/staff/", headers={"User-Agent": FIREFOX})
    time.pass_by(minutes=1)
    page = coordinator.get("/browsers")
    assert "Firefox, Windows" in text(page)
    assert text(page).count("This browser") == 1
    buttons = [each for each in page.iter("button") if each.attrib.get("name") == "browser"]
    assert len(buttons) == 2  # not for the one at hand
    coordinator.post("/browsers", {"browser": buttons[0].attrib["value"]})  # the one used last
    assert heading(second.get("/")) == "Staff sign-in"
    assert heading(third.get("/")) != "Staff sign-in"
    coordinator.post("/browsers")
    assert heading(third.get("/")) == "Staff sign-in"
    assert heading(coordinator.get("/browsers")) == "Where you are signed in"


def test_nobody_ends_anothers_browser_from_their_own_page(
    coordinator: StaffBrowser, administrator: StaffBrowser
) -> None:
    administrator.get("/")
    page = administrator.get(f"/people/{coordinator.actor.id}")
    coordinator.get("/")
    with database.reading(coordinator.url) as session:
        marks = [each[:16] for each in session.scalars(select(SignedIn.secret_hash))]
    for mark in marks:
        coordinator.post("/browsers", {"browser": mark})
    assert heading(administrator.get("/")) != "Staff sign-in"
    assert page is not None


def test_a_browser_that_rests_is_signed_out_and_one_in_use_is_not(resting: StaffBrowser, time: Clock) -> None:
    for _ in range(4):
        assert heading(resting.get("/participants")) == "Participants"
        time.pass_by(minutes=29)
    time.pass_by(minutes=2)
    assert heading(resting.get("/participants")) == "Staff sign-in"


def test_a_working_day_is_as_long_as_the_installation_says(
    tiny: TinyStudy, coordinator: StaffBrowser, time: Clock
) -> None:
    app = create_app(replace(configured(tiny.url), staff_longest=timedelta(hours=8)))
    app.testing = True
    browser = StaffBrowser(app, tiny.url, coordinator.secret, coordinator.actor)
    time.pass_by(hours=7, minutes=59)
    assert heading(browser.get("/participants")) == "Participants"
    time.pass_by(minutes=1)
    assert heading(browser.get("/participants")) == "Staff sign-in"


def test_what_was_typed_outlives_the_rest(resting: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("M-1")
    address = "/participants/M-1/death"
    main = resting.get(address).find(".//main")
    assert main is not None
    form = form_values(main, "csrf_token") | typed("started", 2026, 1) | {"reason": "sepsis"}
    time.pass_by(minutes=31)
    answer = resting.client.post(f"/staff{address}", data=form)
    assert answer.status_code == 401
    page = whole(answer)
    assert form_values(page) == form
    again = another(resting, time)
    assert again.client.post(f"/staff{address}", data=form_values(page)).status_code in (303, 400)


def test_a_page_a_minute_is_written_down(coordinator: StaffBrowser, time: Clock) -> None:
    def seen() -> list[object]:
        with database.reading(coordinator.url) as session:
            return list(session.scalars(select(SignedIn.seen_at)))

    coordinator.get("/")
    first = seen()
    time.pass_by(seconds=59)
    coordinator.get("/")
    assert seen() == first
    time.pass_by(seconds=1)
    coordinator.get("/")
    assert seen() != first
