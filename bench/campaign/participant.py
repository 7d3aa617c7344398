"""Someone who answers every survey on one phone, whatever happens, and notes what was given and seen."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Error

from bench.campaign.browser import Handset, Look
from bench.campaign.diary import Diary, Survey
from bench.campaign.mishaps import befall, mishap
from bench.campaign.network import BadNetwork
from bench.campaign.people import Invited
from tests.fixtures.phone import BIRTH_YEAR

PATIENCE = 60.0
"""After so many seconds without a receipt somebody leaves a survey as it is and goes on to the next."""
LOOKS_AFTER_SENDING = 40
DRAINING = 45.0
STUCK = 90.0
"""A browser that says nothing for so long is killed, as anybody would."""
CHANGES_ONE = 0.15
SHOWN_TWICE = 2

Stored = Callable[[str, str, str], bool]
"""Whether the database has a value (path, item, value) at this moment."""


@dataclass
class Participant:
    """One participant with one phone."""

    seed: str
    who: Invited
    handset: Handset
    network: BadNetwork
    diary: Diary
    stored: Stored
    _step: int = 0
    _lost_sight: int = 0
    _misfortune: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        self.handset.saw = self.saw

    def saw(self, path: str, item: str, value: str, state: str) -> None:
        """Hear from the page that it has shown an answer as saved for long enough to be seen."""
        survey = self.diary.surveys.get(path)
        if survey is None or not survey.see(item, value, state):
            return
        self.diary.note("saw", f"{path} {item}={value} {state}")
        if state == "received" and not self.stored(path, item, value):
            survey.untrue.append(f"{item}={value}")
            self.diary.note("untrue", f"{path} {item}={value}")

    async def answer(self, number: int) -> None:
        """Answer one of the surveys, through everything that happens meanwhile."""
        path = self.who.surveys[number]
        survey = self.diary.surveys.setdefault(path, Survey(path))
        self.chance = random.Random(f"{self.seed}:survey:{number}")
        self._step, until, over = 0, time.perf_counter() + PATIENCE, False
        await self._try(self._leave())  # so that no page is taken for one of this survey
        await self._try(self._open(survey))
        while not over and time.perf_counter() < until:
            self._step += 1
            what = mishap(self.seed, number, self._step)
            if what is not None and (self._misfortune is None or self._misfortune.done()):
                self._misfortune = asyncio.create_task(befall(what, self.handset, self.network, self.diary))
            over = await self._try(self._next(survey))
        self.diary.tell("finished" if over else "given up", path)

    async def drain(self) -> None:
        """Come back once to everything that is not known to have arrived, on a network that works."""
        await self._try(self._misfortune_over())
        await self.network.heal()
        open_surveys = [each for each in self.diary.surveys.values() if not each.receipts]
        for survey in open_surveys or list(self.diary.surveys.values())[-1:]:
            await self._try(self._leave())  # a page still open goes to its own receipt, not to this survey's
            await self._try(self._open(survey))
            await self._try(self._wait_until_sent(survey))
        await self.handset.kill()

    async def _try(self, doing: Awaitable[bool]) -> bool:
        try:
            async with asyncio.timeout(STUCK):
                return await doing
        except TimeoutError:
            self.diary.tell("stuck")
            await self.handset.kill()
        except Error as error:
            self.diary.note("could not", str(error).splitlines()[0])
            await asyncio.sleep(0.2)
        return False

    async def _misfortune_over(self) -> bool:
        if self._misfortune is not None:
            await self._misfortune
        return True

    async def _leave(self) -> bool:
        await self.handset.close_page()
        return False

    async def _open(self, survey: Survey) -> bool:
        page = await self.handset.page()
        await page.goto(f"http://127.0.0.1:{self.network.port}{survey.path}", wait_until="domcontentloaded")
        survey.begun = True
        return False

    async def _wait_until_sent(self, survey: Survey) -> bool:
        until = time.perf_counter() + DRAINING
        while time.perf_counter() < until:
            seen = await self.handset.look()
            if seen.where == "link" or (seen.where == "other" and "/survey/" in seen.path):
                await self._come_in()
                await self._open(survey)
            self.diary.left_over = await self.handset.waiting()
            if seen.where == "receipt":
                self._got(survey, seen.receipt)
            if not self.diary.left_over:
                return True
            await asyncio.sleep(0.25)
        return False

    async def _next(self, survey: Survey) -> bool:
        """Do what the page in front asks for; return whether the survey is over."""
        await asyncio.sleep(self.chance.uniform(0.02, 0.35))
        seen = await self.handset.look()
        self.diary.note("look", f"{seen.where} {seen.path} {seen.item} {seen.state}")
        if seen.where != "other":
            self._lost_sight = 0
        match seen.where:
            case "receipt":
                self._got(survey, seen.receipt)
                return True
            case "link":
                await self._come_in()
            case "start":
                await (await self.handset.page()).locator("#begin").click()
            case "question":
                await self._choose(survey, seen)
            case "review":
                return await self._review(survey, seen)
            case "bare":
                await self._without_script(survey)
            case _:
                await self._find_the_way(survey)
        if seen.where == "link":
            await self._open(survey)
        return False

    async def _find_the_way(self, survey: Survey) -> None:
        """Open the survey again, and where that led nowhere twice, the link."""
        self._lost_sight += 1
        if self._lost_sight > SHOWN_TWICE:
            self._lost_sight = 0
            await self._come_in()
        await self._open(survey)

    async def _come_in(self) -> None:
        page = await self.handset.page()
        await page.goto(f"http://127.0.0.1:{self.network.port}{self.who.link}", wait_until="domcontentloaded")
        if (await self.handset.look()).where != "link":
            return  # a phone that is in already shows its first page
        await page.locator("#birth_year").fill(BIRTH_YEAR)
        await page.locator("button.main").click()
        await page.wait_for_url("**/today", wait_until="domcontentloaded")

    async def _choose(self, survey: Survey, seen: Look) -> None:
        page = await self.handset.page()
        if not seen.checked or self.chance.random() < CHANGES_ONE:
            await self._give(survey, seen.item, seen.values)
            await asyncio.sleep(self.chance.choice((0.0, 0.05, 0.2, 0.5)))
            if self.chance.random() < CHANGES_ONE:
                await self._give(survey, seen.item, seen.values)
        if self.chance.random() < 0.05:
            await self._speak_another_language()
            return
        where = "#back" if self.chance.random() < 0.07 else "#next"
        await page.locator(where).click()

    async def _give(self, survey: Survey, item: str, values: list[str]) -> None:
        """Choose a value that was not given yet, so that each can be told apart."""
        given = survey.answers[item].values if item in survey.answers else []
        unused = [value for value in values if value not in given]
        if not unused:
            return
        value = self.chance.choice(unused)
        survey.give(item, value)
        self.diary.note("give", f"{survey.path} {item}={value}")
        page = await self.handset.page()
        await page.locator(f'.choice:has(input[name="{item}"][value="{value}"])').click()

    async def _speak_another_language(self) -> None:
        page = await self.handset.page()
        await page.locator("details.languages summary").click()
        await page.locator("details.languages button").first.click()

    async def _review(self, survey: Survey, seen: Look) -> bool:
        page = await self.handset.page()
        if seen.state == "received" and not await page.locator("#finish button").is_visible():
            await page.locator("#status a").click()  # to the receipt that did not open by itself
            return False
        if self.chance.random() < CHANGES_ONE:
            await page.locator("#answers button").nth(self.chance.randrange(len(seen.given) or 1)).click()
            return False
        survey.send()
        self.diary.note("send", survey.path)
        await page.locator("#finish button").click()
        for _ in range(LOOKS_AFTER_SENDING):
            await asyncio.sleep(0.15)
            after = await self.handset.look()
            if after.where == "receipt":
                self._got(survey, after.receipt, seen.given)
                return True
            if after.where not in ("review", "other"):
                return False
            if after.later and after.state == "saved":
                survey.promised = True
                self.diary.tell("promised", survey.path)
                if self.chance.random() < 0.5:
                    return True  # and goes away, as the page allows
        if self.chance.random() < 0.3:
            await page.reload()
        return False

    async def _without_script(self, survey: Survey) -> None:
        """Answer the one long page of a phone whose script did not arrive; or try again to load it."""
        page = await self.handset.page()
        if self.chance.random() < 0.6:
            await page.reload()
            return
        given: dict[str, str] = {}
        for question in await page.locator(".question").all():
            inputs = await question.locator("input[type=radio]").all()
            item = await inputs[0].get_attribute("name") or ""
            await self._give(survey, item, [await each.get_attribute("value") or "" for each in inputs])
        given = (await self.handset.look()).given
        await page.locator("#finish button").click()
        after = await self.handset.look()
        if after.where == "receipt":
            self._got(survey, after.receipt, given)

    def _got(self, survey: Survey, receipt: str, given: dict[str, str] | None = None) -> None:
        """Note a receipt: what stood on the page when it was sent is seen as received."""
        survey.receipts.add(receipt)
        self.diary.note("receipt", f"{survey.path} {receipt}")
        for item, value in (given or {}).items():
            survey.see(item, value, "received")
