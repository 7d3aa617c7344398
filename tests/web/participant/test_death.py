"""A death that someone else reports on the participant's phone, and what becomes of a mistaken one."""

import pytest
from sqlalchemy import select

from app import database
from app.models import AuditEntry, Event
from app.operations.readings import read_event
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import form_values, heading, text
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND, TinyStudy

DEATH = "/report/death"
DIED = {"started-day": "4", "started-month": "1", "started-year": "2026"}


def events(phone: Phone) -> list[Event]:
    with database.reading(phone.url) as session:
        return list(session.scalars(select(Event).order_by(Event.id)))


def refute(phone: Phone, time: Clock) -> None:
    """Say as staff do that nobody died."""
    (event,) = events(phone)
    with database.writing(phone.url) as session:
        read_event(session, event_id=event.id, decision="refuted", actor=COMMAND, now=time.at)


def test_it_is_reported_from_the_page_for_helpers_and_never_from_the_first_page(phone: Phone) -> None:
    first = phone.get("/today")
    assert first.find(f".//a[@href='{DEATH}']") is None
    assert first.find(".//footer//a[@href='/helping']") is not None
    link = phone.get("/helping").find(f".//a[@href='{DEATH}']")
    assert link is not None
    assert text(link) == "The person has died"
    assert heading(phone.get(DEATH)) == "Tell us that the person has died"


def test_a_date_is_all_that_is_asked(phone: Phone) -> None:
    asked = form_values(phone.get(DEATH))
    assert set(asked) == {"participant", "report_id", *DIED}
    sent = phone.post(DEATH, **asked | DIED)
    assert sent.status_code == 303
    page = phone.get(sent.location)
    assert heading(page) == "Thank you for telling us. We are very sorry."
    said = text(page)
    assert "Date of death: January 4, 2026" in said
    assert "No more reminders will be sent." in said
    assert "If this is a mistake, call the study team" in said
    assert "If you feel unwell" not in said
    assert page.find(".//a[@class='call']") is not None
    (event,) = events(phone)
    assert (event.kind, str(event.started), event.reason, event.place) == ("death", "2026-01-04", "", "")


@pytest.mark.parametrize("known", [{"started-year": "2025"}, {"started-month": "12", "started-year": "2025"}])
def test_the_day_and_the_month_may_stay_unknown(phone: Phone, known: dict[str, str]) -> None:
    assert phone.post(DEATH, **known).status_code == 303
    assert str(events(phone)[0].started) == "-".join(reversed(known.values()))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Enter the date, at least the year."),
        ({"started-day": "4", "started-year": "2026"}, "Enter the month too, or leave the day empty."),
        (DIED | {"started-day": "6"}, "A date cannot lie in the future."),
    ],
)
def test_pressing_send_with_no_date_or_an_impossible_one_reports_nothing(
    phone: Phone, typed: dict[str, str], words: str
) -> None:
    answer = phone.post(DEATH, **typed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert phone.save(DEATH, **typed).get_json() == {"faults": {"started-day": words}}
    assert events(phone) == []


def test_the_same_report_that_arrives_again_is_one_event(phone: Phone) -> None:
    places = {phone.save(DEATH, **DIED, report_id="r").get_json()["location"] for _ in range(3)}
    assert len(places) == 1
    assert len(events(phone)) == 1


def test_who_told_it_was_not_the_participant(phone: Phone, coordinator: StaffBrowser) -> None:
    phone.post(DEATH, **DIED)
    (event,) = events(phone)
    assert event.reported_by == f"proxy:{phone.participant_id}"
    with database.reading(phone.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.report")).one()
    assert entry.actor == event.reported_by
    for page in ("/events", f"/events/{event.id}", "/participants/P-1"):
        assert "someone else for the participant" in text(coordinator.get(page)), page
    assert "Death" in text(coordinator.get("/today"))


def test_of_a_hospital_stay_the_participant_tells(phone: Phone) -> None:
    phone.post("/report/transplant", **DIED)
    assert events(phone)[0].reported_by == f"participant:{phone.participant_id}"


def test_a_mistaken_one_locks_nobody_out_and_ends_when_staff_refute_it(phone: Phone, time: Clock) -> None:
    survey = phone.survey()
    phone.save(survey, itch="3")
    receipt = phone.post(DEATH, **DIED).location
    assert "Nothing to answer today" in text(phone.get("/today"))
    assert heading(phone.get(survey, status=409)) == "These questions cannot be answered now"
    helping = phone.get("/helping")
    assert helping.find(f".//a[@href='{DEATH}']") is None
    assert "We were told that the person has died." in text(helping)
    assert "If this is a mistake, call the study team" in text(helping)
    phone.get(receipt)
    phone.another().open().get("/today")
    refute(phone, time)
    assert phone.get("/helping").find(f".//a[@href='{DEATH}']") is not None
    assert "1 of 2 answered" in text(phone.get("/today"))
    assert phone.press(survey, "send", sleep="2").status_code == 303


def test_one_kept_on_a_phone_that_arrives_after_another_told_it_stands_beside_it(
    phone: Phone, coordinator: StaffBrowser
) -> None:
    phone.save(DEATH, **DIED, report_id="one")
    phone.another().open().save(DEATH, **DIED | {"started-day": "3"}, report_id="another")
    assert [str(each.started) for each in events(phone)] == ["2026-01-04", "2026-01-03"]


def test_nobody_reads_the_receipt_of_another(new_phone: NewPhone, tiny: TinyStudy) -> None:
    mine, theirs = new_phone("P-1").open(), new_phone("P-2").open()
    theirs.get(mine.post(DEATH, **DIED).location, status=404)
