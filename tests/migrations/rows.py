"""A row in every table, each the child of the one row of its parents."""

from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, Column, Connection, Date, Integer, Table, func, select
from sqlalchemy.types import Boolean

from app.domain.partial_date import PartialDate
from app.models import Base
from app.models.base import Instant, Json, PartlyKnownDate

VALUES: dict[tuple[str, str], object] = {
    ("account", "role"): "administrator",
    ("alert_mail", "dropped_at"): None,
    ("alert_mail", "failed_at"): None,
    ("alert_step", "disposition"): None,
    ("data_query_step", "owner_id"): None,
    ("document", "redacted_at"): None,
    ("document", "redacted_by"): None,
    ("document", "sealed"): b"x",
    ("event", "ended"): None,
    ("event", "ongoing"): False,
    ("reading", "duplicate_of_id"): None,
    ("qualification", "ended_on"): None,
    ("reminder", "dropped_at"): None,
    ("reminder", "failed_at"): None,
    ("response", "receipt"): None,
    ("response", "submitted_at"): None,
    ("signed_in", "account_id"): None,
}
"""Where a CHECK wants something else than any value of the column's type."""


def fill(connection: Connection) -> dict[str, int]:
    """Put one row into every table and return how many each holds."""
    for table in Base.metadata.sorted_tables:
        words = _words(table)
        row = {column.name: _value(table.name, column, words) for column in table.columns}
        connection.execute(table.insert().values(row))
    return counts(connection)


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table holds."""
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in Base.metadata.tables.items()
    }


def _words(table: Table) -> dict[str, str]:
    """Return a word that each column of words allows, from its CHECK."""
    checks = [check for check in table.constraints if isinstance(check, CheckConstraint)]
    texts = [str(check.sqltext) for check in checks]
    return {text.split(" ", 1)[0]: text.split("'")[1] for text in texts if " IN ('" in text}


def _value(table: str, column: Column[object], words: dict[str, str]) -> object:
    if (table, column.name) in VALUES:
        return VALUES[table, column.name]
    values = (
        (Instant, datetime(2026, 1, 5, 9, tzinfo=UTC)),
        (PartlyKnownDate, PartialDate(2026, 1)),
        (Date, date(2026, 1, 5)),
        (Boolean, True),
        (Integer, 1),
        (type(Json), {"a": 1}),
    )
    found = [value for kind, value in values if isinstance(column.type, kind)]
    return found[0] if found else words.get(column.name, "x")
