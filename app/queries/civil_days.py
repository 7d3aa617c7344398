"""Civil dates in statements: what SQLite, which keeps them as text, and PostgreSQL spell differently."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.domain.schedule import civil_date


class Spelled(FunctionElement[Any]):
    """A function with a spelling for each kind of database; `{0}` is its first argument."""

    inherit_cache = True
    spelling: ClassVar[dict[str, str]]

    def spelled(self, dialect: str, arguments: Sequence[str]) -> str:
        """Return it with its arguments."""
        return self.spelling[dialect].format(*arguments)


class DaysBetween(Spelled):
    """`DaysBetween(later, earlier)`: how many days lie between them."""

    type = Integer()
    inherit_cache = True
    spelling: ClassVar = {
        "postgresql": "({0} - {1})",
        "sqlite": "CAST(julianday{0} - julianday{1} AS INTEGER)",
    }


class DayBefore(Spelled):
    """The day before a day."""

    type = Date()
    inherit_cache = True
    spelling: ClassVar = {"postgresql": "({0} - 1)", "sqlite": "date({0}, '-1 day')"}


class FirstDay(Spelled):
    """The first day that a partly known date, given as text, can mean."""

    type = Date()
    inherit_cache = True
    # What is missing after the four digits of the year, or after year and month.
    spelling: ClassVar = {
        "postgresql": "CAST({0} || substr('-01-01', length{0} - 3) AS DATE)",
        "sqlite": "({0} || substr('-01-01', length{0} - 3))",
    }


class IsoText(Spelled):
    """A day as text, `2026-03-05`."""

    type = String()
    inherit_cache = True
    spelling: ClassVar = {"postgresql": "to_char({0}, 'YYYY-MM-DD')", "sqlite": "{0}"}


class CivilDate(Spelled):
    """`CivilDate(instant, zone)`: the date that it was there; SQLite needs `lend_civil_date`."""

    type = Date()
    inherit_cache = True
    spelling: ClassVar = {
        "postgresql": "CAST(timezone({1}, {0}) AS DATE)",
        "sqlite": "civil_date({0}, {1})",
    }


class _OfSeveral(Spelled):
    """Of days of which some may be unknown; NULL where all are.

    SQLite's min() and max() of several values are NULL where one of them is: an unknown day stands there as
    a text that comes after, or before, every date.
    """

    type = Date()
    inherit_cache = True
    name_in: ClassVar[dict[str, str]]
    unknown: ClassVar[str]

    def spelled(self, dialect: str, arguments: Sequence[str]) -> str:
        if dialect == "sqlite":
            known = ", ".join(f"coalesce({each}, '{self.unknown}')" for each in arguments)
            return f"nullif({self.name_in[dialect]}({known}), '{self.unknown}')"
        return f"{self.name_in[dialect]}({', '.join(arguments)})"


class Earliest(_OfSeveral):
    """The earliest of two or more days of which some may be unknown."""

    inherit_cache = True
    name_in: ClassVar = {"postgresql": "least", "sqlite": "min"}
    unknown = "~"


class Latest(_OfSeveral):
    """The latest of two or more days of which some may be unknown."""

    inherit_cache = True
    name_in: ClassVar = {"postgresql": "greatest", "sqlite": "max"}
    unknown = ""


@compiles(Spelled)
def _spell(element: Spelled, compiler: SQLCompiler, **options: object) -> str:
    arguments = [f"({compiler.process(each, **options)})" for each in element.clauses]
    return element.spelled(compiler.dialect.name, arguments)


def lend_civil_date(session: Session) -> None:
    """Let a session's SQLite, which knows no time zones, ask the rule of the domain."""
    connection = session.connection().connection.driver_connection
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("civil_date", 2, _civil_date, deterministic=True)


def _civil_date(instant: str, zone: str) -> str:
    day: date = civil_date(datetime.fromisoformat(instant).replace(tzinfo=UTC), ZoneInfo(zone))
    return day.isoformat()
