"""The visits of some days, for paper: who is due when, without those who are no longer expected."""

from app import database
from app.domain.partial_date import PartialDate
from app.operations.events import report_event
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, TinyStudy
from tests.web.staff.test_table_file import records
from tests.web.staff.test_worklist import codes


def test_the_week_and_any_days(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    dead = tiny.enrol("M-1")
    tiny.enrol("M-2")
    tiny.enrol("C-1", site="cai")
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=dead,
            kind="death",
            started=PartialDate(2026, 1, 5),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
    page = coordinator.get("/visits")
    assert codes(page) == ["M-2"]
    assert "someone@example.org" not in text(page)
    following = next(each for each in page.iter("a") if text(each) == "Next week")
    assert following.attrib["href"] == "/staff/visits?from=2026-01-12&until=2026-01-18"
    assert "No visit is due in these days." in text(coordinator.get(following.attrib["href"][6:]))
    rows = records(coordinator, "/visits", **{"from": "2026-02-02", "until": "2026-02-02"})
    assert rows == [
        {
            "due_on": "2026-02-02",
            "participant": "M-2",
            "site": "mad",
            "visit": "w4",
            "opens_on": "2026-01-26",
            "closes_on": "2026-02-16",
            "state": "not open",
            "language": "en",
        }
    ]


def test_days_that_make_no_sense_are_this_week(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    for days in (
        {"from": "nonsense"},
        {"from": "2026-01-09", "until": "2026-01-02"},
        {"from": "9999-12-31"},
    ):
        assert codes(coordinator.get("/visits", 200, **days)) == ["M-1"], days


def test_an_administrator_chooses_a_site(administrator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    tiny.enrol("C-1", site="cai")
    assert codes(administrator.get("/visits")) == ["C-1", "M-1"]
    assert codes(administrator.get("/visits", site="cai")) == ["C-1"]
