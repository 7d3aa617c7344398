"""Reports stay as they came; readings stand beside them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app import database
from app.domain.adjudication import Decision, EventKind
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.models import Event
from app.operations.events import read_event, report_event
from app.queries import events, outcomes
from app.queries.endings import ending
from tests.fixtures.study import COMMAND, MORNING, TinyStudy

ADMITTED = PartialDate(2026, 1, 2)


def report(
    tiny: TinyStudy,
    participant_id: int,
    kind: EventKind = "hospital stay",
    started: PartialDate = ADMITTED,
    ended: PartialDate | None = None,
    report_id: str = "r-1",
) -> int:
    with database.writing(tiny.url) as session:
        return report_event(
            session,
            participant_id=participant_id,
            kind=kind,
            started=started,
            ended=ended,
            report_id=report_id,
            actor=COMMAND,
            now=MORNING,
        )


def read(tiny: TinyStudy, event_id: int, decision: Decision, *agreed: date) -> None:
    started_on, ended_on = (*agreed, None, None)[:2]
    with database.writing(tiny.url) as session:
        read_event(
            session,
            event_id=event_id,
            decision=decision,
            agreed_started_on=started_on,
            agreed_ended_on=ended_on,
            actor=COMMAND,
            now=MORNING,
        )


def test_the_button_pressed_twice_is_one_event(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    assert report(tiny, participant_id) == report(tiny, participant_id)
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 1


@pytest.mark.parametrize(
    ("started", "ended", "code"),
    [
        (PartialDate(2026, 1, 6), None, Code.DATE_IN_FUTURE),
        (PartialDate(2026, 2), None, Code.DATE_IN_FUTURE),
        (PartialDate(2026, 1, 2), PartialDate(2026, 1, 6), Code.DATE_IN_FUTURE),
        (PartialDate(2026, 1, 2), PartialDate(2026, 1, 1), Code.DATE_OUT_OF_ORDER),
        (PartialDate(2026, 1), PartialDate(2025, 12), Code.DATE_OUT_OF_ORDER),
    ],
)
def test_impossible_dates_are_refused(
    tiny: TinyStudy, started: PartialDate, ended: PartialDate | None, code: Code
) -> None:
    participant_id = tiny.enrol("P-1")
    with pytest.raises(Refusal) as refusal:
        report(tiny, participant_id, started=started, ended=ended)
    assert refusal.value.code == code


def test_partly_known_dates_that_could_be_right_are_taken(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    event_id = report(tiny, participant_id, started=PartialDate(2026, 1), ended=PartialDate(2026, 1, 4))
    with database.reading(tiny.url) as session:
        stored = session.get_one(Event, event_id)
        assert (stored.started, stored.ended) == (PartialDate(2026, 1), PartialDate(2026, 1, 4))


def test_a_later_reading_counts_and_the_report_and_the_earlier_reading_stay(tiny: TinyStudy) -> None:
    event_id = report(tiny, tiny.enrol("P-1"))
    read(tiny, event_id, "needs information")
    read(tiny, event_id, "confirmed", date(2026, 1, 3), date(2026, 1, 4))
    with database.reading(tiny.url) as session:
        row = events.one(session, actor=COMMAND, event_id=event_id)
    assert row.outcome == "confirmed"
    assert row.started == ADMITTED
    assert [reading.decision for reading in row.readings] == ["needs information", "confirmed"]
    with database.reading(tiny.url) as session:
        assert events.reported(session, actor=COMMAND, study_id=tiny.study_id) == []
        assert len(events.reported(session, actor=COMMAND, study_id=tiny.study_id, open_only=False)) == 1


@pytest.mark.parametrize(
    ("decision", "agreed"),
    [
        ("confirmed", ()),
        ("confirmed", (date(2026, 1, 4), date(2026, 1, 3))),
        ("confirmed", (date(2026, 1, 6),)),
    ],
)
def test_a_confirmation_needs_dates_that_are_possible(
    tiny: TinyStudy, decision: Decision, agreed: tuple[date, ...]
) -> None:
    event_id = report(tiny, tiny.enrol("P-1"))
    with pytest.raises(Refusal):
        read(tiny, event_id, decision, *agreed)


def test_a_reported_death_ends_things_at_once_and_a_refuted_one_does_not(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    event_id = report(tiny, participant_id, kind="death")

    def ended_on() -> date | None:
        with database.reading(tiny.url) as session:
            return ending(session, participant_id=participant_id).ended_on

    assert ended_on() == date(2026, 1, 2)
    read(tiny, event_id, "confirmed", date(2026, 1, 4))
    assert ended_on() == date(2026, 1, 4)
    read(tiny, event_id, "refuted")
    assert ended_on() is None


def test_of_two_readings_at_once_the_second_is_told(tiny: TinyStudy) -> None:
    event_id, together = report(tiny, tiny.enrol("P-1")), Barrier(2)

    def one(decision: Decision) -> Code | None:
        together.wait(20)
        try:
            with database.writing(tiny.url) as session:
                read_event(session, event_id=event_id, decision=decision, seen=0, actor=COMMAND, now=MORNING)
        except Refusal as refusal:
            return refusal.code
        return None

    decisions: tuple[Decision, Decision] = ("refuted", "needs information")
    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(one, decisions)) == {None, Code.CHANGED_MEANWHILE}


def test_an_adverse_event_says_what_it_was_and_how_serious(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="adverse event",
            started=ADMITTED,
            ended=PartialDate(2026, 1, 3),
            term="Fever",
            criteria=["other", "hospitalisation"],
            recovery="recovered",
            report_id="ae",
            actor=COMMAND,
            now=MORNING,
        )
    with database.reading(tiny.url) as session:
        row = events.one(session, actor=COMMAND, event_id=event_id)
        assert (row.term, row.criteria, row.recovery) == (
            "Fever",
            ("hospitalisation", "other"),
            "recovered",
        )
        assert ending(session, participant_id=participant_id).ended_on is None


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("tumour", {}, Code.FAULTY_INPUT),
        ("tumour", {"term": "HCC", "criteria": ["severe"]}, Code.UNKNOWN_CODE),
        ("tumour", {"term": "HCC", "ongoing": True}, Code.FAULTY_INPUT),
        ("hospital stay", {"term": "Fever"}, Code.FAULTY_INPUT),
    ],
)
def test_what_does_not_fit_its_kind_is_refused(
    tiny: TinyStudy, kind: EventKind, more: dict[str, Any], code: Code
) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session, pytest.raises(Refusal) as refusal:
        report_event(
            session,
            participant_id=participant_id,
            kind=kind,
            started=ADMITTED,
            report_id="x",
            actor=COMMAND,
            now=MORNING,
            **more,
        )
    assert refusal.value.code == code


def test_a_duplicate_is_counted_once_and_never_lost(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    kept, again = (report(tiny, participant_id, report_id=name) for name in ("r-1", "r-2"))
    death = report(tiny, participant_id, kind="death", report_id="r-3")

    def duplicate(event_id: int, of: int | None) -> Code | None:
        try:
            with database.writing(tiny.url) as session:
                read_event(
                    session,
                    event_id=event_id,
                    decision="duplicate",
                    duplicate_of=of,
                    actor=COMMAND,
                    now=MORNING,
                )
        except Refusal as refusal:
            return refusal.code
        return None

    assert [duplicate(again, of) for of in (None, again, death, 99)] == [
        Code.FAULTY_INPUT,
        *[Code.UNKNOWN_CODE] * 3,
    ]
    assert duplicate(again, kept) is None
    assert duplicate(kept, again) == Code.IN_USE
    with database.reading(tiny.url) as session:
        course = outcomes.courses(session, study_id=tiny.study_id)[0]
    assert [each.event_id for each in course.settled_events("all")] == [kept, death]


def test_a_death_told_twice_still_counts_when_the_other_report_was_refuted(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    wrong, right = (report(tiny, participant_id, kind="death", report_id=name) for name in ("r-1", "r-2"))
    with database.writing(tiny.url) as session:
        read_event(session, event_id=wrong, decision="refuted", actor=COMMAND, now=MORNING)
        with pytest.raises(Refusal, match="is refuted"):
            read_event(
                session,
                event_id=right,
                decision="duplicate",
                duplicate_of=wrong,
                actor=COMMAND,
                now=MORNING,
            )
        assert ending(session, participant_id=participant_id).dead_on is not None
