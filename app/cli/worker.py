"""`hepatica worker`: plan and send, again and again, until told to stop."""

import logging
import signal
import threading
from types import FrameType

import click

from app import clock, config
from app.cli.reminders import planned, told
from app.config import Config
from app.delivery.reminders import send_due

log = logging.getLogger("hepatica.worker")


@click.command()
@click.option("--interval", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds.")
@click.option("--rounds", type=click.IntRange(min=1), help="Stop by itself after so many rounds.")
def worker(interval: float, rounds: int | None) -> None:
    """Plan and send reminders until SIGTERM or Ctrl-C; a message under way is finished first.

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
    done = 0
    while not stopping.is_set():
        _round(settings, stopping)
        done += 1
        if done == rounds:
            break
        stopping.wait(interval)
    log.info("worker stopped")


def _round(settings: Config, stopping: threading.Event) -> None:
    try:
        added = planned(settings)
        result = send_due(settings, clock=clock.now, stop=stopping.is_set)
    except Exception:
        log.exception("this round failed; the next one tries again")  # a database that restarts, a full disk
        return
    if added or any((result.sent, result.failed, result.written, result.uncertain)):
        log.info("planned: %s. %s", added, told(result, settings))
