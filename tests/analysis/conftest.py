"""The tiny study, empty, for tests of datasets and reports."""

import pytest

from tests.analysis.trial import Trial, begin


@pytest.fixture
def trial(sqlite_url: str) -> Trial:
    """On SQLite, for what does not depend on the database."""
    return begin(sqlite_url)


@pytest.fixture
def trial_on_both(database_url: str) -> Trial:
    """On SQLite and on PostgreSQL in turn."""
    return begin(database_url)
