"""Both of SISAQOL's rates by visit and site, why questionnaires are missing, and never an arm."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import database
from app.domain.partial_date import PartialDate
from app.models import MissedReason, Occasion
from app.operations.consents import record_withdrawal
from app.operations.events import report_event
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import COMMAND, DAY_0, TinyStudy
from tests.web.staff.test_table_file import records


@pytest.fixture
def course(tiny: TinyStudy, new_phone: NewPhone, time: Clock) -> None:
    """In Madrid one answered, one died, one withdrew, one still can, one missed; in Cairo one still can."""
    phone = new_phone("M-1").open()
    assert phone.press(phone.survey(), "send", itch="1", sleep="1").status_code == 303
    died, withdrew = tiny.enrol("M-2"), tiny.enrol("M-3")
    tiny.enrol("M-4")
    missed = tiny.enrol("M-5", day_0=DAY_0 - timedelta(days=10))
    tiny.enrol("M-6", arm=None)
    tiny.enrol("C-1", site="cai")
    with database.writing(tiny.url) as session:
        _say_why(session, missed, time.at)
        report_event(
            session,
            participant_id=died,
            kind="death",
            started=PartialDate(2026, 1, 5),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
        record_withdrawal(
            session,
            participant_id=withdrew,
            scope="answers",
            withdrawn_on=DAY_0,
            reason="",
            actor=COMMAND,
            now=time.at,
        )


def _say_why(session: Session, participant_id: int, now: datetime) -> None:
    """Record two reasons for the visit that was missed; the last one counts."""
    first = select(Occasion.id).where(Occasion.participant_id == participant_id, Occasion.visit == "d0")
    occasion_id = session.scalars(first).one()
    for reason in ("refused", "too ill"):
        session.add(
            MissedReason(occasion_id=occasion_id, reason=reason, recorded_at=now, recorded_by=COMMAND.label)
        )
    session.flush()


def test_the_rates_have_their_numerators_and_denominators(course: None, coordinator: StaffBrowser) -> None:
    page = coordinator.get("/completion")
    (table,) = page.iter("table")
    rows = [[text(cell) for cell in row] for row in table.iter("tr")]
    assert rows == [
        ["Visit", "Completed of expected", "Available of randomised", "Missed", "Open", "Died", "Withdrew"],
        ["Start", "1 of 3 33%", "1 of 5 20%", "1 Too ill 1", "1", "1", "1"],
    ]
    assert text(page.find(".//figure")) == "Completed of expected Available of randomised Start 33% 20%"
    bars = [
        each.attrib["width"]
        for each in page.iter("{http://www.w3.org/2000/svg}rect")
        if each.get("class") == "filled"
    ]
    assert bars == ["100", "100", "33.3", "20.0"]
    assert "M-1" not in text(page)
    assert "Cells" not in text(page)


def test_all_sites_together_one_by_one_and_as_a_file(course: None, administrator: StaffBrowser) -> None:
    page = administrator.get("/completion")
    by_visit, by_site = page.iter("table")
    assert [text(cell) for cell in by_visit.findall(".//tbody/tr")[0]][:2] == ["Start", "1 of 4 25%"]
    assert [text(row[0]) for row in by_site.findall(".//tbody/tr")] == ["Cairo", "Madrid"]
    one = administrator.get("/completion", site="cai")
    assert len(list(one.iter("table"))) == 1
    assert [
        (row["site"], row["visit"], row["completed"]) for row in records(administrator, "/completion")
    ] == [
        ("cai", "d0", "0"),
        ("mad", "d0", "1"),
    ]
    assert records(administrator, "/completion", site="mad")[0] == {
        "site": "mad",
        "visit": "d0",
        "completed": "1",
        "expected": "3",
        "completion": "0.3333",
        "available": "1",
        "randomised": "5",
        "available_data": "0.2",
        "missed": "1",
        "missed_because": "too ill 1",
        "open": "1",
        "died": "1",
        "withdrew": "1",
        "transplanted": "0",
    }


def test_nothing_was_due_yet(new_staff: NewStaff) -> None:
    assert "No questionnaire was due yet." in text(new_staff("statistician").get("/completion"))
