"""What must never be overwritten refuses to be, whoever asks the database."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app import database
from app.models import Base
from tests.migrations.rows import counts, fill

APPEND_ONLY = (
    "alert_step",
    "answer",
    "audit_entry",
    "data_query",
    "data_query_step",
    "document",
    "event",
    "instrument_version",
    "missed_reason",
    "offered_wording",
    "reading",
    "report",
    "signature",
    "study_version",
    "wording",
)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_neither_changed_nor_deleted(database_url: str, table: str) -> None:
    with database.engine(database_url).begin() as connection:
        before = fill(connection)
    column = Base.metadata.tables[table].columns.keys()[0]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608 - our own tables
        with (
            pytest.raises(IntegrityError, match=f"{table} is append-only"),
            database.engine(database_url).begin() as connection,
        ):
            connection.execute(text(statement))
    with database.engine(database_url).connect() as connection:
        assert counts(connection) == before


def test_a_draft_can_be_sent_and_then_no_longer_changes(database_url: str) -> None:
    def mark(connection: Connection) -> None:
        sent = "UPDATE response SET submitted_at = '2026-01-05 09:00:00+00', receipt = 'ABCD2345'"
        connection.execute(text(sent))

    with database.engine(database_url).begin() as connection:
        fill(connection)
        mark(connection)
    for change in (mark, lambda connection: connection.execute(text("DELETE FROM response"))):
        with (
            pytest.raises(IntegrityError, match="response is append-only"),
            database.engine(database_url).begin() as connection,
        ):
            change(connection)


@pytest.mark.postgresql
def test_no_table_of_them_is_emptied_at_once(postgresql_url: str) -> None:
    with database.engine(postgresql_url).begin() as connection:
        before = fill(connection)
    for table in (*APPEND_ONLY, "response"):
        with (
            pytest.raises(IntegrityError, match="is append-only"),
            database.engine(postgresql_url).begin() as connection,
        ):
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
    with database.engine(postgresql_url).connect() as connection:
        assert counts(connection) == before
