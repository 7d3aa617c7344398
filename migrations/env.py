"""How Alembic meets the database: one transaction, foreign keys off meanwhile and checked at its end."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, text
from sqlalchemy.types import TypeDecorator

from app.database import engine
from app.models import Base

# Any number that no other program takes on this database: two upgrades at once wait for each other.
UPGRADE_LOCK = 4_372_842


def _render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write the project's own types as what they are in the database: a revision outlives the models."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if isinstance(item, JSON) and type(item) is JSON:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        compare_type=True,
        # Alembic believes that SQLite cannot do this; it can where SQLAlchemy, not the driver, says BEGIN.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if orphans:
                raise RuntimeError(f"nothing was changed: rows would point to nothing: {orphans}")


def _foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    # Straight to the driver: SQLite ignores this pragma inside a transaction, and SQLAlchemy begins one.
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA foreign_keys={state}")


def run() -> None:
    """Run what Alembic was asked for on the database of `config.attributes["url"]`."""
    options: dict[str, Any] = {"writing": True}
    with engine(context.config.attributes["url"]).connect().execution_options(**options) as connection:
        if connection.dialect.name != "sqlite":
            _migrate(connection)
            return
        # Batch mode makes a table anew and drops the old one: foreign keys stop that, or delete child rows.
        _foreign_keys(connection, "OFF")
        try:
            _migrate(connection)
        finally:
            _foreign_keys(connection, "ON")


run()
