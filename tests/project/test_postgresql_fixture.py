"""The tests' own PostgreSQL is what the project promises to run on, and goes when the run goes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.fixtures.postgresql import Cluster, NewDatabase, newest_binaries

pytestmark = pytest.mark.postgresql

CLUSTER = "tests.fixtures.postgresql_cluster"


def test_it_answers_and_is_version_15_or_newer(postgresql: Cluster) -> None:
    with psycopg.connect(postgresql.url("postgres")) as connection:
        assert connection.info.server_version >= 150_000


def test_it_listens_on_no_port(postgresql: Cluster) -> None:
    with psycopg.connect(postgresql.url("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_copy_does_not_see_what_another_copy_holds(new_postgresql_database: NewDatabase) -> None:
    with new_postgresql_database("template1") as one, new_postgresql_database("template1") as other:
        with psycopg.connect(one) as connection:
            connection.execute("CREATE TABLE mark (number integer)")
        with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("TABLE mark")


@pytest.fixture
def owner() -> Iterator[subprocess.Popen[bytes]]:
    """A process in the place of a test run."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def start_cluster(owner: int) -> tuple[subprocess.Popen[str], Path]:
    keeper = subprocess.Popen(
        [sys.executable, "-m", CLUSTER, "--binaries", newest_binaries(), "--until-exit-of", str(owner)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout
    with keeper.stdout as output:
        said = output.readline()
    return keeper, Path(said.split('"socket": "')[1].split('"')[0])


def server_of(directory: Path) -> int:
    return int((directory / "data" / "postmaster.pid").read_text().splitlines()[0])


def gone(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_it_ends_and_leaves_nothing_when_the_run_is_killed(owner: subprocess.Popen[bytes]) -> None:
    keeper, directory = start_cluster(owner.pid)
    server = server_of(directory)
    owner.kill()
    assert keeper.wait(20) == 0
    assert gone(server)
    assert not directory.exists()


def test_the_server_ends_also_when_its_keeper_is_killed(owner: subprocess.Popen[bytes]) -> None:
    keeper, directory = start_cluster(owner.pid)
    server = server_of(directory)
    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    ended = gone(server)
    shutil.rmtree(directory)
    assert ended
