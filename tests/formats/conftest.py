"""A small study folder to be broken, and what is then said of it."""

from pathlib import Path

import pytest

from tests.fixtures.study_folder import WHOLE, copy_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole folder, to be broken."""
    return copy_of(WHOLE, tmp_path)
