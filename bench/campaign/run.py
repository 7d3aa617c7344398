"""A whole campaign: many phones at a time, the server killed meanwhile, everything judged at the end."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright, async_playwright

from app import clock, database
from app.queries import audit
from bench.campaign.browser import Handset
from bench.campaign.diary import Diary
from bench.campaign.fates import FATES
from bench.campaign.judge import AFTER_SENDING, Verdict, has, judged, stored
from bench.campaign.network import BadNetwork
from bench.campaign.participant import Participant
from bench.campaign.people import SURVEYS_EACH, invited, load
from bench.campaign.server import Server
from tests.fixtures.phone import SETTINGS

KILLS = ("reload", "close_page", "kill_browser", "flight_mode", "tunnel", "clock", "back")

Progress = Callable[[Diary], None]


@dataclass(frozen=True)
class Plan:
    """How large a campaign is; `only` replays one phone of it."""

    url: str
    directory: Path
    seed: str
    surveys: int
    browsers: int
    seconds: float = float("inf")
    between_kills: tuple[float, float] = (4.0, 20.0)
    each: int = SURVEYS_EACH
    only: int | None = None
    settings: dict[str, str] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a campaign found."""

    diaries: list[Diary]
    verdict: Verdict
    server: Counter[str]
    exceptions: list[str]
    broken_trail: list[str]
    minutes: float

    def figures(self) -> dict[str, Any]:
        """Return what the benchmark ends with."""
        surveys = [survey for diary in self.diaries for survey in diary.surveys.values()]
        counts = sum((diary.counts for diary in self.diaries), Counter[str]()) + self.server
        given = [given for survey in surveys for given in survey.answers.values()]
        return {
            "surveys": len(surveys),
            "answers": sum(each.seen is not None for each in given),
            "lost": len(self.verdict.lost),
            "duplicated": len(self.verdict.duplicated),
            "received_not_stored": len(self.verdict.received_not_stored),
            "lost_after_sending": sum(AFTER_SENDING in each for each in self.verdict.lost),
            "receipts": sum(bool(survey.receipts) for survey in surveys),
            "left_on_phones": sum(diary.left_over for diary in self.diaries),
            "faults": {fate: counts[fate] for fate in FATES if fate != "pass"},
            "kills": {kind: counts[kind] for kind in (*KILLS, "worker", "server")},
            "requests_passed": counts["pass"],
            "surveys_a_minute": round(len(surveys) / self.minutes, 1),
        }


async def campaign(plan: Plan, progress: Progress) -> Outcome:
    """Run it; `progress` hears of each phone that is through."""
    plan.directory.mkdir(parents=True, exist_ok=True)
    study_id = load(plan.url, now=clock.now())
    settings = SETTINGS | {"INSTANCE": str(plan.directory)} | plan.settings
    server = Server(plan.url, plan.directory / "server.log", settings)
    await asyncio.to_thread(server.start)
    kills: Counter[str] = Counter()
    killing = asyncio.create_task(_keep_killing(server, plan, kills))
    phones = iter(range(-(-plan.surveys // plan.each)) if plan.only is None else [plan.only])
    begun, diaries = time.perf_counter(), list[Diary]()

    async def one_after_another(playwright: Playwright) -> None:
        for number in phones:
            if time.perf_counter() - begun > plan.seconds:
                return
            diary = await _phone(plan, playwright, study_id, number, server.port, begun)
            diaries.append(diary)
            progress(diary)

    try:
        async with async_playwright() as playwright:
            await asyncio.gather(*(one_after_another(playwright) for _ in range(plan.browsers)))
        minutes = (time.perf_counter() - begun) / 60
    finally:
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
        await asyncio.to_thread(server.stop)
    with database.reading(plan.url) as session:
        broken = [str(each) for each in audit.verify(session)]
    verdict = judged(diaries, stored(plan.url))
    return Outcome(diaries, verdict, kills, server.exceptions(), broken, minutes)


async def _phone(
    plan: Plan, playwright: Playwright, study_id: int, number: int, port: int, begun: float
) -> Diary:
    """Let one participant answer all surveys on one phone, then heal everything and come back once."""
    who = invited(plan.url, study_id, number, now=clock.now())
    diary, seed = Diary(f"phone-{number}"), f"{plan.seed}/{number}"
    handset = Handset(playwright, plan.directory / diary.name, lambda *_: None)
    async with BadNetwork(seed, port, diary.tell) as network:
        person = Participant(seed, who, handset, network, diary, partial(has, plan.url))
        for survey in range(plan.each):
            if time.perf_counter() - begun > plan.seconds:
                break
            await person.answer(survey)
        await person.drain()
    return diary


async def _keep_killing(server: Server, plan: Plan, kills: Counter[str]) -> None:
    """Kill a worker, or the whole server, which then is away for a moment; for ever."""
    chance = random.Random(f"{plan.seed}:server")
    while True:
        await asyncio.sleep(chance.uniform(*plan.between_kills))
        if chance.random() < 0.6:
            server.kill_a_worker(chance.randrange(8))
            kills["worker"] += 1
        else:
            server.kill()
            kills["server"] += 1
            await asyncio.sleep(chance.uniform(0.1, 2))
            await asyncio.to_thread(server.start)
