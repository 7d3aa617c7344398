"""One participant's Chromium, with a profile that outlives it: started, killed, its clock put wrong."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.async_api import BrowserContext, Error, Page, Playwright, ViewportSize, Worker

from tests.fixtures.browser import CHROMIUM, PHONE, QUIET

WATCH = (Path(__file__).parent / "watch.js").read_text(encoding="utf-8")
ARGUMENTS = [*QUIET, "--disable-dev-shm-usage", "--hide-crash-restore-bubble"]
ACTION_MS = 2_500
LOAD_MS = 6_000
CLOSING = 20.0

Saw = Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class Look:
    """What somebody sees on a page (watch.js)."""

    where: str
    path: str
    receipt: str
    item: str
    values: list[str]
    checked: str
    state: str
    later: bool
    given: dict[str, str]


@dataclass
class Handset:
    """A phone's browser; `saw` hears of every answer that a page shows as saved."""

    playwright: Playwright
    profile: Path
    saw: Saw
    clock_offset: int = 0
    _jumps: int = 0
    _context: BrowserContext | None = None
    _page: Page | None = None

    async def page(self) -> Page:
        """Return the page in front; start the browser or open a page where there is none."""
        if self._context is None:
            await self._start()
        assert self._context is not None  # noqa: S101 - tells mypy
        if self._page is None or self._page.is_closed():
            self._page = await self._context.new_page()
        return self._page

    async def look(self) -> Look:
        """Look at the page in front."""
        page = await self.page()
        found: dict[str, Any] | None = await page.evaluate("() => globalThis.hepaticaLook && hepaticaLook()")
        if found is None:
            return Look("other", "", "", "", [], "", "", later=False, given={})
        return Look(**found)

    async def waiting(self) -> int:
        """Return how many entries the phone has still to send."""
        return cast(int, await (await self.page()).evaluate("() => hepaticaWaiting()"))

    async def close_page(self) -> None:
        """Close the page in front; the browser stays."""
        if self._page is not None:
            page, self._page = self._page, None
            await page.close()

    async def kill(self) -> None:
        """End the browser in the middle of whatever it does."""
        found = _first_process(self.profile)
        if found is not None and os.getpgid(found) == found:
            os.killpg(found, signal.SIGKILL)
            while _first_process(self.profile) is not None:
                await asyncio.sleep(0.02)
        await self.close()

    async def close(self) -> None:
        """End the browser in good order, if it runs."""
        context, self._context, self._page = self._context, None, None
        if context is not None:
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await context.close()

    async def offline(self, *, off: bool) -> None:
        """Switch the flight mode on or off."""
        if self._context is not None:
            await self._context.set_offline(off)

    async def set_clock(self, offset: int) -> None:
        """Put the clock of pages and workers wrong by so many milliseconds."""
        self.clock_offset = offset
        self._jumps += 1
        if self._context is None:
            return
        await self._context.add_init_script(self._clock())
        for page in self._context.pages:
            with suppress(Error):
                await page.evaluate(self._clock())
        for worker in self._context.service_workers:
            with suppress(Error):
                await worker.evaluate(self._clock())

    def _clock(self) -> str:
        return (
            f"if ((globalThis.clockJumps || 0) <= {self._jumps})"
            f" {{ globalThis.clockJumps = {self._jumps}; globalThis.clockOffset = {self.clock_offset}; }}"
        )

    async def _start(self) -> None:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses to work for root
        self._context = context = await self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            headless=True,
            args=[*ARGUMENTS, *root],
            viewport=ViewportSize(width=PHONE["width"], height=PHONE["height"]),
            has_touch=True,
        )
        context.set_default_timeout(ACTION_MS)
        context.set_default_navigation_timeout(LOAD_MS)
        await context.expose_binding("hepaticaSaw", lambda _, *told: self.saw(*told))
        await context.add_init_script(WATCH)
        await context.add_init_script(self._clock())
        context.on("serviceworker", self._tell_the_time)
        self._page = context.pages[0] if context.pages else None

    async def _tell_the_time(self, worker: Worker) -> None:
        with suppress(Error):
            await worker.evaluate(WATCH)
            await worker.evaluate(self._clock())


def _first_process(profile: Path) -> int | None:
    """Return the id of the browser process that has a profile."""
    mine = f"--user-data-dir={profile}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            if mine in arguments and not any(each.startswith(b"--type=") for each in arguments):
                return int(process.name)
    return None
