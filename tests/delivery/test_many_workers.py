"""Workers that are killed at random send nothing twice, forget nothing, and show what was under way."""

import random
from pathlib import Path

import pytest

from app import clock
from app.cli.reminders import planned
from bench.posting.people import invited
from bench.posting.run import Outcome, Plan, run
from tests.fixtures.gateway import Gateway
from tests.fixtures.phone import configured

SIZE = 100
SILENCE = 0.03


def _run(url: str, directory: Path, workers: int, gateway: Gateway) -> Outcome:
    people = invited(url, SIZE, now=clock.now(), with_phones=True)
    chance = random.Random("a small run: gateway")
    gateway.server.answers = [None if chance.random() < SILENCE else 201 for _ in range(SIZE)]
    assert planned(configured(url)) == SIZE
    plan = Plan(
        url=url,
        directory=directory,
        seed="a small run",
        workers=workers,
        between_kills=(5, 15),
        stops_a_second=1,
        silence=SILENCE,
        interval=0.5,
    )
    return run(plan, people, gateway=gateway)


def _check(outcome: Outcome, gateway: Gateway) -> None:
    assert outcome.objections == []
    assert outcome.verdict.waiting == 0
    assert outcome.kills >= 2
    assert outcome.accepted > SIZE / 2
    assert len(gateway.texts) > SIZE / 4


@pytest.mark.slow
@pytest.mark.postgresql
def test_four_workers_on_postgresql(postgresql_url: str, tmp_path: Path, gateway: Gateway) -> None:
    outcome = _run(postgresql_url, tmp_path, 4, gateway)
    _check(outcome, gateway)
    assert outcome.faults == []  # no two waited for one another


@pytest.mark.slow
def test_one_worker_on_sqlite(sqlite_url: str, tmp_path: Path, gateway: Gateway) -> None:
    _check(_run(sqlite_url, tmp_path, 1, gateway), gateway)
