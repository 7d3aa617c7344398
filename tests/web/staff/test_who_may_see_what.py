"""Every route of staff by every role; a coordinator of one site at every door of another's participants."""

from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from app import database
from app.domain.actor import ROLES, Role
from app.domain.partial_date import PartialDate
from app.models import Occasion, Participant
from app.operations.events import report_event
from app.operations.reports import publish_report
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, TinyStudy

WORK = {"coordinator", "administrator"}
NUMBERS = {"statistician", "administrator"}
READING = WORK | {"monitor"}
EVENTS = READING | {"adjudicator"}
ALL: set[str] = set(ROLES)
ALLOWED: dict[str, set[str]] = {
    "staff.sign_in": {"public"},
    "staff.let_in": {"public"},
    "staff.let_in_by_passkey": {"public"},
    "staff.second_step": {"public"},
    "staff.take_second_step": {"public"},
    "staff.take_second_step_by_passkey": {"public"},
    "staff.to_provider": {"public"},
    "staff.from_provider": {"public"},
    "staff.out_of_provider": {"public"},
    "staff.me": ALL,
    "staff.change_factor": ALL,
    "staff.make_recovery_codes": ALL,
    "staff.my_password": ALL,
    "staff.change_my_password": ALL,
    "staff.confirm": ALL,
    "staff.take_confirmation": ALL,
    "staff.code_app": ALL,
    "staff.make_code_app": ALL,
    "staff.passkey": ALL,
    "staff.make_passkey": ALL,
    "staff.reset_factor": {"administrator"},
    "staff.sign_out": ALL,
    "staff.choose_study": ALL,
    "staff.change_language": ALL,
    "staff.worklist": ALL,  # whoever has none is led on to the first of their own places
    "staff.today": ALL,  # the same
    "staff.find": READING,
    "staff.visit_list": READING,
    "staff.completion": READING | NUMBERS,
    "staff.roster": READING,
    "staff.participant": READING,
    "staff.response": READING,
    "staff.languages": READING,
    "staff.reminder_log": READING,
    "staff.reply": WORK,
    "staff.settle_reply": WORK,
    "staff.events": EVENTS,
    "staff.event": EVENTS,
    "staff.read_event": EVENTS - {"monitor"},
    "staff.read_document": EVENTS,
    "staff.redact_document": {"administrator"},
    "staff.reports": NUMBERS,
    "staff.report": NUMBERS,
    "staff.report_page": NUMBERS,
    "staff.arm": WORK,
    "staff.read_arm": WORK,
    "staff.strata": {"monitor", "administrator"},
    "staff.audit_trail": {"monitor", "administrator"},
    "staff.corrections": READING,
    "staff.ask_correction": WORK,
    "staff.request_correction": WORK,
    "staff.decide_correction": {"monitor", "administrator"},
    "staff.alert_queue": WORK | {"monitor"},
    "staff.alert": WORK | {"monitor"},
    "staff.data_queries": WORK | {"monitor"},
    "staff.data_query": WORK | {"monitor"},
    "staff.say_in_query": WORK | {"monitor"},
    "staff.new_query": {"monitor", "administrator"},
    "staff.raise_query": {"monitor", "administrator"},
    "staff.ask_for_password": {"public"},
    "staff.send_password": {"public"},
    "staff.choose": {"public"},
    "staff.save_password": {"public"},
    "staff.new_email": {"public"},
    "staff.confirm_email": {"public"},
    "staff.my_email": ALL,
    "staff.ask_my_email": ALL,
    "staff.cancel_my_email": ALL,
    "staff.person_email": {"administrator"},
    "staff.ask_person_email": {"administrator"},
    "staff.browsers": ALL,
    "staff.end_browsers": ALL,
    "staff.people": {"administrator"},
    "staff.invite_person": {"administrator"},
    "staff.send_invitation": {"administrator"},
    "staff.person": {"administrator"},
    "staff.change_person": {"administrator"},
    "staff.save_person": {"administrator"},
    "staff.mail_password": {"administrator"},
    "staff.end_browsers_of": {"administrator"},
    "staff.end_qualification": {"administrator"},
}


def of_staff(app: Flask) -> dict[str, str]:
    """Return the addresses of staff by endpoint."""
    return {
        rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")
    }


