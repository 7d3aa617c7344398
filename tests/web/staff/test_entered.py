"""Answers by telephone or on paper: typed in by staff, sent as a response, with their origin."""

from datetime import date

import pytest
from sqlalchemy import select

from app import database
from app.models import Answer, AuditEntry, Response
from app.queries import outcomes
from tests.fixtures.desk import NewStaff, StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import DAY_0, TinyStudy

ADDRESS = "/participants/M-1/answers/1/itch"


def told(day: date = DAY_0, **changes: str) -> dict[str, str]:
    """Return a form filled in for a call in which the participant answered everything."""
    filled = {"entry:mode": "telephone", "entry:respondent": "patient", "itch": "3", "sleep": "declined"}
    return filled | typed("entry:answered_on", day.year, day.month, day.day) | changes


def sent(browser: StaffBrowser) -> Response:
    with database.reading(browser.url) as session:
        return session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()


def stored(browser: StaffBrowser) -> list[Answer]:
    with database.reading(browser.url) as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


@pytest.fixture
def enrolled(tiny: TinyStudy) -> int:
    """A participant in Madrid whose first visit is open."""
    return tiny.enrol("M-1")


@pytest.fixture
def owner(new_phone: NewPhone) -> Phone:
    """The same participant with a phone."""
    return new_phone("M-1").open()


def test_the_participants_page_leads_to_the_questions(enrolled: int, coordinator: StaffBrowser) -> None:
    links = [
        each for each in coordinator.get("/participants/M-1").iter("a") if "/answers/" in each.get("href", "")
    ]
    assert [each.attrib["href"] for each in links] == [f"/staff{ADDRESS}"]  # week 4 is not open yet
    page = coordinator.get(ADDRESS)
    assert heading(page) == "Type in answers"
    assert "Did your skin itch?" in text(page.find(".//form[@class='card']"))


def test_a_call_is_stored_with_its_origin(enrolled: int, coordinator: StaffBrowser, time: Clock) -> None:
    time.pass_by(hours=2)
    coordinator.fill_in(ADDRESS, told())
    response = sent(coordinator)
    assert (response.mode, response.respondent, response.submitted_at) == ("telephone", "patient", time.at)
    assert [(each.item, each.value) for each in stored(coordinator)] == [("itch", 3), ("sleep", "declined")]
    assert {each.entered_by for each in stored(coordinator)} == {coordinator.actor.label}
    assert {each.answered_at for each in stored(coordinator)} == {time.at}
    with database.reading(coordinator.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.submit")).one()
    assert entry.actor == coordinator.actor.label
    assert entry.new is not None
    assert (entry.new["mode"], entry.new["answered_on"]) == ("telephone", "2026-01-05")


def test_paper_is_dated_on_its_day_where_the_participant_is(
    enrolled: int, new_staff: NewStaff, time: Clock
) -> None:
    time.pass_by(days=3)
    coordinator = new_staff("coordinator", site="mad")
    coordinator.fill_in(
        ADDRESS, told(date(2026, 1, 6), **{"entry:mode": "paper", "entry:respondent": "proxy"})
    )
    assert {each.answered_at.isoformat() for each in stored(coordinator)} == {"2026-01-06T11:00:00+00:00"}
    response = sent(coordinator)
    assert (response.mode, response.respondent) == ("paper", "proxy")


@pytest.mark.parametrize(("respondent", "days"), [("patient", [DAY_0]), ("proxy", [])])
def test_a_proxys_answers_do_not_show_the_participant_alive(
    enrolled: int, coordinator: StaffBrowser, tiny: TinyStudy, respondent: str, days: list[date]
) -> None:
    coordinator.fill_in(ADDRESS, told(DAY_0, **{"entry:respondent": respondent}))
    with database.reading(tiny.url) as session:
        (course,) = outcomes.courses(session, study_id=tiny.study_id)
    assert [each.on for each in course.answered] == days


def test_the_language_in_which_the_questions_were_read_is_kept(
    enrolled: int, coordinator: StaffBrowser
) -> None:
    address = f"{ADDRESS}?language=ar"
    page = coordinator.get(address)
    assert "هل شعرت بحكة في جلدك؟" in text(page)
    assert form_values(page, "language")["language"] == "ar"
    coordinator.fill_in(address, told())
    assert coordinator.get("/participants/M-1/responses/1").find(".//h1") is not None
    assert "Arabic" in text(coordinator.get("/participants/M-1/responses/1"))


def test_sending_the_same_again_changes_nothing(enrolled: int, coordinator: StaffBrowser) -> None:
    values = form_values(coordinator.get(ADDRESS).find(".//main"), "language") | told()  # type: ignore[arg-type]
    for _ in range(2):
        assert coordinator.client.post(f"/staff{ADDRESS}", data=values).status_code == 303
    assert len(stored(coordinator)) == 2


def test_what_was_sent_cannot_be_typed_over(enrolled: int, coordinator: StaffBrowser) -> None:
    values = form_values(coordinator.get(ADDRESS).find(".//main"), "language")  # type: ignore[arg-type]
    coordinator.fill_in(ADDRESS, told())
    again = coordinator.client.post(f"/staff{ADDRESS}", data=values | told(itch="1"))
    assert again.status_code == 422
    assert "have been answered and sent meanwhile" in text(whole(again))
    assert [each.value for each in stored(coordinator)] == [3, "declined"]
    assert "Telephone" not in text(coordinator.get(ADDRESS))
    assert "by telephone" in text(coordinator.get(ADDRESS))  # led on to what was answered


def test_left_out_answers_are_asked_for_once(enrolled: int, coordinator: StaffBrowser) -> None:
    response = coordinator.fill_in(ADDRESS, told(sleep=""), status=422)
    page = whole(response)
    assert "No answer yet: Did you sleep badly?" in text(page)
    assert stored(coordinator) == []
    values = form_values(page.find(".//main"), "language") | told(sleep="")  # type: ignore[arg-type]
    assert values["gaps"] == "told"
    assert coordinator.client.post(f"/staff{ADDRESS}", data=values).status_code == 303
    assert [(each.item, each.value) for each in stored(coordinator)] == [("itch", 3)]


def test_an_impossible_answer_stores_nothing_and_the_rest_stays_typed(
    enrolled: int, coordinator: StaffBrowser
) -> None:
    page = whole(coordinator.fill_in(ADDRESS, told(itch="9"), status=422))
    assert "This answer cannot be taken: Did your skin itch?" in text(page)
    checked = {each.get("value") for each in page.iter("input") if "checked" in each.attrib}
    assert checked == {"telephone", "patient", "declined"}
    assert stored(coordinator) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entry:mode": ""}, "Choose how the answers came."),
        ({"entry:mode": "phone"}, "Choose one of the options."),
        ({"entry:respondent": ""}, "Choose who answered."),
        (typed("entry:answered_on", ""), "Enter the day on which the answers were given."),
        (typed("entry:answered_on", 2026, 1, 6), "Enter a date that is not after today."),
        (typed("entry:answered_on", 2026, 1, 4), "On that day the participant had not consented yet."),
    ],
)
def test_what_is_missing_or_cannot_be_is_said(
    enrolled: int, coordinator: StaffBrowser, changes: dict[str, str], words: str
) -> None:
    page = whole(coordinator.fill_in(ADDRESS, told() | changes, status=422))
    assert words in text(page.find(".//*[@id='faults']"))
    assert stored(coordinator) == []


