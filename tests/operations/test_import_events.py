"""Tumours, adverse events and duplicates come in from files, and go out as they came."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.formats import tables
from app.models import Event, Reading
from app.queries import exports, outcomes
from tests.fixtures.past import Bring, faults_of
from tests.fixtures.study import TinyStudy

HEADER = (
    "participant,report_id,kind,started,ended,ongoing,term,criteria,recovery,"
    "decision,agreed_started_on,duplicate_of\n"
)
FEVER = "p1,ae1,adverse event,2026-01-06,2026-01-07,,Fever,hospitalisation other,recovered,,,\n"
TUMOUR = "p1,t1,tumour,2026-03,,,HCC,,unknown,confirmed,2026-03-04,\n"
STAY = "p1,s8,hospital stay,2026-04-02,2026-04-09,,,,,confirmed,2026-04-02,\n"
AGAIN = "p1,s9,hospital stay,2026-04-02,,,,,,duplicate,,s8\n"


def test_they_are_stored_counted_once_and_told_again(tiny: TinyStudy, bring: Bring, tmp_path: Path) -> None:
    files = {"events": HEADER + FEVER + TUMOUR + AGAIN + STAY}
    assert bring(**files)["events"] == 4
    with database.reading(tiny.url) as session:
        fever = session.scalars(select(Event).where(Event.report_id == "ae1")).one()
        assert (fever.term, fever.criteria, fever.recovery) == (
            "Fever",
            "hospitalisation other",
            "recovered",
        )
        assert fever.ended == PartialDate(2026, 1, 7)
        stay = session.scalars(select(Event.id).where(Event.report_id == "s8")).one()
        again = session.scalars(select(Reading).where(Reading.decision == "duplicate")).one()
        assert again.duplicate_of_id == stay
        course = outcomes.courses(session, study_id=tiny.study_id)[0]
        counted = [each for each in course.settled_events("all") if each.kind == "hospital stay"]
        assert [each.started_on for each in counted] == [date(2026, 4, 2)]
        told = exports.study_tables(session, study_id=tiny.study_id)
    tables.write(tmp_path / "out", told)
    assert tables.read(tmp_path / "out").events == told.events
    assert {row.report_id: row.duplicate_of for row in told.events} == {
        "ae1": None,
        "t1": None,
        "s8": None,
        "s9": "s8",
    }
    assert bring(**files) == {}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("p1,x,tumour,2026-03,,,,,,,,\n", "term"),
        ("p1,x,tumour,2026-03,2026-03,,HCC,,,,,\n", "ended"),
        ("p1,x,adverse event,2026-03,,,Fever,severe,,,,\n", "criteria"),
        ("p1,x,adverse event,2026-03,,,Fever,other death,,,,\n", "criteria"),
        ("p1,x,hospital stay,2026-03,,,Fever,,,,,\n", "term"),
        ("p1,x,death,2026-03,,,,,fatal,,,\n", "recovery"),
        ("p1,x,hospital stay,2026-03,,,,,,duplicate,,\n", "duplicate_of"),
        ("p1,x,hospital stay,2026-03,,,,,,refuted,,s8\n" + STAY, "duplicate_of"),
        ("p1,x,hospital stay,2026-03,,,,,,duplicate,,nothing\n", "duplicate_of"),
        ("p1,x,hospital stay,2026-03,,,,,,duplicate,,x\n", "duplicate_of"),
        ("p1,x,death,2026-04,,,,,,duplicate,,s8\n" + STAY, "duplicate_of"),
        ("p1,x,hospital stay,2026-04,,,,,,duplicate,,s9\n" + AGAIN + STAY, "duplicate_of"),
    ],
)
def test_what_does_not_fit_is_a_fault(bring: Bring, row: str, column: str) -> None:
    found = faults_of(bring, events=HEADER + row)
    assert [each[1] for each in found] == [f"row 2, column {column}"]
