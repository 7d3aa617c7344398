"""How someone was seen to be alive."""

from typing import Literal, get_args

SeenHow = Literal["clinic visit", "call", "relative", "records"]
SEEN_HOW: tuple[SeenHow, ...] = get_args(SeenHow)
