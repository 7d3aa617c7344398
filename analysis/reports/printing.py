"""report.pdf: the page as Chromium prints it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from app.errors import Code, Refusal

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
"""What may print, as commands are called; all are Chromium inside."""
INSTALL = "the report cannot be printed: there is no Chromium here. Install it: apt-get install chromium"
SECONDS = 180
# Nothing is asked of the network: Chromium looks for updates, field trials and search engines otherwise.
QUIET = (
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",  # the page brings its own, with study and cut-off
)


def browser() -> str:
    """The program that prints; Refusal where there is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise Refusal(Code.NOT_CONFIGURED, INSTALL)


def print_page(page: Path, to: Path) -> None:
    """Print a page on A4. Refusal where Chromium is missing, fails, or takes longer than three minutes."""
    program = browser()
    with tempfile.TemporaryDirectory(prefix="hepatica-print-") as profile:
        asked = [program, *QUIET, f"--user-data-dir={profile}", f"--print-to-pdf={to.resolve()}"]
        if os.geteuid() == 0:
            asked.append("--no-sandbox")  # Chromium's sandbox refuses to work for root
        try:
            ran = subprocess.run(  # noqa: S603 - a fixed program on a file of ours
                [*asked, page.resolve().as_uri()], capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Refusal(
                Code.NOT_CONFIGURED, f"{program} did not print the report within {SECONDS} seconds"
            ) from None
    if ran.returncode != 0 or not to.is_file():
        last = ran.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise Refusal(
            Code.NOT_CONFIGURED, f"{program} did not print the report: {' '.join(last) or 'no word why'}"
        )
