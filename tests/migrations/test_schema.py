"""What migrations make is what the models say, to the last CHECK, which `alembic check` does not see."""

import pytest
from sqlalchemy import Engine, Inspector, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from app import database
from app.models import Base

LONGEST_NAME = 63  # PostgreSQL cuts what is longer, without a word


def constraints(inspector: Inspector) -> dict[str, object]:
    """Return every constraint and index of every table, as the database reports it."""
    found: dict[str, object] = {}
    for table in sorted(Base.metadata.tables):
        for check in inspector.get_check_constraints(table):
            found[f"{table} {check['name']}"] = " ".join(check["sqltext"].split())
        for unique in inspector.get_unique_constraints(table):
            found[f"{table} {unique['name']}"] = unique["column_names"]
        for index in inspector.get_indexes(table):
            found[f"{table} {index['name']}"] = (index["column_names"], index["unique"])
        for key in inspector.get_foreign_keys(table):
            found[f"{table} {key['name']}"] = (
                key["constrained_columns"],
                key["referred_table"],
                key["options"],
            )
        primary = inspector.get_pk_constraint(table)
        found[f"{table} {primary['name']}"] = primary["constrained_columns"]
    return found


def columns(inspector: Inspector) -> dict[str, tuple[str, bool]]:
    """Return every column's type and whether it may be empty."""
    return {
        f"{table}.{column['name']}": (str(column["type"]), column["nullable"])
        for table in Base.metadata.tables
        for column in inspector.get_columns(table)
    }


@pytest.fixture
def made_from_models(database_url: str) -> Engine:
    """The same kind of database, its tables made by the models themselves."""
    engine = database.engine(database_url)
    if engine.dialect.name == "sqlite":
        fresh = create_engine("sqlite://")
        Base.metadata.create_all(fresh)
        return fresh
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA of_models"))
    options = f"{database_url}&options=-csearch_path%3Dof_models".replace(
        "postgresql://", "postgresql+psycopg://"
    )
    fresh = create_engine(options)
    Base.metadata.create_all(fresh)
    return fresh


def test_migrations_make_what_the_models_say(database_url: str, made_from_models: Engine) -> None:
    migrated = inspect(database.engine(database_url))
    wanted = inspect(made_from_models)
    assert columns(migrated) == columns(wanted)
    assert constraints(migrated) == constraints(wanted)
    made_from_models.dispose()


def test_every_constraint_has_a_short_name_in_lower_case(database_url: str) -> None:
    names = [each.split(" ", 1)[1] for each in constraints(inspect(database.engine(database_url)))]
    assert len(names) > len(Base.metadata.tables)
    assert [
        name for name in names if name == "None" or name != name.lower() or len(name) > LONGEST_NAME
    ] == []


def test_a_check_holds_in_the_database(database_url: str) -> None:
    reminder_with_two_ends = text(
        "INSERT INTO reminder (occasion_id, step, channel, planned_at, sent_at, failed_at)"
        " VALUES (1, 'due', 'email', '2026-01-05', '2026-01-05', '2026-01-05')"
    )
    with (
        pytest.raises(IntegrityError, match="ck_reminder_one_end"),
        database.engine(database_url).begin() as connection,
    ):
        connection.execute(reminder_with_two_ends)


def test_a_row_needs_its_parent(database_url: str) -> None:
    with (
        pytest.raises(IntegrityError, match=r"(?i)foreign key"),
        database.engine(database_url).begin() as connection,
    ):
        connection.execute(text("INSERT INTO contact (participant_id, sealed) VALUES (77, 'x')"))
