"""Readings of reported events stand beside the report and beside each other."""

from datetime import date

from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.models import Reading
from app.operations.events import report_event
from tests.fixtures.desk import StaffBrowser, typed
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, TinyStudy


def stay(tiny: TinyStudy, time: Clock) -> int:
    """Report a hospital stay since November 2025; return its id."""
    participant_id = tiny.enrol("M-1")
    with database.writing(tiny.url) as session:
        return report_event(
            session,
            participant_id=participant_id,
            kind="hospital stay",
            started=PartialDate(2025, 11),
            ended=PartialDate(2025),
            reason="bleeding",
            place="La Paz",
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )


def readings(tiny: TinyStudy) -> list[tuple[str, date | None, date | None, str]]:
    """Return all readings in their order."""
    with database.reading(tiny.url) as session:
        found = session.scalars(select(Reading).order_by(Reading.id)).all()
    return [(each.decision, each.agreed_started_on, each.agreed_ended_on, each.note) for each in found]


def test_the_report_stands_as_it_was_made(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    assert "November 2025 to 2025" in text(coordinator.get("/events"))
    page = coordinator.get(f"/events/{event_id}")
    facts = dict(zip(map(text, page.iter("dt")), map(text, page.iter("dd")), strict=True))
    assert facts["Admitted"] == "November 2025"
    assert facts["Discharged"] == "2025"
    assert (facts["Reason"], facts["Hospital"], facts["Site"]) == ("Bleeding", "La Paz", "Madrid")


def test_a_confirmation_with_full_dates_is_recorded_and_leaves_the_queue(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    form = (
        {"decision": "confirmed", "note": "letter"}
        | typed("started_on", 2025, 11, 3)
        | typed("ended_on", 2025, 11, 9)
    )
    coordinator.fill_in(f"/events/{event_id}", form)
    assert readings(tiny) == [("confirmed", date(2025, 11, 3), date(2025, 11, 9), "letter")]
    assert "No event waits here." in text(coordinator.get("/events"))
    assert "M-1" in text(coordinator.get("/events", outcome="confirmed"))
    assert "November 2025" in text(coordinator.get(f"/events/{event_id}"))  # the report is as it was


def test_a_later_reading_stands_beside_the_earlier(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    coordinator.fill_in(f"/events/{event_id}", {"decision": "needs information", "note": "no letter yet"})
    assert "Needs information" in text(coordinator.get("/events"))
    coordinator.fill_in(f"/events/{event_id}", {"decision": "refuted", "note": ""})
    assert [each[0] for each in readings(tiny)] == ["needs information", "refuted"]
    page = text(coordinator.get(f"/events/{event_id}"))
    assert page.index("no letter yet") < page.rindex("Refuted")


def test_the_same_form_twice_is_one_reading(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    form = {"decision": "refuted", "note": "", "seen": "0"}
    for _ in range(2):
        assert coordinator.post(f"/events/{event_id}", form).status_code == 303
    assert len(readings(tiny)) == 1


def test_a_reading_beside_one_that_was_not_seen_is_shown_again_with_what_was_typed(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    first = {"decision": "refuted", "note": "no such stay", "seen": "0"}
    second = {"decision": "needs information", "note": "which ward?", "seen": "0"}
    assert coordinator.post(f"/events/{event_id}", first).status_code == 303
    for seen in ("7", "", "x", "9" * 30):
        assert coordinator.post(f"/events/{event_id}", second | {"seen": seen}).status_code == 422
    page = coordinator.post(f"/events/{event_id}", second).get_data(as_text=True)
    assert "since you opened the page" in page
    assert "no such stay" in page
    assert "which ward?" in page
    assert len(readings(tiny)) == 1
    assert coordinator.post(f"/events/{event_id}", second | {"seen": "1"}).status_code == 303
    assert [decision for decision, *_ in readings(tiny)] == ["refuted", "needs information"]


def test_what_is_missing_is_asked_for(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    cases: list[tuple[dict[str, str], str]] = [
        ({"decision": ""}, "Choose a decision."),
        ({"decision": "perhaps"}, "Choose one of the options."),
        ({"decision": "confirmed"}, "Enter the agreed date to confirm the event."),
        ({"decision": "confirmed"} | typed("started_on", 2025, 11), "Enter the day, the month and the year."),
        (
            {"decision": "confirmed"} | typed("started_on", 2026, 2, 1),
            "Enter a date that is not after today.",
        ),
        (
            {"decision": "confirmed"} | typed("started_on", 2025, 11, 3) | typed("ended_on", 2025, 11, 2),
            "Enter a date of discharge that is not before the admission.",
        ),
        ({"decision": "needs information", "note": " "}, "Write what information is needed."),
    ]
    for form, said in cases:
        answer = coordinator.post(f"/events/{event_id}", {"seen": "0", "note": ""} | form)
        assert answer.status_code == 422, said
        assert said in answer.get_data(as_text=True)
    assert readings(tiny) == []


def test_a_transplant_has_no_discharge(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    participant_id = tiny.enrol("M-1")
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="transplant",
            started=PartialDate(2026, 1),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
    assert "Agreed date of discharge" not in text(coordinator.get(f"/events/{event_id}"))
    form = (
        {"decision": "confirmed", "note": ""}
        | typed("started_on", 2026, 1, 2)
        | typed("ended_on", 2026, 1, 3)
    )
    coordinator.fill_in(f"/events/{event_id}", form)
    assert readings(tiny) == [("confirmed", date(2026, 1, 2), None, "")]
