"""report.pdf: printed from the page with headings on every page; refused where nothing can print."""

import re
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.__main__ import main
from tests.analysis.trial import Trial


def printed(trial: Trial, out: Path) -> Result:
    asked = ["report", "--database-url", trial.url, "--out", str(out), "--pdf"]
    return CliRunner().invoke(main, asked, catch_exceptions=False)


def pages(pdf: bytes) -> int:
    """How many there are, by the objects of the file, which Chromium may have packed."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    whole = pdf + b"".join(_unpacked(each) for each in packed)
    return len(re.findall(rb"/Type\s*/Page\b", whole))


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""


@pytest.mark.browser
def test_the_page_is_printed(told: Trial, tmp_path: Path) -> None:
    ran = printed(told, tmp_path)
    assert ran.exit_code == 0, ran.output
    assert "report.pdf" in ran.stdout
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pages(pdf) >= 5
    assert b"/A4" in pdf or re.search(rb"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12]", pdf)


def test_without_a_browser_it_is_refused_before_the_work(
    told: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    ran = printed(told, tmp_path / "out")
    assert ran.exit_code == 2
    assert "apt-get install chromium" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_browser_that_fails_is_told(told: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fails = tmp_path / "chromium"
    fails.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    fails.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(fails))
    ran = printed(told, tmp_path / "out")
    assert ran.exit_code == 2
    assert f"{fails} did not print the report: no display" in ran.stderr
    assert (tmp_path / "out" / "report.html").exists()
