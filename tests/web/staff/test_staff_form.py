"""A form that staff fill in: due on the participant's page, stored as theirs; participants see nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.models import Response
from app.operations.entered_responses import enter_response
from app.operations.events import report_event
from app.queries import exports, languages, occasions, outcomes
from app.queries.completion import completion
from tests.fixtures.desk import NewStaff, StaffBrowser, typed
from tests.fixtures.pages import heading, text
from tests.fixtures.past import Bring, faults_of
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy

ADDRESS = "/participants/P-1/answers/1/site"


def told(day: date = DAY_0, **changes: str) -> dict[str, str]:
    return typed("entry:answered_on", day.year, day.month, day.day) | {"meld": "21", "cause": "1"} | changes


@pytest.fixture
def known(request: pytest.FixtureRequest, new_phone: NewPhone) -> Phone:
    """A participant whose first visit is open, in a study with a form of staff."""
    request.getfixturevalue("with_form")
    return new_phone().open()


def test_it_is_due_beside_its_visit_and_filled_in_once(known: Phone, coordinator: StaffBrowser) -> None:
    page = coordinator.get("/participants/P-1")
    assert text(page.find(f".//a[@href='/staff{ADDRESS}']")) == "Fill in: Known to the site · Start"
    asked = coordinator.get(ADDRESS)
    assert heading(asked) == "Known to the site"
    assert "Staff fill this in; participants never see it." in text(asked)
    assert "Who answered" not in text(asked)
    coordinator.fill_in(ADDRESS, told())
    shown = coordinator.get("/participants/P-1")
    assert "The form is stored." in text(shown)
    assert "Form filled in" in text(shown)
    assert "Start · filled in by staff" in text(shown)
    assert (
        text(shown.find(".//a[@href='/staff/participants/P-1/responses/1']")) == "Known to the site · Start"
    )
    stored = coordinator.get(ADDRESS)
    assert heading(stored) == "Known to the site"
    assert "Virus" in text(stored)
    assert "on paper" not in text(stored)
    with database.reading(known.url) as session:
        assert session.scalars(select(Response.respondent)).all() == ["staff"]


@pytest.mark.usefixtures("known")
def test_what_is_wrong_or_left_out_is_said(coordinator: StaffBrowser) -> None:
    page = text(coordinator.get(ADDRESS))
    coordinator.fill_in(ADDRESS, told(meld="41"), status=422)
    coordinator.fill_in(ADDRESS, told(meld=""), status=422)
    coordinator.fill_in(ADDRESS, {"meld": "21", "cause": "1"}, status=422)
    coordinator.fill_in(ADDRESS, told(date(2026, 1, 4)), status=422)
    assert text(coordinator.get(ADDRESS)) == page


@pytest.mark.usefixtures("known")
def test_a_monitor_may_only_read(new_staff: NewStaff) -> None:
    monitor = new_staff("monitor")
    page = monitor.get("/participants/P-1")
    assert "Known to the site" in text(page)
    assert page.find(f".//a[@href='/staff{ADDRESS}']") is None


def test_participants_never_see_it(known: Phone, coordinator: StaffBrowser) -> None:
    before = text(known.get("/today"))
    assert "Known to the site" not in before
    coordinator.fill_in(ADDRESS, told())
    assert text(known.get("/today")) == before
    known.get("/survey/1/site", status=404)
    assert known.post("/survey/1/site", do="send", meld="30", submission_id="s").status_code == 404
    assert "You have not sent any answers yet." in text(known.get("/history"))
    known.press(known.survey(), "send", itch="3", sleep="2")
    assert "Illness" not in text(known.get("/history"))
    assert "Itch and sleep" in text(known.get("/history"))


def test_a_participant_who_claims_to_be_staff_is_taken_for_the_participant(known: Phone) -> None:
    known.press(known.survey(), "send", itch="3", sleep="2", respondent="staff")
    with database.reading(known.url) as session:
        assert session.scalars(select(Response.respondent)).all() == ["patient"]


def test_it_changes_neither_states_nor_rates_nor_languages_nor_who_is_alive(
    with_form: TinyStudy, known: Phone, coordinator: StaffBrowser
) -> None:
    def stands() -> list[object]:
        with database.reading(known.url) as session:
            (course,) = outcomes.courses(session, study_id=with_form.study_id)
            statuses = occasions.of_participant(session, participant_id=known.participant_id, now=MORNING)
            return [
                completion(session, actor=COMMAND, study_id=with_form.study_id, today=DAY_0),
                [(each.state, each.instruments) for each in statuses],
                languages.offered_to_new(session, study_id=with_form.study_id),
                course.answered,
            ]

    before = stands()
    assert before[2] == ("en", "ar")
    coordinator.fill_in(ADDRESS, told())
    assert stands() == before


def test_whose_answers_they_are_follows_from_the_instrument(known: Phone, time: Clock) -> None:
    for instrument, respondent in (("site", "patient"), ("itch", "staff")):
        with pytest.raises(Refusal) as caught, database.writing(known.url) as session:
            enter_response(
                session,
                participant_id=known.participant_id,
                occasion_id=1,
                instrument=instrument,
                raw={},
                mode="paper",
                respondent=respondent,  # type: ignore[arg-type]  # both are words of the list
                answered_on=DAY_0,
                language="en",
                reason="",
                submission_id="s",
                actor=Actor("account", 7),
                now=time.at,
            )
        assert caught.value.code == Code.FAULTY_INPUT


def test_it_is_exported_and_imported_as_of_staff(with_form: TinyStudy, bring: Bring) -> None:
    head = "participant,visit,instrument,item,value,answered_at,respondent,sent_at\n"
    instants = "2026-01-05T10:00:00+01:00"
    wrong = (
        f"p1,d0,site,meld,21,{instants},patient,{instants}\n"
        f"p2,d0,itch,itch,2,2026-01-06T10:00:00Z,staff,2026-01-06T10:00:00Z\n"
        f"p1,w4,site,meld,21,{instants},,{instants}\n"
    )
    found = faults_of(bring, responses=head + wrong)
    assert [each[1:3] for each in found] == [
        ("row 2, column respondent", "'patient'"),
        ("row 3, column respondent", "'staff'"),
        ("row 4, column instrument", "'site'"),
    ]
    bring(responses=f"{head}p1,d0,site,meld,21,{instants},,{instants}\n")
    with database.reading(with_form.url) as session:
        (row,) = exports.study_tables(session, study_id=with_form.study_id).responses
    assert (row.instrument, row.value, row.respondent) == ("site", "21", "staff")


def test_the_day_begins_with_what_is_missing_of_those_who_are_expected(
    with_form: TinyStudy, known: Phone, coordinator: StaffBrowser, new_staff: NewStaff
) -> None:
    with_form.enrol("M-1")
    with_form.enrol("M-2", arm=None)  # no visit of theirs has begun
    with_form.enrol("C-1", site="cai")
    died = with_form.enrol("M-3", day_0=DAY_0 - timedelta(days=1))
    with database.writing(known.url) as session:
        report_event(
            session,
            participant_id=died,
            kind="death",
            started=PartialDate(DAY_0.year, DAY_0.month, DAY_0.day),
            report_id="r",
            actor=COMMAND,
            now=MORNING,
        )

    def waiting(browser: StaffBrowser) -> tuple[str, list[str]]:
        (queue,) = (each for each in browser.get("/today").iter("section") if each.get("id") == "forms")
        return text(queue), [each.attrib["href"] for each in queue.iter("a")]

    words, links = waiting(coordinator)
    assert words.startswith("Forms to fill in 2 M-1 Known to the site")
    first, second = (each for each in links if each.endswith("/site"))
    assert heading(coordinator.get(first.removeprefix("/staff"))) == "Known to the site"
    assert second == f"/staff{ADDRESS}"
    assert not any(each.endswith("/site") for each in waiting(new_staff("monitor"))[1])
    coordinator.fill_in(ADDRESS, told())
    assert waiting(coordinator)[0].startswith("Forms to fill in 1 M-1")
