"""What staff did about a study's answers, as CSV files beside the import files: written, never read.

Reasons for missed visits, alerts and queries belong to accounts and to the instant at which they were noted:
nobody can have done them elsewhere (docs/import-format.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from app.domain.alerts import ALERT_STEP_KINDS, AlertStepKind
from app.domain.data_queries import QUERY_STEP_KINDS, QUERY_SUBJECTS, QueryStepKind, QuerySubject
from app.domain.missed import MISSED_BECAUSE, MissedBecause
from app.formats import csv_file
from app.formats.cells import AnswerCell, CodeCell, InstantCell, TextCell, WordCell
from app.formats.csv_file import Progress

FOLDER = "follow-up"

Code = Annotated[str, CodeCell()]
NoCode = Annotated[str, CodeCell(needed=False)]
Words = Annotated[str, TextCell()]
Instant = Annotated[datetime, InstantCell()]


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedReasonRow:
    """Of the reasons for one visit the last one counts."""

    participant: Code
    visit: Code
    reason: Annotated[MissedBecause, WordCell(words=MISSED_BECAUSE)]
    note: Words
    recorded_at: Instant
    recorded_by: Code
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRow:
    alert: Code
    participant: Code
    visit: Code
    instrument: Code
    rule: Code
    raised_at: Instant
    deadline_at: Instant
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertAnswerRow:
    """One of the answers that an alert rests on, as it was when the alert was raised."""

    alert: Code
    item: Code
    value: Annotated[str | None, AnswerCell()]
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertStepRow:
    alert: Code
    kind: Annotated[AlertStepKind, WordCell(words=ALERT_STEP_KINDS)]
    done_at: Instant
    done_by: Code
    owner: NoCode
    disposition: NoCode
    note: Words
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryRow:
    """`visit` and `instrument` of a query on an answer, `report_id` of one on an event."""

    query: Code
    participant: Code
    subject: Annotated[QuerySubject, WordCell(words=QUERY_SUBJECTS)]
    visit: NoCode
    instrument: NoCode
    report_id: NoCode
    asked_of: NoCode
    value: Words
    check: NoCode
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryStepRow:
    query: Code
    kind: Annotated[QueryStepKind, WordCell(words=QUERY_STEP_KINDS)]
    done_at: Instant
    done_by: Code
    owner: NoCode
    text: Words
    row: int = field(default=0, compare=False)


KINDS: Mapping[str, type[Any]] = {
    "missed_reasons": MissedReasonRow,
    "alerts": AlertRow,
    "alert_answers": AlertAnswerRow,
    "alert_steps": AlertStepRow,
    "queries": QueryRow,
    "query_steps": QueryStepRow,
}


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """All that staff did, each in the order in which it was done."""

    missed_reasons: tuple[MissedReasonRow, ...]
    alerts: tuple[AlertRow, ...]
    alert_answers: tuple[AlertAnswerRow, ...]
    alert_steps: tuple[AlertStepRow, ...]
    queries: tuple[QueryRow, ...]
    query_steps: tuple[QueryStepRow, ...]


def write(directory: Path, told: FollowUp, *, progress: Progress) -> dict[Path, int]:
    """Write the files into their own folder in `directory`, and return how many rows each has."""
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, kind in KINDS.items():
        rows = getattr(told, name)
        csv_file.write(folder / f"{name}.csv", kind, rows, without=(), progress=progress)
        written[folder / f"{name}.csv"] = len(rows)
    return written