def test_every_route_says_who_may_see_it(staff_app: Flask) -> None:
    declared = {
        endpoint: set(getattr(staff_app.view_functions[endpoint], "__allowed__", ()))
        for endpoint in of_staff(staff_app)
    }
    assert declared == {endpoint: ALLOWED.get(endpoint, WORK) for endpoint in declared}
    assert len(declared) > 25


def filled(address: str, code: str, event_id: int, report_id: int) -> str:
    """Return a rule's address with its places filled."""
    address = address.replace("<code>", code).replace("<int:event_id>", str(event_id))
    address = address.replace("<int:document_id>", "1")
    address = address.replace("<int:report_id>", str(report_id))
    address = (
        address.replace("<int:occasion_id>", "1")
        .replace("<int:reminder_id>", "1")
        .replace("<instrument>", "itch")
    )
    address = address.replace("<int:response_id>", "1").replace("<item>", "itch")
    address = address.replace("<int:correction_id>", "1").replace("<int:reply_id>", "1")
    address = address.replace("<int:alert_id>", "1").replace("<int:query_id>", "1")
    address = address.replace("<int:response_id>", "1").replace("<int:qualification_id>", "1")
    address = address.replace("<int:account_id>", "9")  # nobody: whose account it is would be signed out
    if "<any('change'" in address:
        return address.split("<any(")[0] + "change"
    return address.split("<any(")[0] + "consent" if "<any(" in address else address


def send(browser: StaffBrowser, method: str, address: str) -> int:
    """Ask for an address with a token that is right, and return the status."""
    form = {"csrf_token": browser.token()} if method == "POST" else None
    return browser.client.open(address, method=method, data=form).status_code


@pytest.fixture
def places(tiny: TinyStudy, time: Clock) -> tuple[int, int]:
    """A participant in Madrid and one in Cairo, an event of the one in Cairo, a report: their ids."""
    tiny.enrol("M-1", site="mad")
    cairo = tiny.enrol("C-1", site="cai")
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=cairo,
            kind="transplant",
            started=PartialDate(2026, 1),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
        report_id = publish_report(
            session,
            study_id=tiny.study_id,
            cutoff_on=DAY_0,
            data_sha256="0" * 64,
            page="<!doctype html><title>Report</title>",
            results={},
            actor=COMMAND,
            now=time.at,
        )
    return event_id, report_id


def test_every_role_at_every_door(staff_app: Flask, new_staff: NewStaff, places: tuple[int, int]) -> None:
    browsers = {
        "coordinator": new_staff("coordinator", site="cai"),
        "monitor": new_staff("monitor"),
        "adjudicator": new_staff("adjudicator"),
        "statistician": new_staff("statistician", unblinded=True),
        "administrator": new_staff("administrator", unblinded=True),
    }
    rules = [rule for rule in staff_app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]
    for rule, (role, browser) in product(rules, browsers.items()):
        allowed = ALLOWED.get(rule.endpoint, WORK)
        if "public" in allowed or rule.endpoint == "staff.sign_out":
            continue
        address = filled(rule.rule, "C-1", *places)
        for method in rule.methods & {"GET", "POST"}:  # type: ignore[operator]  # a rule of ours has methods
            status = send(browser, method, address)
            assert (status == 403) == (role not in allowed), f"{method} {address} as {role}: {status}"
            assert status < 500


def test_who_is_not_signed_in_is_sent_to_the_door(staff_app: Flask, places: tuple[int, int]) -> None:
    stranger = StaffBrowser(staff_app, "")
    for rule in staff_app.url_map.iter_rules():
        if not rule.endpoint.startswith("staff.") or "public" in ALLOWED.get(rule.endpoint, WORK):
            continue
        address = filled(rule.rule, "M-1", *places)
        for method in rule.methods & {"GET", "POST"}:  # type: ignore[operator]
            form = {"csrf_token": stranger.token()} if method == "POST" else None
            answer = stranger.client.open(address, method=method, data=form)
            assert answer.status_code == 303, f"{method} {address}: {answer.status_code}"
            assert answer.location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("role", ROLES)
def test_after_signing_in_everyone_comes_to_the_first_of_their_places(
    new_staff: NewStaff, role: Role
) -> None:
    browser = new_staff(role, site="mad" if role == "coordinator" else None)
    frame = browser.get("/today")
    here = frame.find(".//nav[@aria-label='Pages']//a[@aria-current='page']")
    assert here is not None
    assert here.attrib["href"] == frame.findall(".//nav[@aria-label='Pages']//a")[0].attrib["href"]


