"""Staff find alarming answers in a queue, say what became of each, and see for good what was done."""

import pytest
from sqlalchemy import event

from app import database
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import TinyStudy


@pytest.fixture
def raised(alarming: TinyStudy, new_phone: NewPhone) -> None:
    """An alert in Madrid and one in Cairo: the first and the second there are."""
    for code, site in (("M-1", "mad"), ("C-1", "cai")):
        phone = new_phone(code, site=site).open()
        phone.save(phone.survey(), itch="4", sleep="4")


def listed(browser: StaffBrowser, address: str) -> list[str]:
    page = browser.get(address)
    sections = [each for each in page.iter("section") if each.get("aria-labelledby") == "alerts-title"]
    return [text(item) for each in sections for item in each.findall("./ul/li")]


def queued(browser: StaffBrowser, address: str = "/alerts") -> list[str]:
    return [text(row) for body in browser.get(address).iter("tbody") for row in body.iter("tr")]


def test_the_first_page_tells_of_the_own_site(raised: None, coordinator: StaffBrowser) -> None:
    (told,) = listed(coordinator, "/today")
    assert told.startswith("M-1 · worst")
    assert "Start" in told
    assert "Did your skin itch? Always" in told
    assert "Did you sleep badly? Always" in told
    assert "answered by the participant" in told


def test_the_queue_holds_the_own_site_with_owner_deadline_and_age(
    raised: None, coordinator: StaffBrowser, time: Clock
) -> None:
    time.pass_by(hours=3)
    (row,) = queued(coordinator)
    assert row.startswith("M-1")
    assert "Did your skin itch? Always" in row
    assert "Open" in row
    assert "6 Jan 2026" in row or "Jan 6, 2026" in row
    assert "3 hours ago" in row
    assert "The coordinators of the site" in row


def test_an_administrator_sees_every_site_and_filters(raised: None, administrator: StaffBrowser) -> None:
    assert len(listed(administrator, "/today")) == len(queued(administrator)) == 2
    assert [row[:3] for row in queued(administrator, "/alerts?site=cai")] == ["C-1"]
    assert queued(administrator, "/alerts?state=overdue") == []
    assert queued(administrator, "/alerts?owner=me") == []


def test_answers_are_told_in_the_language_of_the_reader(raised: None, new_staff: NewStaff) -> None:
    (told,) = listed(new_staff("coordinator", site="cai", language="ar"), "/today")
    assert "هل شعرت بحكة في جلدك؟ دائما" in told


def test_nothing_disappears_before_someone_says_what_became_of_it(
    raised: None, new_staff: NewStaff, time: Clock
) -> None:
    time.pass_by(days=40)
    coordinator = new_staff("coordinator", site="mad")
    assert len(listed(coordinator, "/today")) == 1
    assert "Overdue" in queued(coordinator)[0]
    coordinator.fill_in("/alerts/1", {"disposition": "not-reached"}, status=422)
    coordinator.fill_in("/alerts/1", {"disposition": "not-reached", "note": "Rang five times."})
    assert listed(coordinator, "/today") == queued(coordinator) == []
    (closed,) = queued(coordinator, "/alerts?state=closed")
    assert "Could not be reached" in closed
    (told,) = listed(coordinator, "/participants/M-1")
    assert "Rang five times." in told
    assert "staff, account" in told


def test_who_takes_it_and_who_is_given_it(
    raised: None, coordinator: StaffBrowser, new_staff: NewStaff
) -> None:
    administrator = new_staff("administrator")
    assert administrator.actor.id is not None
    page = "/alerts/1"
    assert coordinator.post(f"{page}/owner", {"take": "y"}).status_code == 303
    assert "A coordinator" in queued(coordinator, "/alerts?owner=me")[0]
    given = coordinator.post(f"{page}/owner", {"owner": str(administrator.actor.id)})
    assert given.status_code == 303
    assert queued(coordinator, "/alerts?owner=me") == []
    assert "Given to A administrator" in text(coordinator.get(page))
    assert coordinator.post(f"{page}/owner", {"owner": "999"}).status_code == 422


def test_a_note_ends_nothing(raised: None, coordinator: StaffBrowser) -> None:
    assert coordinator.post("/alerts/1/note", {"remark": " "}).status_code == 422
    assert coordinator.post("/alerts/1/note", {"remark": "Rang."}).status_code == 303
    page = coordinator.get("/alerts/1")
    assert heading(page) == "Alarming answers of M-1"
    assert "Rang." in text(page)
    assert len(queued(coordinator)) == 1


def test_two_who_open_the_page_and_save(raised: None, coordinator: StaffBrowser) -> None:
    first = {"seen": "0", "disposition": "no-action"}
    assert coordinator.post("/alerts/1", first).status_code == 303
    assert coordinator.post("/alerts/1", first).status_code == 303
    late = coordinator.post("/alerts/1", {"seen": "0", "disposition": "in-care"})
    assert late.status_code == 422
    assert "since you opened the page" in late.get_data(as_text=True)


def test_a_monitor_reads_and_does_nothing(raised: None, new_staff: NewStaff) -> None:
    monitor = new_staff("monitor")
    assert len(queued(monitor)) == 2
    page = monitor.get("/alerts/1")
    assert page.findall(".//main//form") == []
    assert "Contact details" not in text(page)


def test_nobody_is_told_of_an_arm(raised: None, coordinator: StaffBrowser) -> None:
    for address in ("/today", "/participants/M-1", "/alerts", "/alerts/1"):
        assert "Cells" not in text(coordinator.get(address).find(".//main"))


def test_the_queue_is_a_file_without_answers_or_arm(raised: None, administrator: StaffBrowser) -> None:
    administrator.fill_in("/alerts/2", {"disposition": "false-alarm", "note": "=Mistyped."})
    (head, line) = administrator.body("/alerts?as=csv&state=closed").splitlines()
    assert head.startswith("\ufeffalert,participant,site,visit,rule,response,raised_at,deadline_at,state,")
    assert line.startswith("2,C-1,cai,d0,worst,2,2026-01-05T09:00:00+00:00,2026-01-06T09:00:00+00:00,closed,")
    assert line.endswith(",'=Mistyped.")  # a spreadsheet would run it
    assert len(administrator.body("/alerts?as=csv").splitlines()) == 2


def test_a_longer_queue_asks_no_more_of_the_database(
    alarming: TinyStudy, new_phone: NewPhone, coordinator: StaffBrowser
) -> None:
    def statements() -> int:
        asked: list[str] = []

        def counted(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(database.engine(alarming.url), "before_cursor_execute", counted)
        try:
            coordinator.get("/alerts")
        finally:
            event.remove(database.engine(alarming.url), "before_cursor_execute", counted)
        return len(asked)

    def another(code: str) -> None:
        phone = new_phone(code, site="mad").open()
        phone.save(phone.survey(), itch="4", sleep="4")

    another("M-1")
    coordinator.get("/alerts")  # what is read once and kept
    before = statements()
    for number in range(2, 6):
        another(f"M-{number}")
    assert statements() == before
