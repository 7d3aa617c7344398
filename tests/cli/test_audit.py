"""`hepatica audit`: the trail as a table that anyone can read, and its breaks."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app import database
from app.cli import main
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.operations.accounts import add_account
from app.operations.events import report_event
from app.operations.sightings import record_sighting
from tests.fixtures.arms import one_of_each_arm
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy

Hepatica = Callable[..., Result]


@pytest.fixture
def hepatica(tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch) -> Hepatica:
    monkeypatch.setenv("DATABASE_URL", tiny.url)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)

    return run


def cut_off(tiny: TinyStudy) -> None:
    """Remove the last entry of the first participant, as only the owner of the database can."""
    with database.engine(tiny.url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        connection.execute(text("DELETE FROM audit_entry WHERE chain = 'participant:1' AND position = 2"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sound_trail_is_said_to_be_so(hepatica: Hepatica, tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    done = hepatica("audit", "verify")
    assert (done.exit_code, done.output) == (0, "The audit trail is unbroken.\n")


def test_a_break_is_shown_and_exits_with_1(hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path) -> None:
    tiny.enrol("P-1")
    copy = tmp_path / "earlier.csv"
    assert hepatica("audit", "export", "--whole", "--out", copy).exit_code == 0
    cut_off(tiny)
    assert hepatica("audit", "verify").exit_code == 0
    done = hepatica("audit", "verify", "--against", copy)
    assert done.exit_code == 1
    assert "participant:1: entry 2 of the earlier copy is gone" in done.output


def test_a_veiled_export_is_no_earlier_copy(hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path) -> None:
    tiny.enrol("P-1")
    copy = tmp_path / "earlier.csv"
    hepatica("audit", "export", "--out", copy)
    done = hepatica("audit", "verify", "--against", copy)
    assert done.exit_code == 2
    assert "--whole" in done.output


def test_a_veiled_export_is_alike_for_the_treated_and_the_untreated(
    hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path
) -> None:
    one_of_each_arm(tiny)
    out = tmp_path / "trail.csv"
    hepatica("audit", "export", "--out", out)
    rows = read(out)
    told = {
        code: [
            {name: cell for name, cell in row.items() if name not in ("participant", "chain", "about")}
            for row in rows
            if row["participant"] == code
        ]
        for code in ("M-1", "M-2")
    }
    assert str(told["M-1"]).replace("M-1", "M-2") == str(told["M-2"])
    assert {(row["position"], row["hash"]) for row in rows} == {("", "")}
    hepatica("audit", "export", "--whole", "--out", out)
    whole = read(out)
    assert [row["action"] for row in whole if row["action"].startswith("treatment.")] == [
        "treatment.record",
        "treatment.correct",
    ]
    assert all(row["hash"] and row["position"] for row in whole)
    assert (whole[-1]["action"], whole[-1]["who"]) == ("data.export", "command:audit export")
    assert hepatica("audit", "verify", "--against", out).exit_code == 0


def test_another_file_is_no_earlier_copy(hepatica: Hepatica, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert hepatica("audit", "verify", "--against", other).exit_code == 2


def test_the_export_reads_without_a_key_and_without_the_arm(
    hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path
) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        record_sighting(
            session,
            participant_id=participant_id,
            seen_on=DAY_0,
            how="call",
            untransplanted=True,
            actor=COMMAND,
            now=MORNING,
        )
    out = tmp_path / "trail.csv"
    said = hepatica("audit", "export", "--study", "tiny", "--out", out)
    rows = read(out)
    assert said.output == f"{len(rows)} entries written to {out}\n"
    assert [row["what"] for row in rows] == [
        "Study version loaded",
        "Participant enrolled",
        "Participant randomised",
        "Sighting recorded",
    ]
    enrolled, randomised = rows[1], rows[2]
    assert (enrolled["participant"], enrolled["who"], enrolled["time (UTC)"]) == (
        "P-1",
        "command:test",
        "2026-01-05 09:00:00",
    )
    assert "site: mad" in enrolled["after"]
    assert "arm: (blinded)" in randomised["after"]
    assert "cells" not in "".join("".join(row.values()) for row in rows[1:])
    assert "someone@example.org" not in out.read_text()


def test_whoever_tells_for_a_participant_stands_under_their_code(
    hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path
) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026),
            report_id="d",
            actor=Actor("proxy", participant_id),
            now=MORNING,
        )
    out = tmp_path / "trail.csv"
    hepatica("audit", "export", "--study", "tiny", "--out", out)
    assert read(out)[-1]["who"] == "P-1 (proxy)"


def test_what_someone_typed_is_no_formula_and_staff_have_names(
    hepatica: Hepatica, tiny: TinyStudy, tmp_path: Path
) -> None:
    with database.writing(tiny.url) as session:
        add_account(
            session,
            email="c@example.org",
            name="=1+1",
            role="coordinator",
            study_id=tiny.study_id,
            site="mad",
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )
    out = tmp_path / "trail.csv"
    hepatica("audit", "export", "--out", out)
    [added] = [row for row in read(out) if row["action"] == "account.add"]
    assert added["about"] == "'=1+1 (coordinator)"


def test_a_language_without_a_catalogue_is_refused(hepatica: Hepatica) -> None:
    refused = hepatica("audit", "export", "--language", "xx")
    assert refused.exit_code == 2
    assert "--language" in refused.output
