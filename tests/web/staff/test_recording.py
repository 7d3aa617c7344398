"""Each thing that staff record of a participant: kept, seen on the timeline, with its audit entry."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app import database
from app.models import AuditEntry, Consent, Event, Participant, Sighting, Treatment, Withdrawal
from app.models.base import Base
from app.operations.consents import record_consent
from tests.fixtures.desk import StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy

DAY = (2026, 1, 5)
RECORDS: dict[str, tuple[type[Base], dict[str, str], str, str]] = {
    # what: its table, a right form, what the timeline says, the audit entry's action
    "consent": (Consent, {"version": "1"} | typed("consented_on", 2026, 1, 4), "Consented", "consent.record"),
    "infusion": (
        Treatment,
        {"lot": "LOT-1", "route": "peripheral vein"} | typed("given_on", *DAY),
        "",
        "treatment.record",
    ),
    "sighting": (
        Sighting,
        {"how": "call", "transplanted": "no"} | typed("seen_on", *DAY),
        "Telephone call; no transplant so far",
        "sighting.record",
    ),
    "hospital-stay": (
        Event,
        {"reason": "bleeding", "place": "La Paz"} | typed("started", 2025, 12) | typed("ended", 2026, 1, 3),
        "December 2025 to January 3, 2026",
        "event.report",
    ),
    "transplant": (Event, {"place": ""} | typed("started", 2025), "Liver transplant", "event.report"),
    "death": (Event, {"reason": "sepsis"} | typed("started", 2026, 1), "Death", "event.report"),
    "withdrawal": (
        Withdrawal,
        {"scope": "contact", "reason": "moved away"} | typed("withdrawn_on", *DAY),
        "Withdrew",
        "withdrawal.record",
    ),
}


def rows(tiny: TinyStudy, table: type[Base]) -> int:
    """Return how many rows a table has."""
    with database.reading(tiny.url) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_is_kept_told_and_stands_in_the_trail(
    coordinator: StaffBrowser, tiny: TinyStudy, what: str
) -> None:
    tiny.enrol("M-1")
    table, form, told, action = RECORDS[what]
    before = rows(tiny, table)
    answer = coordinator.fill_in(f"/participants/M-1/{what}", form)
    assert answer.location == "/staff/participants/M-1"
    assert rows(tiny, table) == before + 1
    assert told in text(coordinator.get("/participants/M-1"))
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.actor) == (action, coordinator.actor.label)


@pytest.mark.parametrize("what", ["hospital-stay", "transplant", "death", "consent", "infusion", "sighting"])
def test_a_form_sent_twice_is_one_record(coordinator: StaffBrowser, tiny: TinyStudy, what: str) -> None:
    tiny.enrol("M-1")
    table, form, _told, _action = RECORDS[what]
    before = rows(tiny, table)
    form = form | {"report_id": "the same"}
    for _ in range(2):
        assert coordinator.post(f"/participants/M-1/{what}", form).status_code == 303
    assert rows(tiny, table) == before + 1


@pytest.mark.parametrize("what", RECORDS)
def test_an_empty_form_is_told_what_to_enter(coordinator: StaffBrowser, tiny: TinyStudy, what: str) -> None:
    tiny.enrol("M-1")
    table = RECORDS[what][0]
    before = rows(tiny, table)
    answer = coordinator.fill_in(f"/participants/M-1/{what}", {}, status=422)
    assert "Enter the date" in answer.get_data(as_text=True)
    assert rows(tiny, table) == before


@pytest.mark.parametrize("what", RECORDS)
def test_tomorrow_is_refused_at_the_date(coordinator: StaffBrowser, tiny: TinyStudy, what: str) -> None:
    tiny.enrol("M-1")
    table, form, _told, _action = RECORDS[what]
    before = rows(tiny, table)
    box = next(name.removesuffix("-year") for name in form if name.endswith("-year"))
    answer = coordinator.fill_in(f"/participants/M-1/{what}", form | typed(box, 2026, 1, 6), status=422)
    assert "Enter a date that is not after today." in answer.get_data(as_text=True)
    assert rows(tiny, table) == before


def test_randomisation_plans_the_visits_once(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("M-1", arm=None)
    assert "No visit is planned" in text(coordinator.get("/participants/M-1"))
    form = {"arm": "usual"} | typed("randomised_on", *DAY)
    coordinator.fill_in("/participants/M-1/randomise", form)
    with database.reading(tiny.url) as session:
        participant = session.get_one(Participant, participant_id)
    assert (participant.arm, participant.randomised_on) == ("usual", DAY_0)
    assert "Week 4" in text(coordinator.get("/participants/M-1"))
    coordinator.get("/participants/M-1/randomise", status=409)
    again = coordinator.post("/participants/M-1/randomise", form | {"arm": "cells"})
    assert again.status_code == 422
    assert "It cannot be changed" in again.get_data(as_text=True)


def test_randomisation_before_the_consent_is_refused_in_its_own_words(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1", arm=None)
    form = {"arm": "usual"} | typed("randomised_on", 2026, 1, 4)
    answer = coordinator.fill_in("/participants/M-1/randomise", form, status=422)
    assert "Enter a date that is not before the consent." in answer.get_data(as_text=True)


def test_the_language_is_changed_for_pages_and_messages(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("M-1", language="ar")
    coordinator.fill_in("/participants/M-1/language", {"language": "en"})
    with database.reading(tiny.url) as session:
        assert session.get_one(Participant, participant_id).language == "en"


def test_contact_details_are_changed_and_every_look_at_them_is_in_the_trail(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1")
    page = coordinator.get("/participants/M-1/contact")
    boxes = {box.get("name"): box.get("value") for box in page.iter("input")}
    assert (boxes["name"], boxes["birth_year"], boxes["email"]) == (
        "Name of M-1",
        "1958",
        "someone@example.org",
    )
    coordinator.fill_in("/participants/M-1/contact", {"phone": "+34 600 000 000", "email": ""})
    with database.reading(tiny.url) as session:
        trail = session.execute(
            select(AuditEntry.action, AuditEntry.new).where(AuditEntry.action.startswith("contact."))
        ).all()
    assert [row.action for row in trail] == ["contact.read", "contact.read", "contact.change"]
    assert trail[-1].new == {"changed": ["email", "phone"]}
    assert "Name of M-1" not in text(coordinator.get("/participants/M-1"))


def test_two_who_change_the_same_contact_details(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    address = "/participants/M-1/contact"
    opened = form_values(coordinator.get(address), "seen")
    first, second = opened | {"email": "new@example.org"}, opened | {"phone": "+34 600 000 000"}
    assert coordinator.post(address, first).status_code == 303
    answer = coordinator.post(address, second)
    assert answer.status_code == 422
    page = whole(answer)
    assert "Someone changed these details" in text(page)
    again = form_values(page, "seen")
    assert (again["email"], again["phone"]) == ("someone@example.org", "+34 600 000 000")
    assert coordinator.post(address, again | {"email": "new@example.org"}).status_code == 303
    kept = form_values(coordinator.get(address), "seen")
    assert (kept["email"], kept["phone"]) == ("new@example.org", "+34 600 000 000")


def test_a_partial_date_is_told_with_what_is_known(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    coordinator.fill_in("/participants/M-1/transplant", {"place": ""} | typed("started", "٢٠٢٥", "١١"))
    page = coordinator.get("/participants/M-1")
    when = next(each for each in page.iter("li") if each.get("data-kind") == "event.report").find("time")
    assert text(when) == "November 2025"
    assert date(2025, 11, 1).isoformat() not in text(page)


def test_the_page_of_a_participant_heads_with_the_code(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    assert heading(coordinator.get("/participants/M-1")) == "Participant M-1"
    coordinator.get("/participants/nobody", status=404)


def test_a_missed_visit_asks_why_and_shows_the_last_reason(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1", day_0=date(2025, 12, 20))
    page = coordinator.get("/participants/M-1")
    (link,) = [each for each in page.iter("a") if "/missed" in each.get("href", "")]
    assert text(link).startswith("Say why")
    assert "Say why a visit was missed" not in text(page)
    address = link.get("href", "").removeprefix("/staff")
    options = coordinator.get(address).iter("option")
    assert [each.get("value") for each in options if each.get("selected") is not None] == ["d0"]
    empty = coordinator.post("/participants/M-1/missed", {"visit": "d0"})
    assert "Choose the reason." in empty.get_data(as_text=True)
    wordless = coordinator.post("/participants/M-1/missed", {"visit": "d0", "reason": "other"})
    assert "Say in the note which other reason it was." in wordless.get_data(as_text=True)
    not_missed = coordinator.post("/participants/M-1/missed", {"visit": "w4", "reason": "refused"})
    assert not_missed.status_code == 422
    reason = {"visit": "d0", "reason": "in hospital", "note": "since Monday"}
    coordinator.fill_in(address, reason)
    said = text(coordinator.get("/participants/M-1"))
    assert "In hospital: since Monday" in said
    assert "Change the reason" in said


def test_a_corrected_randomisation_moves_the_visits_ahead(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("M-1")
    record_consents_before(tiny, participant_id)
    address = "/participants/M-1/correct-randomisation"
    faulty = coordinator.fill_in(address, typed("randomised_on", 2026, 1, 4), status=422)
    assert "Enter why the date is corrected." in faulty.get_data(as_text=True)
    early = typed("randomised_on", 2025, 12, 1) | {"reason": "typed"}
    assert "not before the consent" in coordinator.fill_in(address, early, status=422).get_data(as_text=True)
    coordinator.fill_in(address, typed("randomised_on", 2026, 1, 4) | {"reason": "typed"})
    said = text(coordinator.get("/participants/M-1"))
    assert "Feb 1, 2026" in said
    assert "Feb 2, 2026" not in said


def record_consents_before(tiny: TinyStudy, participant_id: int) -> None:
    """Add a consent of the day before the first one."""
    with database.writing(tiny.url) as session:
        record_consent(
            session,
            participant_id=participant_id,
            version="1",
            consented_on=date(2026, 1, 4),
            actor=COMMAND,
            now=MORNING,
        )


def test_a_corrected_infusion_is_found_by_its_lot_and_day(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1", day_0=date(2026, 1, 3))
    infusion = {"lot": "LOT-1", "route": "peripheral vein"} | typed("given_on", 2026, 1, 4)
    coordinator.fill_in("/participants/M-1/infusion", infusion)
    address = "/participants/M-1/correct-infusion"
    right = {"lot": "LOT-1", "reason": "typed"} | typed("corrected_on", *DAY)
    unknown = coordinator.fill_in(address, right | typed("given_on", *DAY), status=422)
    assert "No infusion of this lot" in unknown.get_data(as_text=True)
    coordinator.fill_in(address, right | typed("given_on", 2026, 1, 4))
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Treatment.given_on)).all() == [DAY_0]


def test_nothing_is_expected_after_a_death_and_the_page_says_why(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1")
    coordinator.fill_in("/participants/M-1/death", RECORDS["death"][1])
    assert "Not expected The participant has died." in text(coordinator.get("/participants/M-1"))
