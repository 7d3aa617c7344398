"""Where the data come from: the database that was named, or the one of this installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app import config, database
from app.errors import Code, Refusal

SQLITE = "sqlite:///"


def chosen_url(database_url: str | None) -> str:
    """Return the database that was named, or else this installation's (`DATABASE_URL`)."""
    return database_url or config.load().database_url


def secret() -> str:
    """Return this installation's secret: what nobody knows who only reads its reports."""
    return config.load().secret_key


@contextmanager
def reading(database_url: str) -> Iterator[Session]:
    """Open a database to read from; refuses one that is not there or holds no study tables."""
    with readings(database_url, 1) as (session,):
        yield session


@contextmanager
def readings(database_url: str, number: int) -> Iterator[list[Session]]:
    """Open it as `reading` does, in several sessions at once that see the same; of SQLite one."""
    file = Path(database_url.removeprefix(SQLITE))
    if database_url.startswith(SQLITE) and not file.is_file():
        raise Refusal(Code.NOT_FOUND, f"there is no database at {file}")
    try:
        with database.snapshots(database_url, number) as sessions:
            yield sessions
    except (ArgumentError, NoSuchModuleError):
        raise Refusal(
            Code.FAULTY_INPUT, "the database's address is not one; allowed: sqlite:///FILE or postgresql://…"
        ) from None
    except (OperationalError, ProgrammingError) as fault:
        reason = str(fault.orig).strip().splitlines()[0]
        raise Refusal(Code.NOT_CONFIGURED, f"the database cannot be read: {reason}") from fault
