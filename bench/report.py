"""How long the full report takes and how much memory: on the demo study, and on a large trial.

Each report is `python -m analysis report` in a process of its own. BENCH_PARTICIPANTS says how large the
trial is, BENCH_SECONDS after how long its report is stopped, BENCH_SEED chooses the data.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app import database
from bench.long_trial import long_trial

PARTICIPANTS = int(os.environ.get("BENCH_PARTICIPANTS", "10000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "inf"))
SEED = int(os.environ.get("BENCH_SEED", "1"))


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds by the clock and of the processor, and the most memory it ever held."""

    seconds: float
    processor: float
    peak_mb: float
    stopped: bool

    def __str__(self) -> str:
        """For people."""
        end = ", stopped before its end" if self.stopped else ""
        return f"{self.seconds:.1f} s ({self.processor:.1f} s of the processor), {self.peak_mb:.0f} MB{end}"


def cost(command: list[str], *, environment: dict[str, str], longest: float = float("inf")) -> Cost:
    """Run a command to its end, or for as long as it may run; exits where it fails."""
    begun, stopped = time.perf_counter(), False
    child = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    while True:
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
        seconds = time.perf_counter() - begun
        if ended:
            break
        if seconds > longest and not stopped:
            child.kill()
            stopped = True
        time.sleep(0.05)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode and not stopped:
        sys.exit(f"{' '.join(command[1:])} ended with {child.returncode}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, stopped)


def report(url: str, folder: Path, *, longest: float = float("inf")) -> Cost:
    """Write the report of a database's only study."""
    command = [sys.executable, "-m", "analysis", "report", "--database-url", url, "--out", str(folder)]
    return cost(command, environment={}, longest=longest)


def demo(directory: Path) -> Cost:
    """Make the demo study as `make run` does, and write its report."""
    url = f"sqlite:///{directory / 'demo.db'}"
    settings = {"INSTANCE": str(directory), "DATABASE_URL": url}
    cost([sys.executable, "-m", "app", "database", "upgrade"], environment=settings)
    cost([sys.executable, "-m", "app", "demo"], environment=settings)
    return report(url, directory / "demo")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hepatica-report-") as held:
        directory = Path(held)
        small = demo(directory)
        print(f"The demo study: {small}.")
        url, begun = f"sqlite:///{directory / 'trial.db'}", time.perf_counter()
        database.upgrade(url)
        made = long_trial(url, participants=PARTICIPANTS, seed=SEED)
        database.engine(url).dispose()
        print(f"{made}, loaded in {time.perf_counter() - begun:.0f} s.")
        large = report(url, directory / "trial", longest=SECONDS)
        print(f"Its report: {large}.")
        for file in ("report.html", "results.json"):
            if (found := directory / "trial" / file).is_file():
                print(f"{file}: {found.stat().st_size / 1e6:.1f} MB")
    print(
        json.dumps(
            {
                "demo_s": round(small.seconds, 1),
                "participants": made.participants,
                "visits": made.visits,
                "stays": made.stays,
                "seconds": None if large.stopped else round(large.seconds, 1),
                "peak_mb": round(large.peak_mb),
            }
        )
    )


if __name__ == "__main__":
    main()
