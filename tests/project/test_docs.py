"""Documentation is tested like code: its links lead somewhere, its commands exist, its examples run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from app import clock, database
from app.cli import main
from app.domain.reminders import PLACEHOLDERS
from app.domain.schedule import civil_date
from app.i18n import catalogues
from app.models import Participant
from tests.fixtures.postgresql import NewDatabase, newest_binaries
from tests.fixtures.study import CONTACT_KEYS, TinyStudy

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#]+)\)")
COMMAND = re.compile(r"`(?:hepatica|\.venv/bin/python -m app|python -m app) ([a-z][^`]*)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return "".join(found)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_to_files(page: Path) -> None:
    missing = [
        link
        for link in LINK.findall(page.read_text())
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_commands_exist(page: Path) -> None:
    for words in COMMAND.findall(page.read_text()):
        command: click.Command = main
        for word in words.split("|")[0].split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"hepatica {words}"
            command = found


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_make_targets_exist(page: Path) -> None:
    rules = (ROOT / "Makefile").read_text()
    for target in TARGET.findall("\n".join(re.findall(r"`[^`]*`|^    .*$", page.read_text(), re.MULTILINE))):
        name = "bench-%" if target.startswith("bench-") else target
        assert re.search(rf"^{re.escape(name)}:", rules, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_tests_exist(page: Path) -> None:
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(page.read_text())
        if not (ROOT / file).exists() or (name and f"def {name}(" not in (ROOT / file).read_text())
    ]
    assert missing == []


def test_the_translators_page_explains_all_that_can_be_left_to_do() -> None:
    page = (ROOT / "docs" / "translators.md").read_text()
    assert [reason for reason in catalogues.REASONS if f"**{reason}**" not in page] == []
    assert [place for place in PLACEHOLDERS if f"`{{{place}}}`" not in page] == []


def run_page(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a page's commands, those that report last, and its Python between; return what the Python said."""
    url = f"sqlite:///{folder / 'study.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("INSTANCE", str(folder))
    page = ROOT / "docs" / name
    for line in blocks(page, "sh").splitlines():
        words = shlex.split(line.replace(".venv/bin/python", sys.executable).replace("out/", f"{folder}/"))
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    code = f"DATABASE_URL = {url!r}\n" + blocks(page, "python")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run_page("tutorial.md", tmp_path, monkeypatch)
    assert (tmp_path / "demo" / "report.html").exists()
    # authority: Fleming and Harrington 1991, table 4.4.3(c): the coefficients, as far as they are printed
    told = [line.split() for line in said.splitlines() if re.match(r"\d +(age|edema|log_)", line)]
    table = {words[1]: words[2:4] for words in reversed(told)}  # the first of each is the model's
    printed = {
        "age": (0.0333, 0.00866),
        "edema": (0.7847, 0.29913),
        "log_bili": (0.8792, 0.09873),
        "log_protime": (3.0157, 1.0238),
        "log_albumin": (-3.053, 0.72408),
    }
    for term, (coef, std_error) in printed.items():
        assert float(table[term][0]) == pytest.approx(coef, abs=5e-4)
        assert float(table[term][1]) == pytest.approx(std_error, abs=5e-5)


def test_the_statisticians_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run_page("statisticians.md", tmp_path, monkeypatch)
    assert (tmp_path / "pbc" / "report.html").exists()
    statistic, df, p_value = map(float, said.split())
    # authority: R's survdiff on the same data (tests/analysis/reference/logrank.json)
    assert statistic == pytest.approx(0.1208136807827, abs=1e-9)
    assert df == 1
    assert p_value == pytest.approx(0.7281536572948, abs=1e-9)


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_the_backup_of_the_production_page_can_be_restored(
    tiny: TinyStudy, new_postgresql_database: NewDatabase, tmp_path: Path
) -> None:
    now = clock.now()
    participant_id = tiny.enrol("P-1", day_0=civil_date(now, ZoneInfo("Europe/Madrid")), now=now)
    environment = {
        **os.environ,
        "DATABASE_URL": tiny.url,
        "CONTACT_KEYS": ",".join(CONTACT_KEYS),
        "PATH": f"{newest_binaries()}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with new_postgresql_database("template0") as restored:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", blocks(ROOT / "docs" / "production.md", "bash")],
            cwd=tmp_path,
            env=environment | {"RESTORED_URL": restored},
            check=False,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
        assert "tiny: 1 messages may have left" in ran.stdout
        with database.reading(restored) as session:
            assert session.get_one(Participant, participant_id).code == "P-1"
        database.engine(restored).dispose()
