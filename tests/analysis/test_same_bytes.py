"""The same data and plan give the same bytes, whoever makes the report and wherever."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.analysis.full_plan import ESTIMANDS, PLAN
from tests.analysis.trial import Trial

ROOT = Path(__file__).parents[2]
HERE = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANGUAGE": "C"}
THERE = {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "tr"}


def begun(trial: Trial, out: Path, surroundings: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """A report in a process of its own."""
    asked = [sys.executable, "-m", "analysis", "report", "--database-url", trial.url, "--out", str(out)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}  # noqa: TID251
    around = kept | {"PYTHONPATH": str(ROOT)} | dict(surroundings)
    return subprocess.Popen(asked, cwd=cwd, env=around, stderr=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603


@pytest.mark.slow
def test_reports_made_in_different_surroundings_are_alike(told: Trial, tmp_path: Path) -> None:
    told.amend(*PLAN, estimands=ESTIMANDS)
    running = {
        "here": begun(told, tmp_path / "here", HERE, ROOT),
        "there": begun(told, tmp_path / "there", THERE, tmp_path),
    }
    for process in running.values():
        _, errors = process.communicate(timeout=400)
        assert process.returncode == 0, errors.decode(errors="replace")
    here, there = (
        {path.relative_to(tmp_path / name): path for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in running
    )
    assert {path.suffix for path in here} == {".html", ".json", ".csv", ".svg"}
    figures = {path.stem for path in here if path.suffix == ".svg"}
    assert {each.code for each in PLAN} - figures == {"imputed"}
    assert here.keys() == there.keys()
    assert [name for name in here if here[name].read_bytes() != there[name].read_bytes()] == []
