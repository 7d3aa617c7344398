"""The migrations' machinery: whole upgrades or none, rows and foreign keys intact, one upgrade at a time."""

from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app import database
from tests.migrations.rows import counts, fill


def test_down_and_up_again_with_a_row_in_every_table_loses_none(database_url: str) -> None:
    with database.engine(database_url).begin() as connection:
        before = fill(connection)
    assert set(before.values()) == {1}
    config = database.alembic_config(database_url)
    command.downgrade(config, "0001_first")
    with database.engine(database_url).connect() as connection:
        assert counts(connection) == before
    command.upgrade(config, "head")
    with database.engine(database_url).connect() as connection:
        assert counts(connection) == before


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    config = database.alembic_config(database_url)
    command.downgrade(config, "base")
    assert inspect(database.engine(database_url)).get_table_names() == ["alembic_version"]
    assert database.check(database_url) != []
    command.upgrade(config, "head")
    assert database.check(database_url) == []


def test_foreign_keys_are_on_again_after_an_upgrade(sqlite_url: str) -> None:
    database.upgrade(sqlite_url)
    with database.engine(sqlite_url).connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_an_upgrade_that_would_leave_orphans_changes_nothing(sqlite_url: str) -> None:
    config = database.alembic_config(sqlite_url)
    command.downgrade(config, "0001_first")
    with database.engine(sqlite_url).connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        connection.execute(text("INSERT INTO contact (participant_id, sealed) VALUES (77, 'x')"))
        connection.commit()
        driver.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(RuntimeError, match="contact"):
        command.upgrade(config, "head")
    with database.engine(sqlite_url).connect() as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0001_first"
        )
        assert not connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    assert "row 77 of contact points to nothing in participant" in database.check(sqlite_url)


def test_two_upgrades_at_once_both_end_well(database_url: str) -> None:
    command.downgrade(database.alembic_config(database_url), "base")
    database.engine(database_url).dispose()
    upgrades = [get_context("spawn").Process(target=database.upgrade, args=(database_url,)) for _ in range(3)]
    for upgrade in upgrades:
        upgrade.start()
    for upgrade in upgrades:
        upgrade.join()
    assert [upgrade.exitcode for upgrade in upgrades] == [0, 0, 0]
    assert database.check(database_url) == []


def test_a_database_that_was_never_migrated_is_told_apart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    assert database.check(url) == ["Target database is not up to date."]
    database.engine(url).dispose()


def test_revisions_form_one_line_and_fit_their_column() -> None:
    script = ScriptDirectory.from_config(database.alembic_config("sqlite://"))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert len(script.get_heads()) == 1
    assert [revision for revision in revisions if len(revision) > 32] == []
