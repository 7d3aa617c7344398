"""The audit entries of an import: one for each participant to whom something is added, one for the study."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.domain.partial_date import PartialDate
from app.formats import csv_file
from app.formats.tables import AnyRow, ParticipantRow
from app.operations.imports.answers import Given, Key
from app.operations.imports.comparison import Additions

Entry = dict[str, Any]


def entries(additions: Additions, responses: Mapping[Key, list[Given]]) -> dict[str, Entry]:
    """Return what is new of each participant, by code: the participant's own columns, and lists of the rest.

    The columns stand at the top, as in the entries of an enrolment, so that whoever must not see the arm is
    spared it by the same rule. Contact details are named, never told.
    """
    found: dict[str, Entry] = {}
    for file, rows in additions.rows():
        for row in rows:
            entry = found.setdefault(row.participant, {})
            if isinstance(row, ParticipantRow):
                entry |= _columns(row, without=("birth_year",))
                if row.birth_year is not None:
                    entry["contact"] = ["birth_year"]
            else:
                entry.setdefault(file.removesuffix(".csv"), []).append(
                    _columns(row, without=("participant",))
                )
    for (code, visit, instrument), values in responses.items():
        answers = [[each.row.item, each.value] for each in values if each.row.item is not None]
        told = {
            "visit": visit,
            "instrument": instrument,
            "sent_at": _plain(values[0].row.sent_at),
            "answers": answers,
        }
        found.setdefault(code, {}).setdefault("responses", []).append(told)
    return found


def _columns(row: AnyRow, *, without: tuple[str, ...]) -> Entry:
    told = {name: getattr(row, name) for name in csv_file.cells(row.__class__) if name not in without}
    return {name: _plain(value) for name, value in told.items() if value not in (None, "")}


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, PartialDate) else value
