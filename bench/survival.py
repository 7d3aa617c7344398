"""Kaplan-Meier and log-rank of very many participants in a database, beside R with the same rows in memory.

BENCH_ROWS (1000000) participants with events, readings, sightings, infusions and withdrawals in PostgreSQL
with its own settings, and where they are a million or fewer in SQLite too. For BENCH_SECONDS (60), and for
three rounds at least, the sides take turns: ours counts outcomes in the database and estimates from the
counts; R's `survfit` and `survdiff` find the rows in memory. What they find has to be the same.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from tqdm import tqdm

from analysis import survival_counts
from app import database
from bench.cluster import Cluster, durable_cluster
from bench.copied import copied
from bench.followed import CUTOFF_ON, followed
from bench.processes import usage

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
AT_LEAST = 3
IN_SQLITE = 1_000_000
SAME = 1e-9

Figures = dict[str, Any]


class Side:
    """A process that measures once for each line it is sent, and answers with its figures."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"TZ": "UTC"}
        )

    def measure(self) -> Figures:
        """Let it measure once."""
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("not piped")
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args!r} ended without an answer")
        found: Figures = json.loads(answer)
        return found

    def end(self) -> None:
        """Let it go."""
        self.process.communicate()


def ours(url: str) -> Side:
    return Side(sys.executable, "-m", "bench.counted", url)


def handed_to_r(url: str, folder: Path) -> None:
    """Write a row for each participant, in no order, as R reads them fastest."""
    counts = survival_counts(url, endpoint="TFS", cutoff=CUTOFF_ON)
    rows = np.repeat(np.arange(len(counts)), counts["count"])
    np.random.default_rng(1).shuffle(rows)
    columns = {"day": counts["duration"], "event": counts["event"], "arm": counts["group"].cat.codes}
    for name, column in columns.items():
        column.to_numpy(np.int32)[rows].tofile(folder / name)


def in_turns(sides: dict[str, Side], database_cpu: Callable[[], float]) -> dict[str, list[Figures]]:
    """Measure one after the other until the time is over, after once each to warm up."""
    found: dict[str, list[Figures]] = {name: [] for name in sides}
    for side in sides.values():
        side.measure()
    begun = time.perf_counter()
    for done in tqdm(count(), desc="Rounds", leave=False, disable=None):
        if done >= AT_LEAST and time.perf_counter() - begun > SECONDS:
            break
        for name, side in sides.items():
            used = database_cpu()
            figures = side.measure()
            found[name].append(figures | {"database_cpu_s": database_cpu() - used})
    for side in sides.values():
        side.end()
    return found


def median(rounds: list[Figures], *names: str) -> float:
    return statistics.median(float(sum(each[name] for name in names)) for each in rounds)


def compare(one: Figures, other: Figures) -> None:
    """Stop where the two sides find different numbers."""
    pairs = zip([one["statistic"], *one["survival"]], [other["statistic"], *other["survival"]], strict=True)
    if not all(abs(a - b) <= SAME * max(1, abs(b)) for a, b in pairs):
        sys.exit(f"not the same: {one} and {other}")


def told(name: str, rounds: list[Figures]) -> None:
    parts = [key for key in rounds[0] if key.endswith("_s") and "cpu" not in key]
    used = median(rounds, "cpu_s", "database_cpu_s")
    times = ", ".join(f"{key.removesuffix('_s')} {median(rounds, key):.3f} s" for key in parts)
    print(f"{name:12} {times}; processor time {used:.2f} s; median of {len(rounds)}")


def measured(cluster: Cluster, folder: Path) -> Figures:
    begun = time.perf_counter()
    followed(cluster.url, ROWS)
    sides = {"PostgreSQL": ours(cluster.url)}
    if ROWS <= IN_SQLITE:
        sides["SQLite"] = ours(copied(cluster.url, folder / "followed.db"))
    if which("Rscript"):
        handed_to_r(cluster.url, folder)
        sides["R"] = Side("Rscript", str(Path(__file__).with_suffix(".R")), str(folder))
    print(
        f"{cluster.version}, {ROWS} participants, loaded in {time.perf_counter() - begun:.0f} s; load of the"
        f" machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
    )
    found = in_turns(sides, lambda: usage(database=cluster.pid, server=0).database)
    for name, rounds in found.items():
        told(name, rounds)
    ours_s = median(found["PostgreSQL"], "query_s", "estimators_s")
    last = found["PostgreSQL"][-1]
    figures: Figures = {
        "rows": last["rows"],
        "ours_s": round(ours_s, 3),
        "r_s": None,
        "ratio": None,
        "peak_mb": round(last["peak_mb"], 1),
        "counts": last["counts"],
    }
    if "SQLite" in found:
        compare(last, found["SQLite"][-1])
        figures["sqlite_s"] = round(median(found["SQLite"], "query_s", "estimators_s"), 3)
    if "R" in found:
        compare(last, found["R"][-1])
        r_s = median(found["R"], "survfit_s", "survdiff_s")
        figures |= {"r_s": round(r_s, 3), "ratio": round(ours_s / r_s, 3)}
        figures["r_survfit_s"] = round(median(found["R"], "survfit_s"), 3)
    return figures


def main() -> None:
    with durable_cluster() as cluster, tempfile.TemporaryDirectory() as directory:
        database.upgrade(cluster.url)
        figures = measured(cluster, Path(directory))
        database.engine(cluster.url).dispose()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
