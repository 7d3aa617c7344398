"""How fast staff pages are among many participants: the start of the day, lists, searches, completion.

PostgreSQL with its own settings and a registry of `BENCH_PARTICIPANTS` (100,000) participants at sites of 500
with ten visits each; pages are asked of the application through WSGI, in this process, without a network.
"""

import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from tqdm import tqdm

from app import clock, config, database
from app.domain.actor import Role
from app.operations.accounts import add_account
from app.operations.sessions import begin_session
from app.operations.sign_in import LASTING
from app.web import create_app
from app.web.gate import STAFF_COOKIE
from bench.cluster import durable_cluster
from bench.registry import ACTOR, Registry, registry
from tests.fixtures.phone import SETTINGS

PARTICIPANTS = int(os.environ.get("BENCH_PARTICIPANTS", "100000"))
PER_SITE = 500
TIMES = int(os.environ.get("BENCH_TIMES", "21"))


@dataclass(frozen=True)
class Figure:
    """One page: the median in milliseconds, the processor time of this process, and its statements."""

    ms: float
    own_ms: float
    statements: int


def signed_in(app: Flask, url: str, found: Registry, role: Role, site: str | None) -> FlaskClient:
    """Return the browser of a new member of staff."""
    with database.writing(url) as session:
        account_id = add_account(
            session,
            email=f"{role}@example.org",
            name=f"A {role}",
            role=role,
            study_id=found.study_id,
            site=site,
            password="correct horse battery staple",  # noqa: S106 - of a database that is thrown away
            actor=ACTOR,
            now=clock.now(),
        )
        secret = begin_session(session, now=clock.now(), lasting=LASTING, account_id=account_id)
    client = app.test_client()
    client.set_cookie(STAFF_COOKIE, secret, path="/staff")
    return client


def measured(client: FlaskClient, url: str, address: str) -> Figure:
    """Ask for a page several times after twice; the answer is read to its end."""
    engine, statements = database.engine(url), 0

    def note(*_: object) -> None:
        nonlocal statements
        statements += 1

    took, own = [], []
    for number in range(TIMES + 2):
        if number == 1:
            event.listen(engine, "before_cursor_execute", note)
        begun, used = time.perf_counter(), time.process_time()
        answer = client.get(f"/staff{address}")
        size = len(answer.get_data())
        took.append(time.perf_counter() - begun)
        own.append(time.process_time() - used)
        if number == 1:
            event.remove(engine, "before_cursor_execute", note)
        if answer.status_code not in (200, 302) or not size:
            raise ValueError(f"{address}: {answer.status}")
    return Figure(statistics.median(took[2:]) * 1000, statistics.median(own[2:]) * 1000, statements)


def pages(found: Registry) -> dict[str, tuple[str, str]]:
    """Return what is measured: by whom and at which address."""
    middle = found.sites[len(found.sites) // 2]
    code = f"{middle.upper()}-0250"
    return {
        "today, one site": ("coordinator", "/today"),
        "worklist, one site": ("coordinator", "/"),
        "completion, one site": ("coordinator", "/completion"),
        "visit list, one site": ("coordinator", "/visits"),
        "worklist, everyone": ("administrator", "/"),
        "worklist, everyone, by code": ("administrator", "/?sort=code"),
        "worklist, everyone, page 10": ("administrator", "/?page=10"),
        "worklist, everyone, all states": ("administrator", "/?state=all"),
        "worklist, everyone, missed": ("administrator", "/?state=missed"),
        "worklist, everyone, one visit": ("administrator", "/?visit=week-12"),
        "participants": ("administrator", "/participants"),
        "participants, page 1000": ("administrator", "/participants?page=1000"),
        "participants, part of a code": ("administrator", "/participants?search=-0250"),
        "find a code": ("administrator", f"/find?search={code}"),
        "find a code in small letters": ("administrator", f"/find?search={code.lower()}"),
        "find the beginning of a code": ("administrator", f"/find?search={code[:6]}"),
        "find a part of a code": ("administrator", f"/find?search={code[2:]}"),
        "find what is not there": ("administrator", "/find?search=nobody"),
        "today, everyone": ("administrator", "/today"),
        "completion, everyone": ("administrator", "/completion"),
    }


LISTS = ("worklist, everyone", "participants", "participants, page 1000")


def main() -> None:
    with durable_cluster() as cluster, tempfile.TemporaryDirectory() as directory:
        database.upgrade(cluster.url)
        begun = time.perf_counter()
        found = registry(cluster.url, participants=PARTICIPANTS, per_site=PER_SITE, now=clock.now())
        print(
            f"{cluster.version}, fsync on: {found.participants} participants at {len(found.sites)} sites,"
            f" {found.occasions} occasions, loaded in {time.perf_counter() - begun:.0f} s."
        )
        settings = SETTINGS | {"DATABASE_URL": cluster.url, "INSTANCE": str(Path(directory))}
        app = create_app(config.load(settings))
        browsers = {
            "coordinator": signed_in(
                app, cluster.url, found, "coordinator", found.sites[1 % len(found.sites)]
            ),
            "administrator": signed_in(app, cluster.url, found, "administrator", None),
        }
        figures = {}
        for name, (role, address) in tqdm(pages(found).items(), desc="Measuring", leave=False, disable=None):
            figures[name] = measured(browsers[role], cluster.url, address)
        for name, figure in figures.items():
            print(
                f"{name:36} {figure.ms:8.1f} ms  {figure.own_ms:7.1f} of it in Python"
                f"  {figure.statements:3} statements"
            )
        database.engine(cluster.url).dispose()
    searches = [figure.ms for name, figure in figures.items() if name.startswith("find ")]
    print(
        json.dumps(
            {
                "dashboard_ms": round(figures["today, one site"].ms, 1),
                "list_ms": round(max(figures[name].ms for name in LISTS), 1),
                "search_ms": round(max(searches), 1),
                "completion_ms": round(figures["completion, everyone"].ms, 1),
                "participants": found.participants,
            }
        )
    )


if __name__ == "__main__":
    main()
