"""A throw-away PostgreSQL cluster with PostgreSQL's own settings: what is committed is on the disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures import postgresql_cluster as clusters
from tests.fixtures.postgresql import newest_binaries

# Only where it listens is chosen here: on a socket of its own, so that no port can be taken.
SETTINGS = {"listen_addresses": ""}


@dataclass(frozen=True)
class Cluster:
    """A running cluster: the address of its one database, and its first process."""

    url: str
    pid: int
    version: str


@contextmanager
def durable_cluster() -> Iterator[Cluster]:
    """Run a cluster for as long as the block lasts."""
    binaries = newest_binaries()
    account = clusters.unprivileged()
    directory = Path(tempfile.mkdtemp(prefix="hepatica-bench-", dir=os.environ.get("BENCH_DIRECTORY")))
    try:
        if account:
            shutil.chown(directory, account.pw_uid, account.pw_gid)
        server = clusters.start(binaries, directory, clusters.command_prefix(account), SETTINGS)
        try:
            clusters.wait_until_ready(binaries, directory, server)
            url = f"postgresql://{clusters.ROLE}@/postgres?host={directory}"
            yield Cluster(url, server.pid, f"PostgreSQL {binaries.parts[-2]}")
        finally:
            clusters.stop(server)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
