"""Reports that may tell of the same: told apart by people, side by side."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from app.domain.adjudication import Event
from app.domain.stays import TRANSFER_GAP

Likeness = Literal["duplicate", "overlap", "transfer"]

NEAR = timedelta(days=3)
"""People who remember the same day differently are seldom further apart."""


def likeness(one: Event, other: Event) -> Likeness | None:
    """Return what two events of one participant may be to each other, or None.

    In a transfer one stay begins on the day of the other's discharge or on the day after. A likely duplicate
    has the same kind and a beginning within a few days, on whatever days partly known dates can mean; two
    deaths always are. Other stays may overlap.
    """
    if one.kind != other.kind or one.id == other.id:
        return None
    earlier, later = sorted((one, other), key=lambda each: (each.started.earliest, each.id))
    stays = one.kind == "hospital stay"
    if stays and earlier.ended and earlier.started.latest < later.started.earliest:
        gap = later.started.earliest - earlier.ended.latest
        if timedelta(0) <= gap <= TRANSFER_GAP:
            return "transfer"
    if one.kind == "death" or later.started.earliest - earlier.started.latest <= NEAR:
        return "duplicate"
    return "overlap" if stays and later.started.earliest < _known_until(earlier) else None


def alike(event: Event, others: Iterable[Event]) -> list[tuple[Event, Likeness]]:
    """Return those of the same participant's events that are like this one, in the order of their days."""
    found = [(other, how) for other in others if (how := likeness(event, other)) is not None]
    return sorted(found, key=lambda pair: (pair[0].started.earliest, pair[0].id))


def _known_until(stay: Event) -> date:
    """Return the last day that a stay is known to have lasted; one that goes on has none."""
    if stay.ongoing:
        return date.max
    return stay.ended.latest if stay.ended else stay.started.latest
