"""What happens to each request of one phone: pure chance from a seed, the same every time."""

import random
from dataclasses import dataclass
from typing import Literal, get_args

Fate = Literal[
    "pass",
    "delay",  # later, as on a slow network
    "drop_request",  # the connection closes before the server hears of it
    "drop_response",  # the server has done it, the phone never hears so
    "reset",  # the same two, with a RST instead of an orderly end
    "reset_late",
    "duplicate",  # it reaches the server twice, the second time perhaps much later
    "reorder",  # held until later requests have passed; the phone waits for it
    "stray",  # the phone sees a reset, but the request arrives after later ones
    "refuse",  # the answer of something between phone and server
]
FATES: tuple[Fate, ...] = get_args(Fate)
BAD: dict[Fate, int] = {
    "delay": 3,
    "drop_request": 3,
    "drop_response": 4,
    "reset": 2,
    "reset_late": 2,
    "duplicate": 3,
    "reorder": 2,
    "stray": 3,
    "refuse": 2,
}
"""How often each occurs among the requests that do not simply pass."""
STRETCH = 12
STRETCHES = (0.0, 0.1, 0.3, 0.3, 0.6, 0.9)
"""A network is good for some requests and bad for others: the share of posts that something happens to."""
STATUSES = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Decision:
    """The fate of one request; `seconds` it is held, `status` it is refused with."""

    fate: Fate
    seconds: float = 0.0
    status: int = 502


def decide(seed: str, number: int, *, method: str, page: bool) -> Decision:
    """Return what happens to the request with this number; posts fare worst, pages better, files best."""
    chance = random.Random(f"{seed}:{number}")
    rate = random.Random(f"{seed}:stretch:{number // STRETCH}").choice(STRETCHES)
    share = 1.0 if method == "POST" else 0.4 if page else 0.2
    happens, kind = chance.random() < rate * share, chance.choices(tuple(BAD), tuple(BAD.values()))[0]
    seconds, status = chance.choice((0.05, 0.3, 1.0, 3.0)) * (0.5 + chance.random()), chance.choice(STATUSES)
    if not happens:
        return Decision("pass")
    return Decision(kind, seconds, status)
