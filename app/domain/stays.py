"""Hospital stays as they are counted: overlapping stays and transfers are one spell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

TRANSFER_GAP = timedelta(days=1)


@dataclass(frozen=True)
class Spell:
    """A time in hospital, both days included; `ended_on` None where it lasts or its end is not known."""

    started_on: date
    ended_on: date | None
    event_ids: tuple[int, ...]


def spells(stays: Iterable[tuple[int, date, date | None]]) -> list[Spell]:
    """Merge (event id, admitted, discharged) into spells; a gap of a day or less is a transfer."""
    merged: list[Spell] = []
    for event_id, started_on, ended_on in sorted(stays, key=lambda stay: (stay[1], stay[0])):
        last = merged[-1] if merged else None
        if last is None or (last.ended_on is not None and started_on > last.ended_on + TRANSFER_GAP):
            merged.append(Spell(started_on, ended_on, (event_id,)))
            continue
        open_ended = last.ended_on is None or ended_on is None
        end = None if open_ended else max(filter(None, (last.ended_on, ended_on)))
        merged[-1] = Spell(last.started_on, end, (*last.event_ids, event_id))
    return merged
