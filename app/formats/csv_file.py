"""One CSV file <-> rows: columns by name in any order, every fault by row and column."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TextIO, TypeVar, get_type_hints

from app.errors import Fault
from app.formats.cells import BadCell, Cell

_MISSING = "nothing"


class Row(Protocol):
    """A frozen dataclass: a field a column, annotated by its cell, and its `row` in the file (header: 1)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def row(self) -> int: ...


AnyRow = TypeVar("AnyRow", bound=Row)
Step = TypeVar("Step")


class Progress(Protocol):
    """Goes through steps one by one, so that an edge can show how far the work is."""

    def __call__(self, steps: Collection[Step], /, *, doing: str) -> Iterable[Step]: ...


_cells: dict[type, Mapping[str, Cell]] = {}


def cells(kind: type) -> Mapping[str, Cell]:
    """Return the columns of a kind of row, in the order in which they are written."""
    if kind not in _cells:
        _cells[kind] = _annotated(kind)
    return _cells[kind]


def _annotated(kind: type) -> Mapping[str, Cell]:
    hints = get_type_hints(kind, include_extras=True)
    annotated = {field.name: getattr(hints[field.name], "__metadata__", ()) for field in fields(kind)}
    return {name: metadata[0] for name, metadata in annotated.items() if metadata}


def read(
    path: Path, kind: type[AnyRow], faults: list[Fault], *, progress: Progress
) -> tuple[list[AnyRow], list[dict[str, Any]]]:
    """Read a file's rows, and apart from them what could be read of rows with a fault; `faults` grows."""
    text = _text(path, faults)
    if text is None:
        return [], []
    records = list(_records(path.name, text, faults))
    header = records[0][1] if records else []
    names = _columns(path.name, header, cells(kind), faults)
    if names is None:
        return [], []
    return _rows(path.name, progress(records[1:], doing=f"reading {path.name}"), names, kind, faults)


def write(
    path: Path, kind: type[AnyRow], rows: Sequence[AnyRow], *, without: Collection[str], progress: Progress
) -> None:
    """Write rows under their header, leaving out some columns: UTF-8 without BOM, lines ended by LF."""
    columns = {name: cell for name, cell in cells(kind).items() if name not in without}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(_LfLines(file), lineterminator="\r\n")
        writer.writerow(columns)
        for row in progress(rows, doing=f"writing {path.name}"):
            writer.writerow([cell.write(getattr(row, name)) for name, cell in columns.items()])


class _LfLines:
    """Ends lines by LF. csv would do that itself, but then leaves a lone CR inside a cell unquoted."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, line: str) -> None:
        self.file.write(line.removesuffix("\r\n") + "\n")


def _text(path: Path, faults: list[Fault]) -> str | None:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{raw[error.start]:02x}"
        faults.append(Fault(path.name, f"line {line}", found, "text in UTF-8"))
        return None


def _records(file: str, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # What follows a broken quotation cannot be told apart from it.
            allowed = (
                'cells separated by commas, in "quotes" where they hold a comma, a quote or a line break'
            )
            faults.append(Fault(file, f"row {number} (line {reader.line_num})", str(error), allowed))
            return
        if number == 1 or any(cell.strip() for cell in record):
            yield number, record


def _columns(
    file: str, header: Sequence[str], columns: Mapping[str, Cell], faults: list[Fault]
) -> list[str] | None:
    names = [name.strip() for name in header]
    known = ", ".join(columns)
    before = len(faults)
    if len(names) == 1 and len(columns) > 1 and names[0] not in columns:
        faults.append(Fault(file, "row 1", names[0] or _MISSING, f"columns separated by commas: {known}"))
        return None
    for position, name in enumerate(names, start=1):
        if name not in columns:
            faults.append(Fault(file, f"row 1, column {position}", name or _MISSING, f"one of: {known}"))
        elif name in names[: position - 1]:
            faults.append(Fault(file, f"row 1, column {position}", f"{name} again", "each column once"))
    for name, cell in columns.items():
        if cell.needed and name not in names:
            faults.append(Fault(file, "row 1", f"no column {name}", f"the column {name} is needed"))
    return names if len(faults) == before else None


def _rows(
    file: str,
    records: Iterable[tuple[int, list[str]]],
    names: Sequence[str],
    kind: type[AnyRow],
    faults: list[Fault],
) -> tuple[list[AnyRow], list[dict[str, Any]]]:
    columns = cells(kind)
    make: Callable[..., AnyRow] = kind
    readers = [(name, columns[name].read) for name in names]
    absent = {name: cell.read("") for name, cell in columns.items() if name not in names}
    rows, unread = [], []
    for number, record in records:
        if len(record) != len(names):
            faults.append(
                Fault(file, f"row {number}", f"{len(record)} cells", f"{len(names)} cells, as in row 1")
            )
            continue
        values: dict[str, Any] = {}
        for (name, reader), text in zip(readers, record, strict=True):
            try:
                values[name] = reader(text)
            except BadCell as error:
                found = repr(text) if text else _MISSING
                faults.append(Fault(file, f"row {number}, column {name}", found, str(error)))
        if len(values) == len(names):
            rows.append(make(**values, **absent, row=number))
        else:
            unread.append(values)
    return rows, unread
