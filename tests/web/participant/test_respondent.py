"""Who answers is kept and goes wherever the answers go: receipt, staff pages, trail, exports, survival."""

from datetime import date

import pytest
from sqlalchemy import select

from app import database
from app.models import AuditEntry, Response
from app.queries import exports, outcomes
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Phone
from tests.fixtures.study import DAY_0, TinyStudy


def answered_on(tiny: TinyStudy) -> list[date]:
    with database.reading(tiny.url) as session:
        (course,) = outcomes.courses(session, study_id=tiny.study_id)
    return [each.on for each in course.answered]


@pytest.mark.parametrize(
    ("respondent", "receipt", "staff", "sighted"),
    [
        ("patient", "", "answered by the participant", [DAY_0]),
        (
            "patient with help",
            "Answered by the participant, with help",
            "answered by the participant with help",
            [DAY_0],
        ),
        ("proxy", "Answered by someone else for the participant", "answered by a relative", []),
    ],
)
def test_who_answered_goes_along(
    tiny: TinyStudy,
    phone: Phone,
    coordinator: StaffBrowser,
    respondent: str,
    receipt: str,
    staff: str,
    sighted: list[date],
) -> None:
    sent = phone.press(phone.survey(), "send", itch="3", sleep="2", respondent=respondent)
    shown = text(phone.get(sent.headers["Location"]))
    assert (receipt or "Answered by") in shown if receipt else "Answered by" not in shown
    assert f"Start · {staff} · on the study's pages" in text(coordinator.get("/participants/P-1"))
    assert staff in text(coordinator.get("/participants/P-1/responses/1"))
    with database.reading(tiny.url) as session:
        rows = exports.study_tables(session, study_id=tiny.study_id).responses
    assert {row.respondent for row in rows} == {respondent}
    assert answered_on(tiny) == sighted


def test_a_change_in_the_middle_is_in_the_trail(tiny: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), itch="3")
    assert answered_on(tiny) == [DAY_0]
    phone.save(phone.survey(), sleep="2", respondent="proxy")
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.respondent")).one()
        assert (entry.old, entry.new) == ({"respondent": "patient"}, {"respondent": "proxy"})
        assert session.scalars(select(Response.respondent)).one() == "proxy"
    assert answered_on(tiny) == []


def test_there_is_a_page_on_helping(phone: Phone) -> None:
    survey = phone.get(phone.survey())
    (link,) = [each for each in survey.iter("a") if each.get("href") == "/helping"]
    assert text(link) == "How to help, or to answer for someone"
    page = phone.get("/helping")
    assert heading(page) == "Helping someone, or answering for them"
    assert page.find(".//a[@class='call']") is not None
