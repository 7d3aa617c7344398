"""`hepatica reminders` and `hepatica worker`: what they say and do."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from app import clock, database
from app.cli import main
from app.domain.schedule import civil_date
from app.operations.reminder_claims import claim
from app.operations.reminders import plan_by_hand
from tests.delivery.sender import ends
from tests.fixtures.mail import Mailbox
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy
from tests.operations.test_reminders import occasion

ROOT = Path(__file__).parents[2]
Hepatica = Callable[..., Result]


@pytest.fixture
def environment(tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Point the settings to the tiny study, its keys included."""
    settings = {
        "DATABASE_URL": tiny.url,
        "CONTACT_KEYS": ",".join(CONTACT_KEYS),
        "LINK_KEYS": ",".join(LINK_KEYS),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def hepatica(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Hepatica:
    """Run a command on the morning on which the first visit is due."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, catch_exceptions=False)

    return run


def test_planned_sent_and_counted(hepatica: Hepatica, tiny: TinyStudy, mailbox: Mailbox) -> None:
    for number in range(3):
        tiny.enrol(f"P-{number}", email=f"p{number}@example.org")
    mailbox.refuse["p1@example.org"] = "550 5.1.1 unknown"
    assert hepatica("reminders", "plan").output == "Planned: 3\n"
    assert hepatica("reminders", "plan", "--study", "tiny").output == "Planned: 0\n"
    assert hepatica("reminders", "send").output == "Sent: 2, failed: 0, addresses that take no messages: 1\n"
    counted = "tiny: planned 0, unknown 0, sent 2, delivered 0, failed 0, bounced 1, dropped 0\n"
    told = "  wait for someone to decide: bounced 1\n"
    assert hepatica("reminders", "status").output == counted + told
    assert len(mailbox.letters) == 2


def test_what_nobody_knows_the_fate_of_is_listed(hepatica: Hepatica, tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    hepatica("reminders", "plan")
    with database.writing(tiny.url) as session:
        claim(session, now=MORNING, limit=1, contact_keys=CONTACT_KEYS)
    said = hepatica("reminders", "status").output
    assert "unknown 1" in said
    assert "unknown since 2026-01-05 09:00 UTC: participant P-1, visit d0, step due" in said


def test_without_a_mail_server_it_says_that_nothing_was_sent(hepatica: Hepatica, tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    hepatica("reminders", "plan")
    said = hepatica("reminders", "send").output
    assert said.startswith("Sent: 0, failed: 0, written to ")
    assert "NOT sent, because SMTP_URL is not set: 1" in said


def test_an_unknown_study_is_refused(hepatica: Hepatica) -> None:
    refused = hepatica("reminders", "plan", "--study", "nowhere")
    assert refused.exit_code == 2
    assert "nowhere" in refused.output


def _wait_for_mail(process: subprocess.Popen[str], mailbox: Mailbox, address: str) -> None:
    for _ in range(300):
        if mailbox.to(address):
            return
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"the worker sent nothing:\n{process.communicate()[0]}")


def test_the_worker_sends_what_comes_in_and_ends_cleanly(
    tiny: TinyStudy, environment: dict[str, str], mailbox: Mailbox
) -> None:
    today: datetime = clock.now()
    day_0 = civil_date(today, ZoneInfo("Europe/Madrid"))
    first, second = (
        tiny.enrol(code, email=f"{code}@example.org".lower(), day_0=day_0, now=today)
        for code in ("P-1", "P-2")
    )

    def press(participant_id: int) -> None:  # by hand, so that the hour of the day does not matter
        occasion_id = occasion(tiny, participant_id)
        with database.writing(tiny.url) as session:
            plan_by_hand(session, occasion_ids=[occasion_id], now=clock.now(), actor=COMMAND)

    press(first)
    command = [sys.executable, "-m", "app", "worker", "--interval", "0.2"]
    worker = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    _wait_for_mail(worker, mailbox, "p-1@example.org")
    press(second)
    _wait_for_mail(worker, mailbox, "p-2@example.org")
    worker.send_signal(signal.SIGTERM)
    said = worker.communicate(timeout=30)[0]
    assert worker.returncode == 0
    assert said.rstrip().endswith("worker stopped")
    assert "example.org" not in said  # no address in a log
    assert ends(tiny).count(("sent", None)) == len(mailbox.letters)


def test_the_worker_outlives_a_database_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "app", "worker", "--interval", "0.1", "--rounds", "2"]
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    worker = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert worker.returncode == 0
    assert worker.stderr.count("this round failed; the next one tries again") == 2
    assert "no such table" in worker.stderr
