"""The page of all staff: invited by mail, changed, deactivated, delegated, signed out."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import database
from app.formats import password_token
from app.models import Account, AuditEntry, Link
from app.operations.qualifications import record_qualification
from app.operations.studies import load_study
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, LINK_KEYS, MORNING, STUDY, TinyStudy

WORDS = "another donkey with a lamp"


def id_of(tiny: TinyStudy, email: str) -> int:
    with database.reading(tiny.url) as session:
        return session.scalars(select(Account.id).where(Account.email == email)).one()


def mine(browser: StaffBrowser) -> int:
    assert browser.actor.id is not None
    return browser.actor.id


def invited(tiny: TinyStudy, **changed: str) -> Mapping[str, str]:
    return {
        "email": "new@example.org",
        "name": "A new one",
        "role": "coordinator",
        "scope": f"{tiny.study_id}/mad",
        "language": "es",
    } | changed


def token_in(mailbox: Mailbox, number: int) -> str:
    letter = mailbox.wait(number)[-1]
    [line] = [line for line in letter.text().splitlines() if "/staff/password/" in line]
    return line.rpartition("/staff/password/")[2]


def test_from_the_invitation_to_the_first_page(
    mailbox: Mailbox, administrator: StaffBrowser, tiny: TinyStudy
) -> None:
    answer = administrator.fill_in("/people/invite", invited(tiny))
    page = administrator.get(answer.location.removeprefix("/staff"))
    assert heading(page) == "A new one"
    assert "The link is on its way by e-mail." in text(page)
    assert "Invited" in text(page)
    first = token_in(mailbox, 1)
    letter = mailbox.letters[0]
    assert letter.message["Content-Language"] == "es"
    assert "Tiny" not in letter.raw.decode()
    administrator.post(f"/people/{id_of(tiny, 'new@example.org')}/link")
    second = token_in(mailbox, 2)
    guest = StaffBrowser(administrator.app, tiny.url)
    assert guest.client.get(f"/staff/password/{first}").status_code == 404
    for _ in range(2):  # to look uses nothing up
        assert guest.get(f"/password/{second}").get("lang") == "es"
    guest.fill_in(f"/password/{second}", {"password": "short"}, status=422)
    guest.fill_in(f"/password/{second}", {"password": "a new one a new one"}, status=422)
    assert guest.fill_in(f"/password/{second}", {"password": WORDS}).location == "/staff/sign-in"
    assert guest.client.get(f"/staff/password/{second}").status_code == 404
    answer = guest.post("/sign-in", {"email": "new@example.org", "password": WORDS})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "administrator-None-True-en@example.org"}, "Someone has this address already."),
        ({"email": "no address"}, "Enter an e-mail address such as name@example.org."),
        ({"scope": "1"}, "A coordinator belongs to one site."),
        ({"scope": "all"}, "Choose one of the options."),
        ({"role": "king"}, "Choose one of the options."),
        ({"name": " "}, "Enter the name."),
    ],
)
def test_an_invitation_that_cannot_be_comes_back_and_mails_nobody(
    mailbox: Mailbox, administrator: StaffBrowser, tiny: TinyStudy, changed: dict[str, str], said: str
) -> None:
    answer = administrator.fill_in("/people/invite", invited(tiny, **changed), status=422)
    assert said in answer.get_data(as_text=True)
    assert mailbox.letters == []
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Account.email).where(Account.name == "A new one")).all() == []


def test_a_mail_that_failed_is_told(mailbox: Mailbox, administrator: StaffBrowser, tiny: TinyStudy) -> None:
    mailbox.refuse["new@example.org"] = "550 no"
    answer = administrator.fill_in("/people/invite", invited(tiny))
    page = text(administrator.get(answer.location.removeprefix("/staff")))
    assert "The message was not sent." in page
    assert "Failed" in page


def test_who_forgot_gets_a_link_and_nobody_learns_who_has_an_account(
    mailbox: Mailbox, administrator: StaffBrowser, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    guest = StaffBrowser(administrator.app, tiny.url)
    pages = []
    for email in ("nobody@example.org", " Coordinator-mad-true-en@EXAMPLE.org"):
        answer = guest.post("/password", {"email": email})
        pages.append(text(whole(answer).find(".//main")))
        answer.close()  # a server does so when the page has left
    assert pages[0] == pages[1]
    token = token_in(mailbox, 1)
    assert [letter.recipients for letter in mailbox.letters] == [("coordinator-mad-true-en@example.org",)]
    assert password_token.read(token, LINK_KEYS) is not None
    assert guest.fill_in(f"/password/{token}", {"password": WORDS}).status_code == 303
    assert heading(coordinator.get("/")) == "Staff sign-in"  # whoever was signed in is out


def test_links_are_not_sent_without_end(
    mailbox: Mailbox, administrator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    guest = StaffBrowser(administrator.app, tiny.url)
    for email in ("nobody@example.org", "administrator-none-true-en@example.org"):
        statuses = []
        for _ in range(4):
            answer = guest.post("/password", {"email": email})
            statuses.append(answer.status_code)
            answer.close()
        assert statuses == [200, 200, 200, 429]
    assert len(mailbox.wait(3)) == 3
    time.pass_by(minutes=16)
    assert guest.post("/password", {"email": "nobody@example.org"}).status_code == 200


def test_a_change_is_shown_with_its_reason(
    administrator: StaffBrowser, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    address = f"/people/{mine(coordinator)}"
    wanted = {"role": "monitor", "scope": f"{tiny.study_id}/mad"}
    administrator.fill_in(f"{address}/change", wanted | {"reason": ""}, status=422)
    administrator.fill_in(f"{address}/change", wanted | {"reason": "moved on"})
    page = text(administrator.get(address))
    assert "role: coordinator → role: monitor" in page
    assert "moved on" in page
    assert heading(coordinator.get("/")) == "Staff sign-in"


def test_nobody_deactivates_themselves_as_the_last_who_administers(administrator: StaffBrowser) -> None:
    address = f"/people/{mine(administrator)}"
    answer = administrator.fill_in(f"{address}/deactivate", {"reason": "tired"}, status=422)
    assert "Nobody else could administer this" in answer.get_data(as_text=True)
    form = {"role": "monitor", "scope": "1", "reason": "tired"}
    answer = administrator.fill_in(f"{address}/change", form, status=422)
    assert "Nobody else could administer this" in answer.get_data(as_text=True)


def test_who_is_deactivated_is_out_and_may_come_back(
    administrator: StaffBrowser, coordinator: StaffBrowser
) -> None:
    address = f"/people/{mine(coordinator)}"
    assert heading(coordinator.get("/")) != "Staff sign-in"
    administrator.fill_in(f"{address}/deactivate", {"reason": "left"})
    assert heading(coordinator.get("/")) == "Staff sign-in"
    assert "This account is deactivated" in text(
        administrator.get(administrator.post(f"{address}/link").location.removeprefix("/staff"))
    )
    administrator.fill_in(f"{address}/reactivate", {"reason": "came back"})
    assert "Active" in text(administrator.get(address))


def test_the_list_is_filtered_and_leaves_as_a_file(
    administrator: StaffBrowser, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    everyone = text(administrator.get("/people"))
    assert "A coordinator" in everyone
    assert "Not recorded" in everyone  # a coordinator without a delegation
    assert "A coordinator" not in text(administrator.get("/people", role="administrator"))
    assert "A coordinator" in text(administrator.get("/people", search="MAD-true"))
    assert "Nobody matches." in text(administrator.get("/people", state="deactivated"))
    rows = list(csv.DictReader(io.StringIO(administrator.body("/people?as=csv").removeprefix("\ufeff"))))
    assert {row["role"] for row in rows} == {"administrator", "coordinator"}
    assert {row["delegation"] for row in rows} == {"missing"}


def test_one_who_administers_a_study_sees_nobody_else(
    administrator: StaffBrowser, new_staff: NewStaff, tiny: TinyStudy
) -> None:
    of_all = new_staff("administrator", of_study=False)
    assert "administrator-None-False-en" not in text(administrator.get("/people"))
    administrator.get(f"/people/{mine(of_all)}", status=404)
    assert "administrator-none-true-en" in text(of_all.get("/people", study="tiny"))


def test_a_training_is_recorded_and_a_delegation_ended(
    administrator: StaffBrowser, coordinator: StaffBrowser
) -> None:
    address = f"/people/{mine(coordinator)}"
    day = {"started_on-year": "2026", "started_on-month": "1", "started_on-day": "2"}
    for kind in ("training", "delegation"):
        form = day | {"kind": kind, "what": f"{kind} of consent"}
        administrator.fill_in(f"{address}/qualification", form)
    end = {"ended_on-year": "2025", "ended_on-month": "1", "ended_on-day": "2"}
    wrong = day | end | {"kind": "training", "what": "x"}
    administrator.fill_in(f"{address}/qualification", wrong, status=422)
    page = administrator.get(address)
    assert "delegation of consent" in text(page)
    assert "No delegation is in force today." not in text(page)
    ends = [form.attrib["action"] for form in page.iter("form") if form.attrib["action"].endswith("/end")]
    assert len(ends) == 2
    for action in ends:
        assert administrator.post(action.removeprefix("/staff")).status_code == 303
    assert "In force" in text(administrator.get("/people"))  # its last day is today


def test_where_the_study_asks_for_a_delegation_nobody_records_without(
    coordinator: StaffBrowser, administrator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1")
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, delegation_required=True))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    page = coordinator.get("/participants/M-1")
    assert "No delegation of yours is in force" in text(page)
    assert not [link for link in page.iter("a") if link.attrib["href"].endswith("/contact")]
    sighting = {"seen_on-year": "2026", "seen_on-month": "1", "seen_on-day": "5", "how": "call"}
    answer = coordinator.post("/participants/M-1/sighting", sighting | {"untransplanted": "yes"})
    assert answer.status_code == 422
    assert "No delegation of yours is in force" in text(whole(answer).find(".//div[@id='faults']"))
    answer = coordinator.post("/participants/M-1/link")
    assert answer.status_code == 403
    assert heading(whole(answer)) == "No delegation of yours is in force"
    assert coordinator.post("/participants/M-1/link/mail").status_code == 403
    assert administrator.post("/participants/M-1/link").status_code == 303
    ways_in = [f"/participants/M-1/{page}" for page in ("link", "link/print", "contact")]
    for address in ways_in:  # with the link and the year of birth they could answer as the participant
        assert heading(coordinator.get(address, status=403)) == "No delegation of yours is in force"
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Link.code_hash)).all() == [None]
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.read")).all()
    with database.writing(tiny.url) as session:
        record_qualification(
            session,
            account_id=mine(coordinator),
            kind="delegation",
            what="everything",
            started_on=DAY_0,
            ended_on=None,
            actor=COMMAND,
            now=MORNING,
        )
    assert coordinator.post("/participants/M-1/link").status_code == 303
    for address in ways_in:
        coordinator.get(address)
    assert "No delegation of yours" not in text(coordinator.get("/participants/M-1"))


def test_an_administrator_signs_someone_out(administrator: StaffBrowser, coordinator: StaffBrowser) -> None:
    coordinator.get("/")
    address = f"/people/{mine(coordinator)}"
    page = administrator.get(address)
    [button] = [each for each in page.iter("button") if each.attrib.get("name") == "browser"]
    administrator.post(f"{address}/sessions", {"browser": button.attrib["value"]})
    assert heading(coordinator.get("/")) == "Staff sign-in"
    assert "Signed in nowhere." in text(administrator.get(address))
    assert form_values(administrator.get(address).find(".//main"), "csrf_token")  # type: ignore[arg-type]  # a page has one


def test_the_list_is_cut_into_pages_that_keep_what_was_asked(
    administrator: StaffBrowser, new_staff: NewStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.staff.people.PER_PAGE", 2)
    for role in ("monitor", "statistician", "adjudicator"):
        new_staff(role)
    names, address = [], "/people?state=active"
    while address:
        page = administrator.get(address)
        assert "4 accounts" in text(page.find(".//caption"))
        names += [text(each.find(".//a")) for each in page.iter("th") if each.get("scope") == "row"]
        ahead = page.find(".//a[@rel='next']")
        assert ahead is None or "state=active" in ahead.attrib["href"]
        address = "" if ahead is None else ahead.attrib["href"].removeprefix("/staff")
    assert names == ["A adjudicator", "A administrator", "A monitor", "A statistician"]
    last = administrator.get("/people", page=99)
    assert len(last.findall(".//tbody/tr")) == 2
    assert last.find(".//a[@rel='next']") is None
    assert len(administrator.body("/people?as=csv").splitlines()) == 5  # a file holds all
