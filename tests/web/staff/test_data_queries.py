"""A monitor raises a query beside a value, the site answers it in the list, the monitor closes it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app import database
from app.domain.data_checks import CHECKS
from app.domain.data_queries import FIELDS
from app.domain.partial_date import PartialDate
from app.operations.data_queries import raise_query
from app.operations.events import report_event
from app.web.staff import words
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import COMMAND, TinyStudy


@pytest.fixture
def monitor(new_staff: NewStaff) -> StaffBrowser:
    return new_staff("monitor")


@pytest.fixture
def answered(new_phone: NewPhone) -> None:
    """Someone in Madrid who sent answers, with the first response there is."""
    phone = new_phone("M-1", site="mad").open()
    phone.press(phone.survey(), "send", itch="3", sleep="4")


def ways(browser: StaffBrowser, address: str) -> list[str]:
    return [
        link.attrib["href"]
        for link in browser.get(address).iter("a")
        if "/queries/new" in link.attrib["href"]
    ]


def queued(browser: StaffBrowser, address: str = "/queries") -> list[str]:
    return [text(row) for body in browser.get(address).iter("tbody") for row in body.iter("tr")]


RESPONSE = "/participants/M-1/responses/1"


def test_the_whole_way_of_a_query(answered: None, monitor: StaffBrowser, coordinator: StaffBrowser) -> None:
    way = next(each for each in ways(monitor, RESPONSE) if "field=sleep" in each)
    asking = way.removeprefix("/staff")
    assert "Did you sleep badly? · Always" in text(monitor.get(asking))
    monitor.fill_in(asking, {"text": " "}, status=422)
    raised = monitor.fill_in(asking, {"text": "The paper says never."})
    one = raised.location.removeprefix("/staff")
    (row,) = queued(coordinator)
    assert row.startswith("The paper says never.")
    assert "Start · Did you sleep badly?" in row
    assert "The coordinators of the site" in row
    page = coordinator.get(one)
    assert heading(page) == "Query 1 on M-1"
    assert "Always" in text(page)
    assert coordinator.post(one, {"do": "close"}).status_code == 403
    coordinator.fill_in(one, {"do": "answer", "text": "It was always."})
    assert "Answered" in queued(monitor)[0]
    assert "Answered" in text(monitor.get(RESPONSE))
    assert monitor.post(one, {"do": "answer", "text": "x"}).status_code == 403
    monitor.fill_in(one, {"do": "reopen"}, status=422)
    monitor.fill_in(one, {"do": "close"})
    assert queued(monitor) == queued(coordinator) == []
    assert len(queued(coordinator, "/queries?state=closed")) == 1
    assert coordinator.get(one).findall(".//main//form") == []


def test_a_coordinator_is_shown_no_way_to_raise_one(answered: None, coordinator: StaffBrowser) -> None:
    assert ways(coordinator, RESPONSE) == ways(coordinator, "/participants/M-1") == []
    address = "/participants/M-1/queries/new?subject=answer&row=1&field=itch"
    assert coordinator.post(address, {"text": "?"}).status_code == 403


def test_every_way_leads_to_a_form(
    answered: None, tiny: TinyStudy, monitor: StaffBrowser, time: Clock
) -> None:
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=1,
            kind="hospital stay",
            started=PartialDate(2026, 1),
            reason="bleeding",
            place="Ward 3",
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
    found = [way for page in (RESPONSE, "/events/1", "/participants/M-1") for way in ways(monitor, page)]
    fields = {
        (query["subject"][0], query.get("field", [""])[0])
        for query in (parse_qs(urlsplit(way).query) for way in found)
    }
    assert fields == {
        *(("answer", field) for field in ("", "itch", "sleep")),
        *(("event", field) for field in ("started", "ended", "reason", "place")),
        *(("participant", field) for field in ("enrolled_on", "consented_on", "randomised_on")),
    }
    for way in found:
        assert heading(monitor.get(way.removeprefix("/staff"))) == "Raise a query"


def test_what_is_no_value_is_no_page(answered: None, monitor: StaffBrowser) -> None:
    for query in (
        "",
        "?subject=answer&row=1&field=arm",
        "?subject=arm&row=1",
        "?subject=answer&row=x",
        "?subject=answer&row=99999999999999999999",
        "?subject=participant&row=1&field=arm",
    ):
        monitor.get(f"/participants/M-1/queries/new{query}", status=404)


def test_a_query_of_a_check_speaks_the_readers_language_and_is_a_file(
    tiny: TinyStudy, new_staff: NewStaff, time: Clock
) -> None:
    participant_id = tiny.enrol("C-1", site="cai")
    with database.writing(tiny.url) as session:
        raise_query(
            session,
            participant_id=participant_id,
            subject="participant",
            subject_id=participant_id,
            field="consented_on",
            text="",
            finding=f"consent-late:{participant_id}",
            actor=COMMAND,
            now=time.at,
        )
    administrator = new_staff("administrator")
    assert queued(administrator)[0].startswith("The consent is dated after the randomisation.")
    lines = administrator.body("/queries?as=csv").splitlines()
    assert len(lines) == 2
    assert ",C-1,cai,participant:1,consented_on,2026-01-05,consent-late," in lines[1]
    given = administrator.post("/queries/1/owner", {"owner": str(administrator.actor.id)})
    assert given.status_code == 303
    assert "A administrator" in queued(administrator, "/queries?owner=me")[0]


def test_every_check_and_field_has_words() -> None:
    assert set(words.CHECKS) == set(CHECKS)
    named = {(subject, field) for subject, fields in FIELDS.items() for field in fields}
    assert {pair for pair in named if pair not in words.QUERY_FIELDS} == {
        ("treatment", "given_on"),
        ("sighting", "seen_on"),
    }  # the words of their subject say it
