"""Worker processes as an installation runs them, killed with SIGKILL at random moments and started again."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
FAILED = "this round failed"


class Crew:
    """So many workers, for as long as the block lasts; at its end they are told to finish."""

    def __init__(self, size: int, settings: Mapping[str, str], directory: Path, *, interval: float) -> None:
        self._settings, self._directory, self._interval = dict(settings), directory, interval
        self._workers: list[subprocess.Popen[bytes] | None] = [None] * size
        self._lock = threading.Lock()
        self.kills = 0

    def __enter__(self) -> Self:
        for number in range(len(self._workers)):
            self._start(number)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            there = [each for each in self._workers if each is not None]
        for worker in there:
            worker.send_signal(signal.SIGTERM)
        for worker in there:
            try:
                worker.wait(60)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
                raise

    def _start(self, number: int) -> None:
        with (self._directory / f"worker-{number}.log").open("ab") as log:
            self._workers[number] = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "KILL", "--"),
                    *(sys.executable, "-m", "app", "worker", "--interval", str(self._interval)),
                ],
                cwd=ROOT,
                env=os.environ | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, number: int, *, away: float) -> None:
        """End a worker in the middle of whatever it does; another takes its place after so many seconds."""
        worker = self._workers[number]
        assert worker is not None  # noqa: S101 - all are started on entering
        worker.kill()
        worker.wait()
        self.kills += 1
        time.sleep(away)
        self._start(number)

    def keep_killing(
        self, seed: str, between: tuple[int, int], done: Callable[[], int], stop: threading.Event
    ) -> None:
        """Kill one each time that so many more messages are `done`, and a moment more, until told to stop."""
        chance = random.Random(f"{seed}:kills")
        moment = 0.05  # a few messages: anywhere within one
        next_one = chance.randint(*between)
        while not stop.wait(0.01):
            if done() < next_one:
                continue
            if stop.wait(chance.uniform(0, moment)):
                break
            self.kill(chance.randrange(len(self._workers)), away=chance.uniform(0, moment))
            next_one = done() + chance.randint(*between)

    def faults(self) -> list[str]:
        """Return what the workers said of rounds that failed."""
        said = [path.read_text(errors="replace") for path in sorted(self._directory.glob("worker-*.log"))]
        return [part.strip() for text in said for part in text.split(FAILED)[1:]]
