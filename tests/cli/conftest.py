"""Commands find their database in the environment."""

import pytest


@pytest.fixture
def at_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every command to the test's own database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
