"""A list as a CSV file: the same address with `as=csv`, the same rows in the same order, without pages."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from app import database
from app.domain.partial_date import PartialDate
from app.formats.cells import guarded
from app.operations.exports import record_list_export
from app.web import transactions
from app.web.staff.desk import Desk

Value = str | int | float | date | datetime | PartialDate | None
Row = TypeVar("Row")
Columns = Mapping[str, Callable[[Row], Value]]
"""What stands in each column, by the column's name: English and stable, because scripts read it."""

MARK = "\ufeff"
"""Without it Excel reads UTF-8 as if it were Latin-1; other programs skip it."""
LINES_AT_ONCE = 200
LONGEST = 200
NOT_ASKED = ("as", "page", "study")


def wanted() -> bool:
    """Return whether the address asks for the file instead of the page."""
    return request.args.get("as") == "csv"


def address() -> str:
    """Return the address of the page at hand as a file, with all that its own address asks for."""
    asked: dict[str, Any] = {
        name: values if len(values) > 1 else values[0]
        for name, values in request.args.lists()
        if name not in NOT_ASKED
    }
    places: dict[str, Any] = request.view_args or {}
    return url_for(request.endpoint or "", **(asked | places | {"as": "csv"}))


def table_file(
    desk: Desk, name: str, columns: Columns[Row], rows: Callable[[Session], Iterable[Row]]
) -> Response:
    """Return a list as a file, and record in the study's trail that it left, and with which filters.

    `rows` is called with a session of its own while the file is being sent, so that a list of any length
    costs no more memory than its longest part; the request and the desk's session are over by then. No column
    may tell the arm or a contact detail.
    """
    with transactions.writing() as session:
        record_list_export(
            session, study_id=desk.study_id, name=name, asked=_asked(), actor=desk.actor, now=desk.now
        )
    url = transactions.settings().database_url

    def lines() -> Iterator[str]:
        with database.snapshot(url) as session:
            yield from written(columns, rows(session))

    sent = Response(lines(), mimetype="text/csv")
    file = f"{desk.code}-{name}-{desk.today.isoformat()}.csv"
    sent.headers.set("Content-Disposition", "attachment", filename=file)
    return sent


def _asked() -> dict[str, str]:
    asked = {name: ", ".join(values)[:LONGEST] for name, values in request.args.lists()}
    places = {name: str(value) for name, value in (request.view_args or {}).items()}
    return {name: value for name, value in (asked | places).items() if value and name not in NOT_ASKED}


def written(columns: Columns[Row], rows: Iterable[Row]) -> Iterator[str]:
    """Give the text of a file in parts: a header, a line a row, ended by CR LF as RFC 4180 has it."""
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(of(row)) for of in columns.values()])
        if len(lines.waiting) >= LINES_AT_ONCE:
            yield lines.taken()
    yield lines.taken()


def cell(value: Value) -> str:
    """Return a value as a cell: no text that a spreadsheet would run, every instant with its zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else str(value)


class _Lines:
    """What the writer has written and the browser has not been sent."""

    def __init__(self) -> None:
        self.waiting = [MARK]

    def write(self, line: str) -> None:
        self.waiting.append(line)

    def taken(self) -> str:
        text = "".join(self.waiting)
        self.waiting.clear()
        return text