@pytest.mark.parametrize(("role", "site"), [("monitor", None), ("monitor", "cai"), ("adjudicator", None)])
def test_nobody_is_shown_a_way_to_a_page_that_is_closed_to_them(
    staff_app: Flask, new_staff: NewStaff, places: tuple[int, int], role: Role, site: str | None
) -> None:
    browser = new_staff(role, site=site)
    seen: set[str] = set()
    ahead = ["/staff/"]
    while ahead:
        address = ahead.pop()
        seen.add(address)
        page = browser.get(address.removeprefix("/staff"))
        links = {link.attrib["href"] for link in page.iter("a") if "download" not in link.attrib}
        forms = {(form.attrib.get("action", address), form.attrib["method"]) for form in page.iter("form")}
        opened = {link for link in links if link.startswith("/staff/") and "as=csv" not in link}
        ahead += sorted(opened - seen - set(ahead))
        for action, method in forms:
            assert _allows(staff_app, action, method.upper(), role), f"{address} sends to {action}"
    assert ("/staff/participants/C-1" in seen) == (role == "monitor")
    assert f"/staff/events/{places[0]}" in seen
    assert ("/staff/participants/M-1" in seen) == (role == "monitor" and site is None)


def _allows(app: Flask, address: str, method: str, role: Role) -> bool:
    endpoint, _ = app.url_map.bind("").match(address.partition("?")[0], method=method)
    return role in getattr(app.view_functions[endpoint], "__allowed__", ())


@pytest.mark.parametrize("role", ["coordinator", "monitor", "adjudicator"])
def test_one_of_a_site_finds_nothing_of_another(
    staff_app: Flask, new_staff: NewStaff, places: tuple[int, int], tiny: TinyStudy, role: Role
) -> None:
    browser = new_staff(role, site="mad")
    event_id, report_id = places
    closed = 404 if role == "coordinator" else 403
    rules = [
        rule
        for rule in staff_app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and ("<code>" in rule.rule or "event_id" in rule.rule)
    ]
    assert len(rules) >= 10
    for rule in rules:
        address = filled(rule.rule, "C-1", event_id, report_id)
        for method in rule.methods & {"GET", "POST"}:  # type: ignore[operator]
            mine = role in ALLOWED.get(rule.endpoint, WORK)
            assert send(browser, method, address) == (404 if mine else 403), f"{method} {address}"
    with database.reading(tiny.url) as session:
        in_cairo = select(Occasion.id).join(Participant).where(Participant.site == "cai").limit(1)
        theirs = session.scalars(in_cairo).one()
    for address in ("/reminders/preview", "/reminders/sent"):
        browser.get(address, occasion=theirs, status=closed)
    assert browser.post("/reminders/send", {"occasion": str(theirs)}).status_code == closed
    for address in ("/today", "/", "/?state=all", "/participants", "/events", "/visits", "/completion"):
        if role == "adjudicator" and address in ("/participants", "/visits", "/completion"):
            continue
        page = text(browser.get(address))
        assert "C-1" not in page
        assert "Cairo" not in page


def test_a_form_without_its_token_is_refused(
    staff_app: Flask, administrator: StaffBrowser, places: tuple[int, int]
) -> None:
    posts = [
        rule
        for rule in staff_app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "POST" in (rule.methods or ())
    ]
    assert len(posts) >= 9
    for rule in posts:
        address = filled(rule.rule, "M-1", *places)
        for form in ({}, {"csrf_token": "made up"}):
            assert administrator.client.post(address, data=form).status_code == 400, address


def test_an_account_of_every_study_keeps_the_chosen_one_in_every_address(
    new_staff: NewStaff, places: tuple[int, int]
) -> None:
    browser = new_staff("administrator", of_study=False)
    page = browser.get("/")  # the only study there is
    links = [link.attrib["href"] for link in page.iter("a") if link.attrib["href"].startswith("/staff/")]
    assert links
    assert all("study=tiny" in link for link in links)
    browser.get("/", study="another", status=404)


def test_an_account_of_one_study_cannot_ask_for_another(administrator: StaffBrowser) -> None:
    page = administrator.get("/", study="another")
    assert "A tiny study" in text(page)
