"""What staff did about the data goes out beside them, and stays out of what comes in."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import database
from app.domain.missed import MissedBecause
from app.domain.partial_date import PartialDate
from app.formats.csv_file import cells
from app.formats.follow_up_tables import KINDS
from app.models import Alert, DataQuery, DataQueryStep, Occasion
from app.operations.alert_steps import note_alert
from app.operations.data_queries import close_query, raise_query
from app.operations.events import report_event
from app.operations.missed_reasons import record_missed_reason
from app.operations.treatments import record_treatment
from tests.fixtures.command_line import hepatica
from tests.fixtures.phone import NewPhone
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy

LATER = MORNING + timedelta(days=8)
NOTED: dict[str, Any] = {"actor": COMMAND, "now": LATER}
REASONS: tuple[MissedBecause, ...] = ("too ill", "in hospital")


@pytest.fixture
def followed(at_database: None, alarming: TinyStudy, new_phone: NewPhone) -> TinyStudy:
    """Someone with an alert, and someone with a missed visit and queries; something was done about all."""
    phone = new_phone("M-1", site="mad").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    participant_id = alarming.enrol("M-2")
    with database.writing(alarming.url) as session:
        alert_id = session.scalars(select(Alert.id)).one()
        note_alert(session, alert_id=alert_id, note="=called, no answer", actor=COMMAND, now=LATER)
        occasion_id = session.scalars(
            select(Occasion.id).where(Occasion.visit == "d0", Occasion.participant_id == participant_id)
        ).one()
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="hospital stay",
            started=PartialDate(2026, 1),
            reason="bleeding",
            report_id="r-1",
            actor=COMMAND,
            now=LATER,
        )
        treatment_id = record_treatment(
            session,
            participant_id=participant_id,
            lot="LOT-1",
            route="intravenous",
            given_on=DAY_0,
            actor=COMMAND,
            now=LATER,
        )
        for reason in REASONS:
            record_missed_reason(
                session,
                participant_id=participant_id,
                occasion_id=occasion_id,
                reason=reason,
                note="",
                **NOTED,
            )
        about_event: dict[str, Any] = {"subject": "event", "subject_id": event_id, "field": "started"}
        asked = raise_query(session, participant_id=participant_id, text="Which day?", **about_event, **NOTED)
        close_query(session, query_id=asked, **NOTED)
        # as one that was raised before the study hid its arms
        query = DataQuery(
            participant_id=participant_id,
            subject="treatment",
            subject_id=treatment_id,
            field="given_on",
            value="2026-01-05",
        )
        session.add(query)
        session.flush()
        step = DataQueryStep(
            query_id=query.id, kind="asked", text="Sure?", done_at=LATER, done_by="command:x"
        )
        session.add(step)
        session.flush()
        about_answer: dict[str, Any] = {"subject": "answer", "subject_id": 1, "field": "itch"}
        raise_query(session, participant_id=phone.participant_id, text="Really?", **about_answer, **NOTED)
    return alarming


def told(folder: Path, name: str, *columns: str) -> list[tuple[str, ...]]:
    """Return some columns of a file."""
    with (folder / "follow-up" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def test_alerts_queries_and_reasons_go_out(followed: TinyStudy, tmp_path: Path) -> None:
    assert hepatica("data", "export", tmp_path, "--with-arms").exit_code == 0
    assert told(tmp_path, "missed_reasons", "participant", "visit", "reason") == [
        ("M-2", "d0", "too ill"),
        ("M-2", "d0", "in hospital"),
    ]
    assert told(tmp_path, "alerts", "alert", "participant", "visit", "instrument", "rule") == [
        ("1", "M-1", "d0", "itch", "worst")
    ]
    assert told(tmp_path, "alert_answers", "alert", "item", "value") == [
        ("1", "itch", "4"),
        ("1", "sleep", "4"),
    ]
    noted = told(tmp_path, "alert_steps", "alert", "kind", "done_at", "note")
    assert noted == [("1", "note", "2026-01-13T10:00:00+01:00", "'=called, no answer")]
    columns = ("query", "subject", "visit", "instrument", "report_id", "asked_of", "value")
    assert told(tmp_path, "queries", *columns) == [
        ("1", "event", "", "", "r-1", "started", "2026-01"),
        ("2", "treatment", "", "", "", "given_on", "2026-01-05"),
        ("3", "answer", "d0", "itch", "", "itch", "4"),
    ]
    steps = told(tmp_path, "query_steps", "query", "kind", "text")
    assert steps[:2] == [("1", "asked", "Which day?"), ("1", "closed", "")]


def test_a_query_on_an_infusion_stays_at_home_with_the_arms(followed: TinyStudy, tmp_path: Path) -> None:
    assert hepatica("data", "export", tmp_path).exit_code == 0
    assert [row[0] for row in told(tmp_path, "queries", "query")] == ["1", "3"]
    assert "2" not in {row[0] for row in told(tmp_path, "query_steps", "query")}


def test_an_import_leaves_them_alone(followed: TinyStudy, tmp_path: Path) -> None:
    assert hepatica("data", "export", tmp_path, "--with-arms").exit_code == 0
    (tmp_path / "follow-up" / "alerts.csv").write_text("not,what,it,was\n")
    again = hepatica("data", "import", tmp_path)
    assert again.exit_code == 0, again.output
    assert "responses.csv: 2 rows, 0 added" in again.output


def test_the_documentation_names_every_file_and_column() -> None:
    text = (Path(__file__).parents[2] / "docs" / "import-format.md").read_text(encoding="utf-8")
    section = text.partition("## What staff did")[2].partition("\n## ")[0]
    for name, kind in KINDS.items():
        (line,) = [each for each in section.splitlines() if each.startswith(f"| `{name}.csv` |")]
        assert [column for column in cells(kind) if f"`{column}`" not in line] == []
