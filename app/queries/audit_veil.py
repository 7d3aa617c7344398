"""What the audit trail keeps from its readers: arms, and readings that others must not know yet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adjudication import kept_apart
from app.domain.study import Adjudication, Study
from app.models import Event, Participant, Reading
from app.queries import audit, made_readings
from app.queries.audit import VEILED, Entry, Search

OF_READINGS = ("decision", "agreed_started_on", "agreed_ended_on", "note")
"""What every entry of a reading has; all of it is veiled, because an empty date tells the decision too."""


@dataclass(frozen=True)
class Veil:
    """What is veiled in a study's trail now, whoever reads it; `apart` are events whose readings are.

    Where an infusion tells the arm, entries of infusions are left out altogether. Shown with everything in
    them veiled they would still tell it, by being veiled and by being there; veiling other entries in the
    same way would hide much and still leave the treated with more of them.

    Positions and hashes are not told either, of no entry of such a trail. A gap in the positions would tell
    of what was left out; and from a hash, whoever knows the rest of an entry finds the few words that are
    veiled by trying each: there are as many arms as one can count on a hand. `hepatica audit verify` reads
    the database and misses nothing; `hepatica audit export --whole` writes what can be held against it later.
    """

    study: Study
    apart: frozenset[str] = frozenset()

    @classmethod
    def of(cls, session: Session, *, study_id: int, study: Study) -> "Veil":
        """Return what is veiled now: as soon as an event is settled its readings are told."""
        return cls(study, _apart(session, study_id, study.adjudication))

    @property
    def is_none(self) -> bool:
        """Return whether nothing in the study's trail is ever veiled."""
        return self.study.blinding == "none" and self.study.adjudication.readings == 1

    def over(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Go through entries as they may be read."""
        for entry in entries:
            seen = self._without_infusions(entry) if self.study.infusions_tell_arm else entry
            if seen is None:
                continue
            seen = audit.blinded(seen, self.study.blinding)
            if seen.action == "event.read" and seen.subject in self.apart:
                seen = replace(seen, new=_reading(seen.new or {}))
            yield seen if self.is_none else replace(seen, position=0, hash="")

    def hides_action(self, action: str) -> bool:
        """Return whether no entry with this action is ever shown."""
        return self.study.infusions_tell_arm and action.startswith("treatment.")

    def _without_infusions(self, entry: Entry) -> Entry | None:
        """Return the entry without infusions, or None where it tells of nothing else."""
        if self.hides_action(entry.action):
            return None
        if entry.action != "data.import":
            return entry
        # of one participant the rows that were added, of the study how many there were
        others = {name: told for name, told in (entry.new or {}).items() if name != "treatments"}
        return replace(entry, new=others) if any(others.values()) else None


def newest(session: Session, *, search: Search, veil: Veil, limit: int) -> list[Entry]:
    """Return the last entries that are asked for as they may be read, newest first."""
    found: list[Entry] = []
    more = True
    while more and len(found) < limit:
        some = audit.newest(session, search=search, limit=limit)
        found += veil.over(some)
        more = len(some) == limit
        search = replace(search, before=some[-1].id) if some else search
    return found[:limit]


def _reading(new: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a reading with the same words whatever was decided; that it names another event would tell."""
    signed = ("signature",) if "signature" in new else ()
    return dict.fromkeys((*OF_READINGS, *signed), VEILED)


def _apart(session: Session, study_id: int, asked: Adjudication) -> frozenset[str]:
    if asked.readings == 1:
        return frozenset()
    readings = made_readings.by_event(
        session.scalars(
            select(Reading)
            .join(Event, Event.id == Reading.event_id)
            .join(Participant, Participant.id == Event.participant_id)
            .where(Participant.study_id == study_id)
            .order_by(Reading.id)
        )
    )
    kinds = select(Event.id, Event.kind).join(Participant, Participant.id == Event.participant_id)
    events = session.execute(kinds.where(Participant.study_id == study_id))
    return frozenset(
        f"event:{event_id}" for event_id, kind in events if kept_apart(readings[event_id], asked.rule(kind))
    )
