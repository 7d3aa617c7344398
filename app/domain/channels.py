"""By which of a step's channels a participant is written to."""

from collections.abc import Collection, Sequence
from typing import Literal

from app.domain.study import Channel

AddressKind = Literal["email", "phone"]
ADDRESS_KINDS: tuple[AddressKind, ...] = ("email", "phone")
KIND_OF: dict[Channel, AddressKind] = {"email": "email", "sms": "phone"}
"""What of the contact details a channel writes to; pushed messages go to browsers, which are none of them."""


def in_order(ways: Sequence[Channel], chosen: str | None) -> tuple[Channel, ...]:
    """Return a step's channels, the one that the participant chose first, if the step has it."""
    return tuple(sorted(ways, key=lambda way: way != chosen))


def passable(ways: Sequence[Channel], addressed: Collection[str] | None) -> tuple[Channel, ...]:
    """Return the channels for which there is an address; None: it is not known for which there is one."""
    return tuple(way for way in ways if addressed is None or way in addressed)
