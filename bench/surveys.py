"""How many whole surveys a second the server takes: open, 12 answers saved one by one, send.

PostgreSQL with its own settings, gunicorn with the repository's, eight clients, all on this machine. Every
survey is another participant's. BENCH_SECONDS says for how long to measure.
"""

import json
import os
import runpy
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from tqdm import tqdm

from app import clock, database
from app.models import Answer, Response
from app.queries import audit
from bench.clients import Tally, work
from bench.cluster import Cluster, durable_cluster
from bench.crowd import Phone, crowd
from bench.processes import bound_by, child, usage
from tests.fixtures.server import serving

CLIENTS = 8
WARM_UP = 4.0
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
MOST_A_SECOND = 90
"""Phones that are prepared for each second."""


def measured(port: int, phones: list[Phone], cluster: Cluster) -> tuple[dict[str, Any], list[Tally]]:
    """Let the clients work for a while and return the figures of all of it but the warming up."""
    waiting: SimpleQueue[Phone] = SimpleQueue()
    for phone in phones:
        waiting.put(phone)
    stop = threading.Event()
    tallies = [Tally() for _ in range(CLIENTS)]
    clients = [threading.Thread(target=work, args=(port, waiting, stop, tally)) for tally in tallies]
    for each in clients:
        each.start()
    time.sleep(WARM_UP)
    server = child("gunicorn")
    begun, before = time.perf_counter(), usage(database=cluster.pid, server=server)
    for _ in tqdm(
        range(round(SECONDS * 2)), desc="Measuring", bar_format="{desc}: {percentage:3.0f}%|{bar}|"
    ):
        time.sleep(0.5)
    ended, after = time.perf_counter(), usage(database=cluster.pid, server=server)
    stop.set()
    for each in clients:
        each.join()
    for tally in tallies:
        if tally.fault is not None:
            raise tally.fault
    seconds, spent = ended - begun, after.since(before)
    sent = sum(begun <= at < ended for tally in tallies for at in tally.sent)
    saved = [took for tally in tallies for at, took in tally.saved if begun <= at < ended]
    opened = [took for tally in tallies for at, took in tally.opened if begun <= at < ended]
    requests = sent + len(saved) + len(opened)
    print(
        f"A page opened in {statistics.median(opened) * 1000:.1f} ms, an answer saved in"
        f" {statistics.median(saved) * 1000:.1f} ms (medians, {CLIENTS} clients at work)."
    )
    print(
        "Processor time a request:"
        f" server {spent.server / requests * 1000:.2f} ms,"
        f" database {spent.database / requests * 1000:.2f} ms,"
        f" client {spent.client / requests * 1000:.2f} ms."
    )
    print(f"Connections: {sum(tally.connections for tally in tallies)} for {CLIENTS} clients.")
    figures = {
        "surveys_per_second": round(sent / seconds, 1),
        "answers_per_second": round(len(saved) / seconds, 1),
        "p95_ms": round(statistics.quantiles(saved, n=20)[-1] * 1000, 1),
        "clients": CLIENTS,
        "database": cluster.version,
        "bound_by": bound_by(spent, seconds),
    }
    return figures, tallies


def stored(url: str) -> tuple[int, int]:
    """Return how many questionnaires were sent and how many answers saved, ever."""
    with database.reading(url) as session:
        return (
            session.scalar(select(func.count(Response.receipt))) or 0,
            session.scalar(select(func.count(Answer.id))) or 0,
        )


def check(url: str, before: tuple[int, int], tallies: list[Tally]) -> None:
    """Exit with an error unless everything that was acknowledged is there, once, with an unbroken trail."""
    after = stored(url)
    there = after[0] - before[0], after[1] - before[1]
    told = sum(len(tally.sent) for tally in tallies), sum(len(tally.saved) for tally in tallies)
    with database.reading(url) as session:
        broken = list(audit.verify(session))
    if there != told or broken:
        sys.exit(f"Surveys and answers acknowledged: {told}; stored: {there}; the trail: {broken[:3]}")
    print(f"All {told[0]} surveys and {told[1]} answers are stored, and the audit trail is unbroken.")


def main() -> None:
    workers = runpy.run_path("gunicorn.conf.py")["workers"]
    with durable_cluster() as cluster, tempfile.TemporaryDirectory() as directory:
        print(f"{cluster.version}, fsync on; gunicorn with {workers} workers; {CLIENTS} clients.")
        database.upgrade(cluster.url)
        phones = crowd(cluster.url, round((WARM_UP + SECONDS) * MOST_A_SECOND), now=clock.now())
        before = stored(cluster.url)
        settings = {"WEB_CONCURRENCY": str(workers), "INSTANCE": directory}
        with serving(cluster.url, Path(directory) / "log", settings) as server:
            figures, tallies = measured(urlsplit(server.url).port or 80, phones, cluster)
        check(cluster.url, before, tallies)
        database.engine(cluster.url).dispose()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
