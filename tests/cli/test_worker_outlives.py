"""A worker outlives a database that restarts and a mail server that is down, and does not wear either out."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import make_url

from app import clock, database
from app.domain.schedule import civil_date
from app.operations.reminders import plan_by_hand
from tests.delivery.sender import ends
from tests.fixtures.mail import Mailbox
from tests.fixtures.postgresql import Cluster
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, TinyStudy
from tests.operations.test_reminders import occasion

ROOT = Path(__file__).parents[2]
DOWN = "no server takes it now"


@dataclass
class Worker:
    """A running worker and what it says."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def said(self, words: str) -> int:
        return sum(words in line for line in self.lines)

    def wait(self, until: Callable[[], object], seconds: float = 90) -> None:
        for _ in range(round(seconds * 10)):
            if until():
                return
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.1)
        pytest.fail("".join(self.lines))


@contextmanager
def _worker() -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "worker", "--interval", "0.2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    worker = Worker(process)
    assert process.stdout is not None
    listening = threading.Thread(target=worker.lines.extend, args=(process.stdout,))
    listening.start()
    try:
        yield worker
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        listening.join()
        process.stdout.close()
    assert worker.said("worker stopped") == 1


@pytest.fixture
def press(tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a message wait for someone who is enrolled now, at any hour of the day."""
    monkeypatch.setenv("DATABASE_URL", tiny.url)
    monkeypatch.setenv("CONTACT_KEYS", ",".join(CONTACT_KEYS))
    monkeypatch.setenv("LINK_KEYS", ",".join(LINK_KEYS))

    def pressed(code: str) -> None:
        now = clock.now()
        day_0 = civil_date(now, ZoneInfo("Europe/Madrid"))
        participant_id = tiny.enrol(code, email=f"{code.lower()}@example.org", day_0=day_0, now=now)
        occasion_id = occasion(tiny, participant_id)
        with database.writing(tiny.url) as session:
            plan_by_hand(session, occasion_ids=[occasion_id], now=now, actor=COMMAND)

    return pressed


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_and_comes_back(
    tiny: TinyStudy, press: Callable[[str], None], postgresql: Cluster, mailbox: Mailbox
) -> None:
    name = str(make_url(tiny.url).database)
    press("P-1")
    with _worker() as worker:
        worker.wait(lambda: mailbox.to("p-1@example.org"))
        database.engine(tiny.url).dispose()
        postgresql.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
        with psycopg.connect(postgresql.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
        time.sleep(3)
        postgresql.execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", name)
        press("P-2")
        worker.wait(lambda: mailbox.to("p-2@example.org"))
    # By day there are planned ones as well; whether a claim was stored may not be known for one of them.
    states = Counter(state for state, _ in ends(tiny))
    assert states["failed"] == states["dropped"] == 0
    assert states["unknown"] <= 1
    assert 2 <= states["sent"] <= len(mailbox.letters) <= states["sent"] + states["unknown"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mail_server_that_is_down_is_asked_less_and_less_often(
    tiny: TinyStudy, press: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        press(f"P-{number}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        with _worker() as worker:
            worker.wait(lambda: worker.said(DOWN) >= 2)
            before = worker.said(DOWN)
            time.sleep(3)
            assert worker.said(DOWN) - before <= 3  # without a growing pause it would be a dozen
    found = ends(tiny)
    assert {state for state, _ in found} == {"failed", "planned"}
    reasons = {str(failure).partition(" server ")[0] for state, failure in found if state == "failed"}
    assert reasons == {"temporary: mail"}
