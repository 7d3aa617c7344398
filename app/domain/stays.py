"""Hospital stays as they are counted: overlapping stays and transfers are one spell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

TRANSFER_GAP = timedelta(days=1)  # from the day of discharge to the day of admission


@dataclass(frozen=True)
class Spell:
    """A time in hospital, both days included; `ended_on` None while it lasts or with an unknown end."""

    started_on: date
    ended_on: date | None
    event_ids: tuple[int, ...]


def spells(stays: Iterable[tuple[int, date, date | None]]) -> list[Spell]:
    """Merge (event id, admitted, discharged) into spells, in the order of their first days.

    Overlapping stays, and stays whose gap from discharge to admission is no day or one day (a transfer), are
    one spell. A stay whose end is
    not known is known to have lasted its first day only: an admission later than that is a new spell, since
    otherwise one forgotten discharge would swallow all stays that follow. The end of a spell is unknown where
    the end of one of its stays is.
    """
    merged: list[Spell] = []
    in_hospital_until = date.min
    for event_id, started_on, ended_on in sorted(stays, key=lambda stay: (stay[1], stay[0])):
        known_until = max(started_on, ended_on or started_on)
        if merged and started_on - in_hospital_until <= TRANSFER_GAP:
            in_hospital_until = max(in_hospital_until, known_until)
            last = merged[-1]
            end = None if last.ended_on is None or ended_on is None else in_hospital_until
            merged[-1] = Spell(last.started_on, end, (*last.event_ids, event_id))
        else:
            in_hospital_until = known_until
            merged.append(Spell(started_on, ended_on, (event_id,)))
    return merged
