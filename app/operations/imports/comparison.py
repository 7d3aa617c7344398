"""What the files say beside what is stored: what is new, what is added to it, what contradicts it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Generic, TypeVar

from app.errors import Fault
from app.formats import csv_file
from app.formats.tables import (
    AnyRow,
    ConsentRow,
    EventRow,
    ParticipantRow,
    SightingRow,
    TreatmentRow,
    WithdrawalRow,
)

OneKind = TypeVar("OneKind", bound=AnyRow)

ADDABLE: Mapping[type, tuple[str, ...]] = {
    ParticipantRow: ("randomised_on", "arm"),
    EventRow: ("decision", "agreed_started_on", "agreed_ended_on", "note", "read_at", "duplicate_of"),
}
"""Columns that may be filled in later, all together: a randomisation, and a reviewer's decision."""


@dataclass(frozen=True)
class Compared(Generic[OneKind]):
    """`new`: not stored yet. `filled`: stored, but without the addable columns that the file now fills."""

    new: list[OneKind]
    filled: list[OneKind]


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What the files add, but for responses."""

    participants: Compared[ParticipantRow]
    consents: Compared[ConsentRow]
    treatments: Compared[TreatmentRow]
    events: Compared[EventRow]
    sightings: Compared[SightingRow]
    withdrawals: Compared[WithdrawalRow]

    def rows(self) -> list[tuple[str, Sequence[AnyRow]]]:
        """Return the rows of each file."""
        by_name = {each.name: getattr(self, each.name) for each in fields(self)}
        return [(f"{name}.csv", [*found.new, *found.filled]) for name, found in by_name.items()]

    def counts(self) -> dict[str, int]:
        """Return how many rows of each file add something."""
        return {file.removesuffix(".csv"): len(rows) for file, rows in self.rows()}


def compared(
    file: str, given: Iterable[OneKind], stored: Iterable[OneKind], faults: list[Fault]
) -> Compared[OneKind]:
    """Tell new rows from stored ones by their key; a row that stands twice or contradicts is a fault."""
    there = {row.key: row for row in stored}
    seen: dict[tuple[str, ...], int] = {}
    found: Compared[OneKind] = Compared([], [])
    for row in given:
        if row.key in seen:
            place, what = f"row {row.row}", " ".join(row.key)
            faults.append(Fault(file, place, f"{what} again", f"once, as in row {seen[row.key]}"))
            continue
        seen[row.key] = row.row
        if row.key not in there:
            found.new.append(row)
            continue
        before = there[row.key]
        claimed = with_unclaimed(row, before, without=())
        filled = _filled(claimed, before)
        faults += contradictions(file, claimed, filled)
        if filled != before:
            found.filled.append(claimed)
    return found


def with_unclaimed(row: OneKind, before: OneKind, *, without: Sequence[str]) -> OneKind:
    """Return the row with its empty cells as they are stored: an empty cell claims nothing."""
    columns = [name for name in csv_file.cells(row.__class__) if name not in without]
    return replace(row, **{name: getattr(before, name) for name in columns if _empty(row, name)})


def contradictions(file: str, row: OneKind, before: OneKind) -> list[Fault]:
    """Return a fault for each cell that says something else than what is stored."""
    faults = []
    for name, cell in csv_file.cells(row.__class__).items():
        said, kept = getattr(row, name), getattr(before, name)
        if said != kept and name != "birth_year":
            found, allowed = repr(cell.write(said)), f"{cell.write(kept)!r}, as it is stored"
            faults.append(Fault(file, f"row {row.row}, column {name}", found, allowed))
    return faults


def _filled(row: OneKind, before: OneKind) -> OneKind:
    addable = ADDABLE.get(type(row), ())
    if not all(_empty(before, name) for name in addable):
        return before
    return replace(before, **{name: getattr(row, name) for name in addable})


def _empty(row: AnyRow, name: str) -> bool:
    return getattr(row, name) in (None, "")
