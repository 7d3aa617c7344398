"""The rows of bench/followed.py from PostgreSQL in a new SQLite file."""

import sqlite3
from pathlib import Path

from sqlalchemy import Date, DateTime, Table, text
from sqlalchemy.types import JSON, TypeDecorator

from app import database
from app.models import Base
from bench.followed import TABLES

COPIED = ("study", "study_version", *TABLES)


def copied(url: str, path: Path) -> str:
    """Copy the study and those who take part; return the address of the file."""
    address = f"sqlite:///{path}"
    database.upgrade(address)
    tables = [Base.metadata.tables[name] for name in COPIED]
    indexes = [index for table in tables for index in table.indexes]
    with database.engine(address).begin() as connection:
        for index in indexes:
            index.drop(connection)
    database.engine(address).dispose()
    with database.engine(url).connect() as rows, sqlite3.connect(path) as file:
        file.execute("PRAGMA synchronous = OFF")
        for table in tables:
            found = rows.execution_options(yield_per=10_000).execute(text(_asked(table)))
            names, places = ", ".join(table.columns.keys()), ", ".join("?" * len(table.columns))
            statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - our own tables
            file.executemany(statement, map(tuple, found))
    file.close()
    with database.engine(address).begin() as connection:
        for index in indexes:
            index.create(connection)
        connection.execute(text("ANALYZE"))
    return address


def _asked(table: Table) -> str:
    """Every column in the form in which SQLite keeps it."""
    columns = []
    for column in table.columns:
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        if isinstance(kind, DateTime):
            columns.append(f"to_char({column.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
        elif isinstance(kind, Date | JSON):
            columns.append(f"CAST({column.name} AS text)")
        else:
            columns.append(column.name)
    return f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY id"  # noqa: S608 - our own tables
