"""What befalls a phone beside its network, at random moments that a seed fixes."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Error

from bench.campaign.browser import Handset
from bench.campaign.diary import Diary
from bench.campaign.network import BadNetwork

Kind = Literal["reload", "close_page", "kill_browser", "flight_mode", "tunnel", "clock", "back"]
WEIGHTS: dict[Kind, int] = {
    "reload": 3,
    "close_page": 3,
    "kill_browser": 2,
    "flight_mode": 4,  # the browser knows that it is offline
    "tunnel": 3,  # it does not
    "clock": 3,
    "back": 2,
}
SHARE = 0.16
"""Of all steps of a participant, those during which something happens."""
JUMPS = tuple(sign * seconds * 1000 for seconds in (90, 3600, 86_400, 2_592_000) for sign in (1, -1))


@dataclass(frozen=True)
class Mishap:
    """Something that happens `after` seconds and, where it lasts, ends `lasting` seconds later."""

    kind: Kind
    after: float
    lasting: float
    jump: int


def mishap(seed: str, survey: int, step: int) -> Mishap | None:
    """Return what happens during this step of this survey, if anything."""
    chance = random.Random(f"{seed}:survey:{survey}:{step}")
    if chance.random() >= SHARE:
        return None
    (kind,) = chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))
    return Mishap(kind, chance.uniform(0, 0.7), chance.choice((0.3, 1.0, 2.5, 8.0)), chance.choice(JUMPS))


async def befall(what: Mishap, handset: Handset, network: BadNetwork, diary: Diary) -> None:
    """Let it happen; where the browser is gone already, that is no error."""
    await asyncio.sleep(what.after)
    diary.tell(what.kind, f"jump {what.jump} ms" if what.kind == "clock" else "")
    with suppress(Error):
        match what.kind:
            case "reload":
                await (await handset.page()).reload()
            case "close_page":
                await handset.close_page()
            case "kill_browser":
                await handset.kill()
            case "back":
                await (await handset.page()).go_back()
            case "clock":
                await handset.set_clock(what.jump)
            case "flight_mode":
                await handset.offline(off=True)
                await asyncio.sleep(what.lasting)
                await handset.offline(off=False)
            case "tunnel":
                network.down = True
                network.cut()
                await asyncio.sleep(what.lasting)
                network.down = False
