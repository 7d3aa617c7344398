"""`hepatica worker`: plan and send, again and again, until told to stop."""

import logging
import signal
import threading
import time
from types import FrameType
from typing import Literal

import click

from app import clock, config
from app.cli.alerts import told as told_of_alerts
from app.cli.queries import checked
from app.cli.reminders import planned, told
from app.config import Config
from app.delivery.escalations import escalate_overdue
from app.delivery.reminders import SendResult, send_due

LONGEST_PAUSE = 900.0
"""Seconds that a worker waits at most while the mail server is down."""

PATIENCE = 300.0
"""Seconds for which a worker keeps what became of a message while the database restarts."""

End = Literal["nothing waits", "more waits", "server down", "failed"]

CHECK_EVERY = 3600.0
"""Seconds between two looks at all data of all studies, and before the first."""

log = logging.getLogger("hepatica.worker")


@click.command()
@click.option("--interval", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds.")
@click.option("--rounds", type=click.IntRange(min=1), help="Stop by itself after so many rounds.")
def worker(interval: float, rounds: int | None) -> None:
    """Plan and send reminders and look after alerts until SIGTERM or Ctrl-C, finishing what is under way.

    Several may run at once, on one machine or many.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    settings = config.load()
    log.info("worker started, every %s s", interval)
    done = down = 0
    next_check = time.monotonic() + CHECK_EVERY
    while not stopping.is_set():
        end = _round(settings, stopping, interval)
        checking = time.monotonic() >= next_check
        look_after(settings, stopping, checking=checking)
        if checking:
            next_check = time.monotonic() + CHECK_EVERY
        done += 1
        if done == rounds:
            break
        down = down + 1 if end == "server down" else 0
        if end != "more waits":
            stopping.wait(min(interval * 2**down, max(interval, LONGEST_PAUSE)))
    log.info("worker stopped")


def _round(settings: Config, stopping: threading.Event, interval: float) -> End:
    """Send what waits, for as long as the interval; then plan, so that a long queue does not hold that up."""
    until = time.monotonic() + interval
    try:
        first = send_due(
            settings,
            clock=clock.now,
            stop=lambda: stopping.is_set() or time.monotonic() >= until,
            patience=PATIENCE,
        )
        _tell(first, settings)
        added = planned(settings, stop=stopping.is_set)
    except Exception:
        log.exception("this round failed; the next one tries again")  # a database that restarts, a full disk
        return "failed"
    if added:
        log.info("planned: %s", added)
    if first.server_down:
        return "server down"
    return "more waits" if added or (time.monotonic() >= until and _any(first)) else "nothing waits"


def _tell(result: SendResult, settings: Config) -> None:
    if _any(result):
        log.info("%s", told(result, settings))


def _any(result: SendResult) -> bool:
    return any((result.sent, result.failed, result.bounced, result.written, result.uncertain))


def look_after(settings: Config, stopping: threading.Event, *, checking: bool) -> None:
    """Tell those in charge of late alerts and, where it is time for it, check the data."""
    try:
        late = escalate_overdue(settings, clock=clock.now, stop=stopping.is_set)
        raised = checked(settings) if checking else 0
    except Exception:
        log.exception("alerts or checks failed; the next round tries again")
        return
    if late.anything:
        log.info("%s", told_of_alerts(late, settings))
    if raised:
        log.info("queries raised: %s", raised)
