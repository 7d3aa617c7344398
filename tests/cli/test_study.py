"""`hepatica study`: what it says, and how it refuses."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import database
from app.models import Study, StudyVersion
from tests.fixtures.command_line import hepatica
from tests.fixtures.study_folder import WHOLE, changed, copy_of

DEMO = Path(__file__).parents[2] / "studies" / "demo"

pytestmark = pytest.mark.usefixtures("at_database")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with two faults in two files."""
    folder = changed(copy_of(WHOLE, tmp_path), "study.toml", "Africa/Cairo", "Africa/Kairo")
    return changed(folder, "instruments/rest/en.json", '"Always"', '""')


def versions(url: str) -> int:
    with database.reading(url) as session:
        return session.scalar(select(func.count()).select_from(StudyVersion)) or 0


def test_check_says_that_the_demo_has_no_faults() -> None:
    checked = hepatica("study", "check", DEMO)
    assert checked.exit_code == 0
    said = checked.stdout.splitlines()
    assert said[:2] == [
        "Study demo: no faults. Languages: en, es, fr, de, pt, zh-Hans, hi, mr, ar, fa, ja, tr.",
        "Arms: 2. Sites: 3. Visits: 6. Instruments: 2.",
    ]
    assert [note.partition(": the text may need more than one text message")[0] for note in said[2:]] == [
        f"Note: reminder {step}" for step in ("ready", "again", "last")
    ]


def test_check_notes_which_words_are_missing_and_finds_no_fault(tmp_path: Path) -> None:
    folder = copy_of(WHOLE, tmp_path)
    (folder / "instruments" / "rest" / "ar.json").unlink()
    checked = hepatica("study", "check", folder)
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[-1] == (
        "Note: there is no instruments/rest/ar.json: participants are not offered العربية while rest is due, "
        "and its readers get it in English."
    )
    assert hepatica("study", "load", folder).exit_code == 0


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_broken_folder_is_told_fault_by_fault_and_loads_nothing(
    broken: Path, database_url: str, command: str
) -> None:
    refused = hepatica("study", command, broken)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        "instruments/rest/en.json: choices.how_often[2]: found no words; "
        "allowed: the choice in this language",
        'study.toml: sites[0].time_zone: found "Africa/Kairo"; allowed: a zone of the IANA data base, '
        "such as Europe/Madrid",
        "The input has faults, and nothing was changed: 2 faults.",
    ]
    assert versions(database_url) == 0


def test_load_says_what_changes(database_url: str, tmp_path: Path) -> None:
    first = hepatica("study", "load", WHOLE)
    assert first.stdout.splitlines() == [
        "  study two-languages: new",
        "Study two-languages: loaded as version 1.",
    ]
    again = hepatica("study", "load", WHOLE)
    assert again.stdout.splitlines() == ["Study two-languages: nothing changed; version 1 stands."]
    folder = changed(copy_of(WHOLE, tmp_path), "study.toml", "link_days = 400", "link_days = 200")
    second = hepatica("study", "load", folder)
    assert second.stdout.splitlines() == [
        "  link_days 400 becomes 200",
        "Study two-languages: loaded as version 2.",
    ]
    assert versions(database_url) == 2


def test_the_demo_loads(database_url: str) -> None:
    assert hepatica("study", "load", DEMO).exit_code == 0
    with database.reading(database_url) as session:
        assert session.scalars(select(Study.code)).all() == ["demo"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused = hepatica("study", "check", tmp_path / "nowhere")
    assert refused.exit_code == 2
    assert "does not exist" in refused.stderr
