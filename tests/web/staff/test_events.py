"""Readings of reported events stand beside the report and beside each other."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app import database
from app.domain.outcomes import CENSORED, time_to_event
from app.domain.partial_date import PartialDate
from app.domain.study import Adjudication
from app.models import Reading
from app.operations.events import report_event
from app.operations.studies import load_study
from app.queries import outcomes
from tests.fixtures.desk import NewStaff, StaffBrowser, typed
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, FOLDER, STUDY, TinyStudy


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
            "Enter an end that is not before the beginning.",
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
    assert "Agreed end" not in text(coordinator.get(f"/events/{event_id}"))
    form = (
        {"decision": "confirmed", "note": ""}
        | typed("started_on", 2026, 1, 2)
        | typed("ended_on", 2026, 1, 3)
    )
    coordinator.fill_in(f"/events/{event_id}", form)
    assert readings(tiny) == [("confirmed", date(2026, 1, 2), None, "")]


def test_a_duplicate_is_chosen_beside_the_reports_that_are_like_it(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    with database.writing(tiny.url) as session:
        other = report_event(
            session,
            participant_id=1,
            kind="hospital stay",
            started=PartialDate(2025, 11, 4),
            ended=PartialDate(2025, 11, 9),
            place="<b>La Paz</b>",
            report_id="again",
            actor=COMMAND,
            now=time.at,
        )
    assert "1 like it" in text(coordinator.get("/events"))
    page = text(coordinator.get(f"/events/{event_id}"))
    assert "Reports that may tell of the same" in page
    assert "Likely the same" in page
    assert "<b>La Paz</b>" in page
    answer = coordinator.fill_in(f"/events/{event_id}", {"decision": "duplicate", "duplicate_of": ""}, 422)
    assert "Choose the event that tells of the same." in answer.get_data(as_text=True)
    coordinator.fill_in(f"/events/{event_id}", {"decision": "duplicate", "duplicate_of": str(other)})
    assert [each[0] for each in readings(tiny)] == ["duplicate"]
    assert f"Event {other}" in text(coordinator.get(f"/events/{event_id}"))
    answer = coordinator.fill_in(
        f"/events/{other}", {"decision": "duplicate", "duplicate_of": str(event_id)}, 422
    )
    assert "That event is read as a duplicate itself." in answer.get_data(as_text=True)


def test_an_adverse_event_is_reported_with_its_term_and_how_serious_it_was(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    tiny.enrol("M-1")
    form: dict[str, object] = {
        "term": "Fever <i>",
        "criteria": ["hospitalisation", "other"],
        "recovery": "recovered",
        **typed("started", 2026, 1, 3),
        **typed("ended", 2026, 1, 4),
    }
    coordinator.fill_in("/participants/M-1/adverse-event", form)
    coordinator.fill_in(
        "/participants/M-1/tumour",
        {"term": "Hepatocellular carcinoma", "recovery": "unknown"} | typed("started", 2025, 12),
    )
    page = text(coordinator.get("/events/1"))
    for said in ("Fever <i>", "It needed a hospital stay, or prolonged one", "Recovered"):
        assert said in page
    queue = coordinator.get("/events", kind="tumour")
    assert "Hepatocellular carcinoma" in text(queue)
    assert "Fever" not in text(queue)
    assert "Fever" in text(coordinator.get("/participants/M-1"))
    for faulty, said in (
        ({"term": ""}, "Say what it was."),
        ({"recovery": ""}, "Choose how it ended, or that it is not known."),
        ({"criteria": ["severe"]}, "Choose one of the options."),
        (typed("ended", 2026, 1, 2), "The end cannot come before the beginning."),
    ):
        answer = coordinator.fill_in("/participants/M-1/adverse-event", form | faulty, 422)
        assert said in answer.get_data(as_text=True), said


def test_the_queue_leaves_as_a_file(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    stay(tiny, time)
    header, row = coordinator.body("/events?as=csv").splitlines()
    assert header.startswith("\ufeffevent,participant,site,kind,started")
    assert row.startswith("1,M-1,mad,hospital stay,2025-11,2025,no")
    assert "arm" not in header


def test_the_second_reader_is_told_nothing_of_the_first(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    asked = Adjudication(readings=2, by="adjudicator")
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, adjudication=asked))
        load_study(session, folder=folder, actor=COMMAND, now=time.at)
    event_id = stay(tiny, time)
    first, second = (new_staff("adjudicator", language=language) for language in ("en", "fr"))
    third = new_staff("adjudicator", site="mad")
    first.fill_in(f"/events/{event_id}", {"decision": "refuted", "note": "no such stay"})
    page = text(second.get(f"/events/{event_id}"))
    assert "no such stay" not in page
    assert "no such stay" in text(first.get(f"/events/{event_id}"))
    assert "No event waits here." in text(first.get("/events"))
    second.fill_in(
        f"/events/{event_id}",
        {"decision": "confirmed", "note": "letter"} | typed("started_on", 2025, 11, 3),
    )
    page = text(third.get(f"/events/{event_id}"))
    assert "no such stay" in page
    assert "letter" in page
    assert "Readers disagree" in page
    assert first.post(f"/events/{event_id}", {"decision": "confirmed"} | {"seen": "2"}).status_code in (
        403,
        422,
    )
    third.fill_in(f"/events/{event_id}", {"decision": "refuted", "note": ""})
    assert "Refuted" in text(new_staff("coordinator", site="mad").get("/events", outcome="refuted"))


def test_a_call_recorded_from_the_page_of_an_event_moves_the_censoring_date(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    participant_id = tiny.enrol("M-1", day_0=date(2025, 10, 1))
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="adverse event",
            started=PartialDate(2025, 10, 1),
            term="Fever",
            report_id="f",
            actor=COMMAND,
            now=time.at,
        )

    def censored_on() -> date:
        with database.reading(tiny.url) as session:
            course = outcomes.courses(session, study_id=tiny.study_id)[0]
        known = course.follow_up(origin="randomisation", events="all", cutoff_on=date(2026, 1, 31))
        assert known is not None
        found = [time_to_event(endpoint, known) for endpoint in ("OS", "TFS")]
        assert {each.censoring for each in found} == {CENSORED}
        return min(each.on for each in found)

    assert censored_on() == date(2025, 10, 1)
    page = coordinator.get(f"/events/{event_id}")
    links = [link.attrib["href"] for link in page.iter("a")]
    address = next(link for link in links if link.endswith("/sighting")).removeprefix("/staff")
    coordinator.fill_in(address, {"how": "call", "transplanted": "no"} | typed("seen_on", 2025, 12, 20))
    assert censored_on() == date(2025, 12, 20)
    coordinator.fill_in(
        address, {"how": "clinic visit", "transplanted": "not asked"} | typed("seen_on", 2026, 1, 4)
    )
    assert censored_on() == date(2026, 1, 4)
