"""`hepatica data`: in and out on the command line, with the PBC trial as the real thing."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app import database
from app.cli import main
from app.models import AuditEntry, Participant
from app.queries import audit
from tests.fixtures.study import TinyStudy

ROOT = Path(__file__).resolve().parents[2]
PBC = ROOT / "studies" / "pbc"

Hepatica = Callable[..., Result]


@pytest.fixture
def hepatica(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hepatica:
    """Run a command on `database_url`, or on another database."""
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))

    def run(*words: object, url: str = database_url) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], env={"DATABASE_URL": url})

    return run


def same_files(one: Path, other: Path) -> bool:
    names = sorted(path.relative_to(one) for path in one.rglob("*.csv"))
    return names == sorted(path.relative_to(other) for path in other.rglob("*.csv")) and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names
    )


def test_the_pbc_trial_comes_in_once_and_goes_out_with_the_same_bytes(
    hepatica: Hepatica, database_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    assert hepatica("study", "load", PBC).exit_code == 0
    first = hepatica("data", "import", PBC / "data", "--study", "pbc")
    assert first.exit_code == 0
    assert "participants.csv: 418 rows, 418 added" in first.output
    assert "events.csv: 186 rows, 186 added" in first.output
    assert "sightings.csv: 232 rows, 232 added" in first.output
    again = hepatica("data", "import", PBC)  # the study's own folder holds them in `data`
    assert "participants.csv: 418 rows, 0 added" in again.output
    assert hepatica("data", "export", tmp_path / "one").exit_code == 0
    assert (tmp_path / "one" / "participants.csv").read_bytes() == (
        PBC / "data" / "participants.csv"
    ).read_bytes()
    assert hepatica("study", "load", PBC, url=sqlite_url).exit_code == 0
    assert hepatica("data", "import", tmp_path / "one", url=sqlite_url).exit_code == 0
    assert hepatica("data", "export", tmp_path / "two", url=sqlite_url).exit_code == 0
    assert same_files(tmp_path / "one", tmp_path / "two")
    with database.reading(database_url) as session:
        assert list(audit.verify(session)) == []
        imports = select(func.count()).where(AuditEntry.action == "data.import")
        assert session.scalar(imports) == 418 + 1


def _first_file(folder: Path) -> bytes:
    return (folder / "participants.csv").read_bytes()


def test_the_pbc_files_say_what_the_source_says() -> None:
    """Issue 2: 312 randomised, 106 not; status 0 censored, 1 transplant, 2 death; R's counts by arm."""
    with (PBC / "pbc.csv").open(newline="") as file:
        source = list(csv.DictReader(file))
    tables = {}
    for name in ("participants", "events", "sightings"):
        with (PBC / "data" / f"{name}.csv").open(newline="") as file:
            tables[name] = list(csv.DictReader(file))
    arms = [row["arm"] for row in tables["participants"]]
    assert (arms.count("d-penicillamine"), arms.count("placebo"), arms.count("")) == (158, 154, 106)
    kinds = [row["kind"] for row in tables["events"]]
    assert (kinds.count("transplant"), kinds.count("death")) == (25, 161)
    assert all(row["started"] == row["agreed_started_on"] for row in tables["events"])
    last = {row["participant"]: row["started"] for row in tables["events"]}
    last |= {row["participant"]: row["seen_on"] for row in tables["sightings"]}
    # By hand: participant 1 died after 400 days, 35 into 1975; participant 2 was alive after 4500.
    assert last["pbc-001"] == "1975-02-05"
    assert last["pbc-002"] == "1986-04-28"
    assert len(last) == len(source) == 418


def test_files_with_faults_bring_in_nothing_and_are_told_whole(
    tiny: TinyStudy, hepatica: Hepatica, tmp_path: Path
) -> None:
    folder = tmp_path / "past"
    folder.mkdir()
    (folder / "participants.csv").write_text(
        "code,site,enrolled_on\np1,mad,2026-01-05\np2,rom,2026-01-05\np3,mad,5.1.2026\n"
    )
    (folder / "sightings.csv").write_text("participant,seen_on,how\np1,2026-01-06,telepathy\n")
    refused = hepatica("data", "import", folder, "--study", "tiny")
    assert refused.exit_code == 2
    assert refused.stderr.splitlines() == [
        "participants.csv: row 3, column site: found 'rom'; allowed: one of: mad, cai",
        "participants.csv: row 4, column enrolled_on: found '5.1.2026'; "
        "allowed: a date as YYYY-MM-DD, from 1900 on",
        "sightings.csv: row 2, column how: found 'telepathy'; "
        "allowed: one of: clinic visit, call, relative, records",
        "The input has faults, and nothing was changed: 3 faults.",
    ]
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 0


def test_no_such_directory_and_no_such_study(tiny: TinyStudy, hepatica: Hepatica, tmp_path: Path) -> None:
    missing = hepatica("data", "import", tmp_path / "nowhere")
    assert missing.exit_code == 2
    assert "no such directory" in missing.stderr
    assert hepatica("data", "export", tmp_path / "out", "--study", "other").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_export_tells_the_arms_of_a_blinded_study_only_when_asked(
    tiny: TinyStudy, hepatica: Hepatica, tmp_path: Path
) -> None:
    tiny.enrol("p1", arm="cells")
    blind = hepatica("data", "export", tmp_path)
    assert "Arms and treatments are left out" in blind.output
    assert "cells" not in "".join(path.read_text() for path in tmp_path.rglob("*.csv"))
    assert hepatica("data", "export", tmp_path, "--with-arms").exit_code == 0
    written = (tmp_path / "participants.csv").read_text()
    assert "cells" in written
    assert "someone@example.org" not in written
    with database.reading(tiny.url) as session:
        told = [each.new for each in audit.entries(session) if each.action == "data.export"]
    assert told == [{"arms_told": False}, {"arms_told": True}]
