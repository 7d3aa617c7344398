"""Every page of staff can be used, and the whole way from enrolment to a reminder is gone in a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock, database
from app.domain.actor import Actor, Role
from app.domain.partial_date import PartialDate
from app.formats import link_token, password_token
from app.models import Account, Reminder
from app.operations.account_changes import invite
from app.operations.accounts import add_account
from app.operations.answers import save_answers
from app.operations.data_queries import raise_query
from app.operations.events import read_event, report_event
from app.operations.link_requests import ask_for_link
from app.operations.links import issue_link, revoke_links
from app.operations.password_links import issue_password_link
from app.operations.qualifications import record_qualification
from app.operations.replies import keep_reply
from app.operations.reports import publish_report
from app.operations.studies import load_study
from app.queries import occasions
from app.queries.access import Visitor
from tests.fixtures import usable
from tests.fixtures.alarming import WITH_ALERTS
from tests.fixtures.browser import NewPage
from tests.fixtures.desk import PASSWORD
from tests.fixtures.mail import Mailbox
from tests.fixtures.phone import SETTINGS
from tests.fixtures.server import Serve
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, TinyStudy

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 800}
PHONE = 360
SMALLEST_TARGET = 24


@dataclass(frozen=True)
class Office:
    """The tiny study on a server, with things that have happened in it."""

    server: str
    url: str
    event_id: int

    def sign_in(self, page: Page, role: Role, language: str = "en", *, unblinded: bool = False) -> Page:
        """Sign in as someone of a role who reads a language."""
        email = f"{role}-{language}@example.org"
        with database.writing(self.url) as session:
            _add_account(session, email, role, language, unblinded=unblinded)
        page.goto(f"{self.server}/staff/sign-in")
        page.locator("#email").fill(email)
        page.locator("#password").fill(PASSWORD)
        page.locator("button.main").click()
        page.wait_for_url(f"{self.server}/staff/*")
        return page


def _add_account(session: Session, email: str, role: Role, language: str, *, unblinded: bool) -> None:
    account_id = add_account(
        session,
        email=email,
        name="Someone of the staff",
        role=role,
        study_id=1,
        site="mad" if role == "coordinator" else None,
        password=PASSWORD,
        actor=COMMAND,
        now=clock.now(),
        unblinded=unblinded,
    )
    session.get_one(Account, account_id).language = language


def _invite_someone(session: Session, study_id: int, now: datetime) -> None:
    """Add a colleague with a link in a mail, and a delegation that is in force."""
    account_id = invite(
        session,
        email="invited@example.org",
        name="Someone invited",
        role="coordinator",
        study_id=study_id,
        site="mad",
        language="en",
        actor=COMMAND,
        now=now,
    )
    issue_password_link(session, account_id=account_id, kind="invitation", actor=COMMAND, now=now)
    record_qualification(
        session,
        account_id=account_id,
        kind="delegation",
        what="Consent and data entry",
        started_on=now.date(),
        ended_on=None,
        actor=COMMAND,
        now=now,
    )


@pytest.fixture
def office(request: pytest.FixtureRequest, sqlite_url: str, serve: Serve) -> Iterator[Office]:
    """Three participants, one read event and one report; mail goes to `mailbox` if the test has one."""
    now = clock.now()
    with database.writing(sqlite_url) as session:
        study_id = load_study(session, folder=WITH_ALERTS, actor=COMMAND, now=now).study_id
    tiny = TinyStudy(sqlite_url, study_id)
    today = now.date() - timedelta(days=1)
    first = tiny.enrol("MAD-001", day_0=today, now=now)
    second = tiny.enrol("MAD-002", day_0=today, now=now, language="ar")
    tiny.enrol("MAD-003", arm=None, day_0=today, now=now)
    with database.writing(sqlite_url) as session:
        issue_link(session, participant_id=first, actor=COMMAND, now=now)
        lost = link_token.sign(issue_link(session, participant_id=second, actor=COMMAND, now=now), LINK_KEYS)
        revoke_links(session, participant_id=second, actor=COMMAND, now=now)
        ask_for_link(session, token=lost, address="10.0.0.1", now=now, link_keys=LINK_KEYS)
        _begin_to_answer(session, second)
        event_id = report_event(
            session,
            participant_id=first,
            kind="hospital stay",
            started=PartialDate(2025),
            reason="bleeding",
            report_id="r",
            actor=COMMAND,
            now=now,
        )
        read_event(
            session,
            event_id=event_id,
            decision="needs information",
            note="No letter yet.",
            actor=COMMAND,
            now=now,
        )
        for text in ("The paper says the 4th.", "And the consent?"):
            raise_query(
                session,
                participant_id=first,
                subject="participant",
                subject_id=first,
                field="randomised_on",
                text=text,
                actor=COMMAND,
                now=now,
            )
        session.add(_bounced(now))
        keep_reply(
            session,
            participant_id=first,
            channel="sms",
            words="My father died yesterday.",
            actor=COMMAND,
            now=now,
            contact_keys=CONTACT_KEYS,
        )
        _invite_someone(session, study_id, now)
        publish_report(
            session,
            study_id=study_id,
            cutoff_on=today,
            data_sha256="0" * 64,
            page="<!doctype html><html lang=en><title>R</title><style>h1{color:teal}</style><h1>TFS</h1>",
            results={},
            actor=COMMAND,
            now=now,
        )
    mail = {"SMTP_URL": request.getfixturevalue("mailbox").url} if "mailbox" in request.fixturenames else {}
    with serve(sqlite_url, **(SETTINGS | mail)) as server:
        yield Office(server.url, sqlite_url, event_id)


def _bounced(now: datetime) -> Reminder:
    """Return a message that someone has to decide about."""
    return Reminder(
        occasion_id=2,
        step="again",
        channel="email",
        planned_at=now,
        claimed_at=now,
        failed_at=now,
        bounced_at=now,
        failure="recipient refused: 550 5.1.1",
    )


def _begin_to_answer(session: Session, participant_id: int) -> None:
    """Give answers on a phone that raise an alert, and leave them unsent."""
    now = clock.now()
    due = occasions.of_participant(session, participant_id=participant_id, now=now)[0]
    save_answers(
        session,
        visitor=Visitor(
            participant_id, 1, "mad", "ar", ZoneInfo("Europe/Madrid"), Actor("participant", participant_id)
        ),
        occasion_id=due.occasion_id,
        instrument="itch",
        raw={"itch": "4", "sleep": "4"},
        now=now,
        language="ar",
    )


def pages(office: Office, page: Page) -> Iterator[str]:
    """Go through every page and state, and give the name of each."""
    staff = f"{office.server}/staff"
    for address in (
        "/today",
        "/completion",
        "/visits",
        "/visits?from=2001-01-01",
        "/?state=all",
        "/?search=nobody",
        "/participants",
        "/participants/new",
        "/participants/new?site=mad",
        "/participants/MAD-001",
        "/participants/MAD-002",
        "/participants/MAD-003",
        "/participants/MAD-001/answers/1/itch",
        "/participants/MAD-002/answers/3/itch?language=ar",
        "/participants/MAD-002/responses/1",
        "/participants/MAD-001/contact",
        "/participants/MAD-001/link",
        "/participants/MAD-001/link/print",
        "/participants/MAD-002/link/print",
        "/participants/MAD-003/randomise",
        "/participants/MAD-001/infusion",
        "/participants/MAD-001/correct-randomisation",
        "/participants/MAD-001/correct-infusion",
        "/participants/MAD-001/missed?visit=d0",
        "/participants/MAD-001/hospital-stay",
        "/participants/MAD-001/sighting",
        "/participants/MAD-001/transplant",
        "/participants/MAD-001/death",
        "/participants/MAD-001/tumour",
        "/participants/MAD-001/adverse-event",
        "/participants/MAD-001/language",
        "/participants/MAD-001/withdrawal",
        "/alerts",
        "/alerts?state=closed",
        "/alerts/1",
        "/queries",
        "/queries?state=closed",
        "/queries/1",
        "/participants/MAD-002/queries/new?subject=answer&row=1&field=itch",
        "/events",
        "/events?outcome=all&kind=tumour",
        f"/events/{office.event_id}",
        "/reminders/preview?occasion=1&occasion=3&occasion=2",
        "/reminders/sent?occasion=1&occasion=3",
        "/reminders",
        "/reminders/1",
        "/replies/1",
        "/people",
        "/people?state=deactivated",
        "/people/invite",
        "/people/1",
        "/people/1/change",
        "/people/1/deactivate",
        "/people/1/qualification",
        "/browsers",
        "/reports",
        "/reports/1",
        "/audit",
        "/languages",
        "/studies",
        "/participants/nobody",
    ):
        page.goto(f"{staff}{address}")
        yield address
    page.goto(f"{staff}/participants/MAD-001/link")
    page.locator("details.card > summary").click()
    yield "a link and how to end it"
    page.goto(f"{staff}/participants/new?site=mad")
    page.locator("#code").fill("")
    page.locator("main button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "an enrolment with faults"
    page.goto(f"{staff}/events/{office.event_id}")
    page.locator("main button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "a reading with faults"
    for address in (
        "/alerts/1",
        "/participants/MAD-001/queries/new?subject=participant&row=1&field=enrolled_on",
    ):
        page.goto(f"{staff}{address}")
        page.locator("main button.main").click()
        expect(page.locator("#faults")).to_be_focused()
        yield f"{address} with faults"
    page.goto(f"{staff}/participants/MAD-001/answers/1/itch")
    page.locator("main button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "answers with faults"
    page.goto(f"{staff}/participants/MAD-001/consent")
    page.locator("main button.main").click()
    yield "a consent with faults"
    page.locator("header .whoami button").click()
    page.wait_for_url("**/sign-in")
    yield "the sign-in"
    page.locator("button.main").click()
    yield "the sign-in with faults"
    for address in ("/password", "/password/nothing", f"/password/{password_token.sign(1, LINK_KEYS)}"):
        page.goto(f"{staff}{address}")
        yield address.partition(".")[0]
    page.locator("button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "a password with faults"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_can_be_used(office: Office, new_page: NewPage, language: str) -> None:
    page = office.sign_in(new_page(viewport=DESK), "administrator", language)
    faults = []
    for name in pages(office, page):
        found = usable.by_axe(page) + usable.in_other_lights(page, "dark")
        for width, text in ((DESK["width"], "100%"), (PHONE, "100%"), (PHONE, "200%")):
            with usable.shown(page, width=width, text=text):
                found += usable.too_wide(page) + usable.small_targets(page, SMALLEST_TARGET)
        with usable.shown(page, width=PHONE):
            found += usable.by_axe(page)
        faults += [f"{name}: {each}" for each in found]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_way_from_enrolment_to_a_reminder(
    mailbox: Mailbox, office: Office, new_page: NewPage, scripts: bool
) -> None:
    page = office.sign_in(new_page(viewport=DESK, java_script_enabled=scripts), "coordinator")
    page.get_by_role("link", name="Enrol a participant").click()
    expect(page.locator("#code")).to_have_value("MAD-004")
    page.locator("#language").select_option("ar")
    page.get_by_label("1", exact=True).check()
    day = clock.now().date() - timedelta(days=1)
    _type_date(page, "consented_on", day.year, day.month, day.day)
    page.locator("#name").fill("Layla")
    page.locator("#birth_year").fill("1958")
    page.locator("#email").fill("layla@example.org")
    page.get_by_role("button", name="Enrol and show the link").click()
    page.wait_for_url("**/participants/MAD-004/link")
    link = page.locator("#address").inner_text()
    page.get_by_role("link", name="Sheet to print").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("main .link-text")).to_have_text(link)
    page.goto(f"{office.server}/staff/participants/MAD-004/randomise")
    page.get_by_label("Usual care").check()
    _type_date(page, "randomised_on", day.year, day.month, day.day)
    page.locator("main button.main").click()
    expect(page.get_by_role("status").first).to_contain_text("The randomisation is recorded")
    page.get_by_role("link", name="Worklist").click()
    page.get_by_label("Select MAD-004, Start").check()
    page.get_by_role("button", name="Preview reminders").click()
    expect(page.locator(".letter")).to_have_attribute("lang", "ar")
    page.get_by_role("button", name="Send 1 reminder now").click()
    page.wait_for_url("**/reminders/sent?**")
    expect(page.locator(".state")).to_have_text("Sent")
    letter = mailbox.wait()[0]
    assert letter.subject == "أسئلتك"
    assert link.rpartition("/")[2] in letter.text()


def _type_date(page: Page, name: str, *parts: int) -> None:
    for part, number in zip(("year", "month", "day"), parts, strict=True):
        page.locator(f"#{name}-{part}").fill(str(number))


def test_all_on_a_page_are_ticked_at_once(office: Office, new_page: NewPage) -> None:
    page = office.sign_in(new_page(viewport=DESK), "coordinator")
    page.get_by_role("link", name="Worklist").click()
    page.locator("[data-select-all]").check()
    assert (
        page.locator("input[name=occasion]:checked").count()
        == page.locator("input[name=occasion]").count()
        == 2
    )
    expect(page.locator("[data-selected]")).to_have_text("Selected: 2")
    page.locator("input[name=occasion]").first.uncheck()
    expect(page.locator("[data-selected]")).to_have_text("Selected: 1")


def test_a_report_keeps_its_styles_and_runs_nothing(office: Office, new_page: NewPage) -> None:
    page = office.sign_in(new_page(viewport=DESK), "statistician", unblinded=True)
    page.get_by_role("link", name="Report 1").click()
    page.get_by_role("link", name="Open the report").click()
    assert page.locator("h1").evaluate("each => getComputedStyle(each).color") == "rgb(0, 128, 128)"


def test_the_sheet_fits_on_one_page_of_paper(office: Office, new_page: NewPage) -> None:
    page = office.sign_in(new_page(viewport=DESK), "coordinator")
    page.goto(f"{office.server}/staff/participants/MAD-001/link/print")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
