"""Engines, transactions and migrations, the same for SQLite and PostgreSQL."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

ROOT = Path(__file__).resolve().parent.parent
_MERGE_IN_ORDER = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),"
    " set_config('enable_hashjoin', 'off', true), set_config('enable_nestloop', 'off', true),"
    " set_config('random_page_cost', '1.1', true), set_config('work_mem', '64MB', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)"
)
_READ_IN_ORDER = text("SELECT set_config('random_page_cost', '1.1', true)")
_PLAN_EACH = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)"
)


@lru_cache(maxsize=8)
def engine(url: str) -> Engine:
    """Return the one engine of this process for a database; no answer goes into a log with an error."""
    if not url.startswith("sqlite"):
        return create_engine(_with_driver(url), pool_size=8, max_overflow=8, hide_parameters=True)
    made = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, whatever
    # the time-out; taking the write lock at the start waits for it instead.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def reading(url: str) -> Iterator[Session]:
    """Open a session that only reads: PostgreSQL refuses a change, SQLite undoes it at the end."""
    with Session(_as(engine(url), postgresql_readonly=True), expire_on_commit=False) as session:
        yield session
        if not url.startswith("sqlite"):
            session.commit()  # at a rollback psycopg forgets every statement that the server has prepared


def plan_each(session: Session) -> None:
    """Let PostgreSQL plan every statement of the transaction for its own values, and run it by itself.

    A statement that is run often is otherwise planned once for any values: that saves a fraction of a
    millisecond where one row is looked up by its key, and takes seconds where few of very many are wanted.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_PLAN_EACH)


def merge_in_order(session: Session) -> None:
    """Let PostgreSQL join whole tables in the order of their indexes, for the rest of the transaction.

    A hash of a million rows is a million looks into memory at random, and takes several times as long. What
    has to be sorted goes to the disk where it does not fit.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_MERGE_IN_ORDER)


def read_in_order(session: Session) -> None:
    """Let PostgreSQL walk along the indexes of whole tables, for the rest of the transaction.

    Left to itself it takes a look into memory for one into a disk that turns, and makes a hash instead.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_READ_IN_ORDER)


@contextmanager
def snapshot(url: str) -> Iterator[Session]:
    """Open a session that only reads, and in every statement sees the database as it was at the first."""
    options = {} if url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
    with Session(engine(url).execution_options(**options), expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshots(url: str, number: int) -> Iterator[list[Session]]:
    """Open several sessions that only read and all see the database as it was at one moment.

    Each is for a thread of its own. Of SQLite, whose connections cannot share what they see, there is one.
    """
    with ExitStack() as stack:
        sessions = [stack.enter_context(snapshot(url))]
        if not url.startswith("sqlite"):
            name = sessions[0].execute(text("SELECT pg_export_snapshot()")).scalar_one()
            sessions += [stack.enter_context(snapshot(url)) for _ in range(1, number)]
            for session in sessions[1:]:
                session.execute(text(f"SET TRANSACTION SNAPSHOT '{name}'"))  # the server's own word
        yield sessions


@contextmanager
def writing(url: str) -> Iterator[Session]:
    """Open one transaction: committed at the end, undone by any exception."""
    with Session(_as(engine(url), writing=True), expire_on_commit=False) as session, session.begin():
        yield session


@lru_cache(maxsize=16)
def _as(engine: Engine, **options: bool) -> Engine:
    return engine.execution_options(**options)


def alembic_config(url: str) -> "AlembicConfig":
    """Return what Alembic needs to know to work on a database."""
    from alembic.config import Config as AlembicConfig  # here and below, because all else starts without it

    config = AlembicConfig(stdout=io.StringIO())  # what matters of what it says comes as exceptions
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring a database to the newest revision."""
    from alembic import command

    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(alembic_config(url), "head")


def check(url: str) -> list[str]:
    """Return what is wrong with a database: an older revision, other tables, orphaned rows."""
    from alembic import command
    from alembic.util import CommandError

    faults = []
    try:
        command.check(alembic_config(url))
    except CommandError as fault:
        faults.append(str(fault))
    with reading(url) as session:
        if session.get_bind().dialect.name == "sqlite":
            orphans = session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
            faults += [
                f"row {row} of {table} points to nothing in {there}" for table, row, there, _ in orphans
            ]
            damage = session.connection().exec_driver_sql("PRAGMA quick_check").scalars()
            faults += [f"damaged file: {word}" for word in damage if word != "ok"]
    return faults
