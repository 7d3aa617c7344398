"""Courses of participants as nobody would plan them, drawn by hypothesis, and written as rows."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.adjudication import DECISIONS, LASTING_KINDS, EventKind
from app.domain.partial_date import PartialDate
from app.domain.sighting import SEEN_HOW
from app.models import (
    Answer,
    Base,
    Event,
    Occasion,
    Participant,
    Reading,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
    Wording,
)
from tests.fixtures.study import MORNING

Row = dict[str, Any]

DAY_0 = date(2026, 1, 20)
KINDS: tuple[EventKind, ...] = ("death", "transplant", "hospital stay", "tumour", "adverse event")
ZONES = ("Europe/Madrid", "Pacific/Auckland", "America/St_Johns")
READERS = ("account:1", "account:2", "account:3", "account:4", "import:account:9", "Import:account:9")
WRITTEN: Row = {"recorded_at": MORNING, "recorded_by": "account:1"}

# Around the turn of a month and of a year, and few enough days to meet one another.
days = st.integers(-25, 20).map(lambda number: DAY_0 + timedelta(days=number))
instants = st.builds(
    lambda day, minute: datetime.combine(day, time(), UTC) + timedelta(minutes=minute),
    days,
    st.integers(0, 1439),
)
partly_known = st.builds(
    lambda day, parts: PartialDate(*(day.year, day.month, day.day)[:parts]),
    days,
    st.sampled_from([3, 3, 2, 1]),
)


@dataclass(frozen=True)
class AnyCourse:
    """The rows of one participant, without their keys; `answers` by respondent, readings in their event."""

    person: Row
    withdrawals: Sequence[Row]
    infusions: Sequence[Row]
    sightings: Sequence[Row]
    events: Sequence[Row]
    answers: Sequence[tuple[str, datetime]]


def _rows(columns: dict[str, st.SearchStrategy[Any]], *unique: str, most: int = 3) -> st.SearchStrategy[Any]:
    def key(row: Row) -> Hashable:
        return tuple(row[name] for name in unique)

    return st.lists(st.fixed_dictionaries(columns), max_size=most, unique_by=key if unique else None)


def _person(zone: str, arm: str | None, enrolled_on: date, randomised_on: date) -> Row:
    return {
        "site": "mad",
        "language": "en",
        "time_zone": zone,
        "enrolled_at": MORNING,
        "enrolled_on": enrolled_on,
        "arm": arm,
        "randomised_on": randomised_on if arm else None,
    }


def _reading(reading: Row) -> Row:
    """What the table takes: a start where something is confirmed, another event where it is a duplicate."""
    started, ended, decision = reading["agreed_started_on"], reading["agreed_ended_on"], reading["decision"]
    return reading | {
        "agreed_started_on": started if decision == "confirmed" else None,
        "agreed_ended_on": max(started, ended) if ended else None,
        "duplicate_of_id": reading["duplicate_of_id"] if decision == "duplicate" else None,
        "read_at": MORNING,
    }


readings = st.fixed_dictionaries(
    {
        "decision": st.sampled_from(["confirmed", *DECISIONS]),
        "read_by": st.sampled_from(READERS),
        "agreed_started_on": days,
        "agreed_ended_on": st.none() | days,
        "duplicate_of_id": st.sampled_from([1, 2]),
    }
).map(_reading)
courses = st.builds(
    AnyCourse,
    person=st.builds(_person, st.sampled_from(ZONES), st.sampled_from(["cells", "usual", None]), days, days),
    withdrawals=_rows(
        {"scope": st.sampled_from(["follow-up", "answers"]), "withdrawn_on": days}, "scope", most=1
    ),
    infusions=_rows({"given_on": days}, "given_on", most=2),
    sightings=_rows(
        {
            "seen_on": days,
            "how": st.sampled_from(SEEN_HOW),
            "untransplanted": st.sampled_from([None, None, True, False]),
            "recorded_at": instants,
        },
        *("seen_on", "how"),
    ),
    events=_rows(
        {
            "kind": st.sampled_from(KINDS),
            "started": partly_known,
            "ended": st.none() | partly_known,
            "reported_at": instants,
            "readings": st.lists(readings, max_size=4),
        }
    ),
    answers=st.lists(st.tuples(st.sampled_from(["patient", "proxy"]), instants), max_size=2),
)


def write(session: Session, written: Iterable[AnyCourse], *, study_id: int) -> None:
    """Put the courses into empty tables."""
    wording = session.scalars(select(Wording)).first()
    assert wording is not None
    writing = _Writing(wording)
    for number, course in enumerate(written):
        writing.course(course, study_id=study_id, code=f"P-{number}")
    for table in (Participant, Withdrawal, Treatment, Sighting, Event, Reading, Occasion, Response, Answer):
        if rows := writing.rows.get(table):
            session.execute(insert(table), rows)


class _Writing:
    """The rows by their table, with the keys that they have in it."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.numbers = count(1)
        self.rows: dict[type[Base], list[Row]] = {}

    def row(self, table: type[Base], given: Row, **columns: object) -> int:
        key = next(self.numbers)
        self.rows.setdefault(table, []).append({"id": key} | given | columns)
        return key

    def course(self, course: AnyCourse, *, study_id: int, code: str) -> None:
        who = self.row(Participant, course.person, study_id=study_id, code=code)
        for withdrawal in course.withdrawals:
            self.row(Withdrawal, WRITTEN | withdrawal, participant_id=who)
        for infusion in course.infusions:
            self.row(Treatment, WRITTEN | infusion, participant_id=who, lot="LOT-1", route="vein")
        for sighting in course.sightings:
            self.row(Sighting, WRITTEN | sighting, participant_id=who)
        for event in course.events:
            self.event(who, event)
        dates: Row = dict.fromkeys(("opens_on", "due_on", "closes_on"), DAY_0)
        occasion_id = self.row(Occasion, dates, participant_id=who, visit="d0")
        for respondent, at in course.answers:
            self.answer(occasion_id, respondent, at)

    def event(self, who: int, event: Row) -> None:
        told = {name: event[name] for name in ("kind", "started", "reported_at")}
        event_id = self.row(
            Event,
            told,
            participant_id=who,
            ended=event["ended"] if event["kind"] in LASTING_KINDS else None,
            reported_by="account:1",
            report_id=f"R{next(self.numbers)}",
        )
        first = self.rows[Event][0]["id"]
        for reading in event["readings"]:
            other = {1: first, 2: event_id}.get(reading["duplicate_of_id"])
            self.row(Reading, reading, event_id=event_id, duplicate_of_id=other)

    def answer(self, occasion_id: int, respondent: str, at: datetime) -> None:
        response_id = self.row(
            Response,
            {"respondent": respondent, "started_at": at},
            occasion_id=occasion_id,
            instrument=f"itch-{next(self.numbers)}",
            instrument_version_id=self.wording.instrument_version_id,
            wording_id=self.wording.id,
        )
        given = {"answered_at": at, "received_at": at, "wording_id": self.wording.id}
        self.row(Answer, given, response_id=response_id, item="itch", value=1)
