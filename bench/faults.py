"""Surveys answered while network, clock, browser and server fail: what was seen as saved is there, once.

1,000 surveys, several phones at a time, on PostgreSQL; after BENCH_SECONDS no survey begins any more.
BENCH_SEED chooses the faults (1), BENCH_SURVEYS how many surveys there are, BENCH_BROWSERS how many phones
answer at a time; BENCH_PHONE=17 repeats one phone of a seed alone. See bench/campaign/__init__.py.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from app import database
from bench.campaign.diary import Diary
from bench.campaign.judge import judged, stored
from bench.campaign.run import Outcome, Plan, campaign
from bench.cluster import durable_cluster

OUT = Path("out") / "faults"


def run(plan: Plan) -> Outcome:
    """Run a campaign and show how far it is."""
    with tqdm(total=plan.surveys, desc="Surveys", unit="") as bar:

        def progress(diary: Diary) -> None:
            bar.update(len(diary.surveys))
            for objection in judged([diary], stored(plan.url)).objections:
                bar.write(objection)

        return asyncio.run(campaign(plan, progress))


def report(outcome: Outcome, seed: str, *, keep_all: bool) -> bool:
    """Say what was found, leave the diaries of what was objected to; return whether nothing was."""
    shutil.rmtree(OUT, ignore_errors=True)
    for diary in outcome.diaries:
        if keep_all or any(
            objection.startswith(f"{diary.name} ") for objection in outcome.verdict.objections
        ):
            print(f"{diary.write(OUT)}: BENCH_SEED={seed} BENCH_PHONE={diary.name.removeprefix('phone-')}")
    for line in [*outcome.verdict.objections, *outcome.exceptions, *outcome.broken_trail]:
        print(line)
    return not (outcome.verdict.objections or outcome.broken_trail)


def main() -> None:
    seed, only = os.environ.get("BENCH_SEED", "1"), os.environ.get("BENCH_PHONE")
    with durable_cluster() as cluster, tempfile.TemporaryDirectory(prefix="hepatica-faults-") as directory:
        plan = Plan(
            url=cluster.url,
            directory=Path(directory),
            seed=seed,
            surveys=int(os.environ.get("BENCH_SURVEYS", "1000")),
            browsers=int(os.environ.get("BENCH_BROWSERS", "6")),
            seconds=float(os.environ.get("BENCH_SECONDS", "inf")),
            only=int(only) if only else None,
            settings={"WEB_CONCURRENCY": "2"},
        )
        print(f"{cluster.version}, seed {seed}, {plan.browsers} phones at a time.")
        database.upgrade(cluster.url)
        outcome = run(plan)
        clean = report(outcome, seed, keep_all=only is not None)
        database.engine(cluster.url).dispose()
    print(json.dumps(outcome.figures()))
    sys.exit(not clean)


if __name__ == "__main__":
    main()