def test_after_the_visit_has_closed_a_reason_is_asked_for_and_kept(
    enrolled: int, new_staff: NewStaff, time: Clock
) -> None:
    time.pass_by(days=20)
    coordinator = new_staff("coordinator", site="mad")
    day = date(2026, 1, 7)
    page = whole(coordinator.fill_in(ADDRESS, told(day, **{"entry:mode": "paper"}), status=422))
    assert "Say why the answers come all the same." in text(page)
    reason = {"entry:reason": "The letter was late."}
    coordinator.fill_in(ADDRESS, told(day, **{"entry:mode": "paper"}) | reason)
    with database.reading(coordinator.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.submit")).one()
    assert entry.reason == "The letter was late."


def test_a_draft_from_the_phone_is_shown_and_the_later_answer_counts(
    owner: Phone, new_staff: NewStaff, time: Clock
) -> None:
    time.pass_by(days=2)
    coordinator = new_staff("coordinator", site="mad")
    owner.save(owner.survey(), itch="1")
    page = coordinator.get(ADDRESS)
    assert "Begun by the participant, and not sent yet" in text(page)
    assert "Did your skin itch? Seldom" in text(page)
    time.pass_by(hours=1)
    coordinator.fill_in(ADDRESS, told(date(2026, 1, 6), sleep="2", **{"entry:mode": "paper"}))
    shown = coordinator.get("/participants/M-1/responses/1")
    rows = [text(row) for row in shown.iter("tr")][1:]
    assert rows[0].startswith(
        "Did your skin itch? Seldom Given as well: Often ("
    )  # the phone's is of the day after
    assert rows[1].startswith("Did you sleep badly? Sometimes")
    assert "staff, account" in rows[1]
    assert len(stored(coordinator)) == 3


def test_a_draft_that_is_older_than_the_call_gives_way(
    owner: Phone, coordinator: StaffBrowser, time: Clock
) -> None:
    owner.save(owner.survey(), itch="1")
    time.pass_by(hours=1)
    coordinator.fill_in(ADDRESS, told(itch="2"))
    row = [text(each) for each in coordinator.get("/participants/M-1/responses/1").iter("tr")][1]
    assert row.startswith("Did your skin itch? Sometimes Given as well: Seldom (")
    assert "the participant" in row


def test_an_empty_box_takes_nothing_back(owner: Phone, coordinator: StaffBrowser, time: Clock) -> None:
    owner.save(owner.survey(), itch="1")
    time.pass_by(hours=1)
    coordinator.fill_in(ADDRESS, told(itch=""))
    assert [(each.item, each.value) for each in stored(coordinator)] == [("itch", 1), ("sleep", "declined")]


def test_alarming_answers_raise_an_alert(
    alarming: TinyStudy, enrolled: int, coordinator: StaffBrowser
) -> None:
    coordinator.fill_in(ADDRESS, told(itch="4", sleep="4"))
    assert "Alarming answers" in text(coordinator.get("/participants/M-1"))


def test_another_site_neither_sees_nor_types(enrolled: int, new_staff: NewStaff) -> None:
    cairo = new_staff("coordinator", site="cai")
    cairo.get(ADDRESS, status=404)
    assert cairo.post(ADDRESS, told()).status_code == 404


def test_before_the_visit_opens_nothing_can_be_typed_in(enrolled: int, coordinator: StaffBrowser) -> None:
    coordinator.get("/participants/M-1/answers/2/itch", status=409)
