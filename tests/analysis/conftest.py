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


@pytest.fixture
def told(trial: Trial) -> Trial:
    """A few participants with something in every section."""
    for number in range(8):
        arm = ("cells", "usual")[number % 2]
        one = trial.enrol(f"p{number}", arm=arm)
        trial.answered(one, "d0", {"itch": number % 5, "sleep": 2}, on=1)
        trial.answered(one, "w4", {"itch": (number + 1) % 5, "sleep": 1}, on=29)
        trial.sighted(one, 60 + number, untransplanted=True)
    trial.event(1, "death", 70)
    trial.event(2, "transplant", 40)
    trial.event(3, "hospital stay", 10, 12)
    trial.event(4, "death", 80, decision=None)
    trial.enrol("x", arm=None)
    return trial
