"""How many reminders a second leave, by many workers that are killed at random: none twice, none forgotten.

PostgreSQL with its own settings, the mail server and all workers on this machine. Stops when nothing waits
any more, or after BENCH_SECONDS. BENCH_REMINDERS (100000) and BENCH_WORKERS (8) say how many; BENCH_SEED (1)
chooses the kills.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tqdm import tqdm

from app import clock, database
from bench.cluster import durable_cluster
from bench.posting.people import analyse, invited
from bench.posting.run import Outcome, Plan, run
from bench.processes import usage
from tests.fixtures.phone import SETTINGS

SHOWN = 20


def planned(url: str, directory: Path) -> None:
    """Plan in a process of its own, and say how long it took and how large it grew."""
    begun = time.perf_counter()
    planning = subprocess.Popen(
        [sys.executable, "-m", "app", "reminders", "plan"],
        env=os.environ | SETTINGS | {"DATABASE_URL": url, "INSTANCE": str(directory)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert planning.stdout is not None  # noqa: S101 - piped
    said = planning.stdout.read().strip()
    _, status, used = os.wait4(planning.pid, 0)
    planning.returncode = os.waitstatus_to_exitcode(status)
    if planning.returncode:
        sys.exit(f"planning failed: {said}")
    print(f"{said} in {time.perf_counter() - begun:.1f} s, {used.ru_maxrss / 1024:.0f} MB.")


def ended_children() -> float:
    """Return the processor time of all processes that this one started and whose end it has seen."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(outcome: Outcome) -> None:
    """Say what was found."""
    for line in outcome.objections[:SHOWN]:
        print(line)
    for fault in outcome.faults[:3]:
        print(f"A round failed: ...{fault[-600:]}")
    print(
        f"{outcome.accepted} accepted in {outcome.seconds:.0f} s; {outcome.kills} workers killed,"
        f" {len(outcome.faults)} rounds failed, {outcome.stopped} participants stopped meanwhile."
    )


def main() -> None:
    size = int(os.environ.get("BENCH_REMINDERS", "100000"))
    with durable_cluster() as cluster, tempfile.TemporaryDirectory(prefix="hepatica-posting-") as directory:
        plan = Plan(
            url=cluster.url,
            directory=Path(directory),
            seed=os.environ.get("BENCH_SEED", "1"),
            workers=int(os.environ.get("BENCH_WORKERS", "8")),
            seconds=float(os.environ.get("BENCH_SECONDS", "inf")),
        )
        print(f"{cluster.version}, fsync on; {plan.workers} workers; seed {plan.seed}.")
        database.upgrade(cluster.url)
        people = invited(cluster.url, size, now=clock.now())
        planned(cluster.url, plan.directory)
        analyse(cluster.url)
        before, begun = usage(database=cluster.pid, server=os.getpid()), time.perf_counter()
        workers = ended_children()
        with tqdm(total=size, desc="Handed over", unit="", mininterval=5) as bar:

            def progress(total: int) -> None:
                bar.update(total - bar.n)

            outcome = run(plan, people, progress)
        seconds = time.perf_counter() - begun
        spent = usage(database=cluster.pid, server=os.getpid()).since(before)
        each = 1000 / max(outcome.accepted, 1)
        print(
            f"Processor time a message: workers {(ended_children() - workers) * each:.1f} ms, database"
            f" {spent.database * each:.1f} ms, mail server and judge"
            f" {spent.client * each:.1f} ms, everything on the machine {spent.machine * each:.1f} ms;"
            f" {spent.machine / seconds:.2f} cores were busy."
        )
        told(outcome)
        database.engine(cluster.url).dispose()
    print(json.dumps(outcome.figures()))
    sys.exit(bool(outcome.objections))


if __name__ == "__main__":
    main()
