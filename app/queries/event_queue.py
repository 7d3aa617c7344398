"""The queue of reported events: those that wait, by outcome, kind and site, a page at a time.

What decides about an event is worked out of a few columns for all of them; whole rows are read for one page.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import (
    EVENT_KINDS,
    ONE_READING,
    OPEN_OUTCOMES,
    Decision,
    EventKind,
    Outcome,
    outcome,
    waits_for,
)
from app.domain.adjudication import Event as ReportedEvent
from app.domain.adjudication import Reading as MadeReading
from app.domain.likeness import alike
from app.domain.study import Adjudication
from app.models import Event, Participant, Reading
from app.queries import events, made_readings, studies
from app.queries.events import EventRow

PER_PAGE = 50
ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of the queue is wanted: what waits, all, or one outcome; an empty kind or site wants every one."""

    show: str = "waiting"
    kind: str = ""
    site: str = ""


@dataclass(frozen=True)
class Queued:
    """An event of the queue, and how many others may tell of the same."""

    event: EventRow
    alike: int


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """One page of the queue; `counts` are of all that the kind and the site leave, by outcome."""

    rows: Sequence[Queued]
    total: int
    page: int
    pages: int
    waiting: int
    counts: Mapping[Outcome, int]


def queue(
    session: Session, *, actor: Actor, study_id: int, wish: Wish, page: int = 1, per_page: int = PER_PAGE
) -> QueuePage:
    """Return one page of the events that the actor may see, the oldest report first."""
    decided = _decided(session, actor, study_id, wish)
    chosen = _chosen(decided, wish)
    pages = max(1, -(-len(chosen) // per_page))
    page = min(max(page, 1), pages)
    rows = events.some(session, actor=actor, event_ids=chosen[(page - 1) * per_page : page * per_page])
    counts = Counter(each.outcome for each in decided)
    return QueuePage(
        rows=_with_alike(session, rows),
        total=len(chosen),
        page=page,
        pages=pages,
        waiting=sum(each.waits for each in decided),
        counts=counts,
    )


def everything(session: Session, *, actor: Actor, study_id: int, wish: Wish) -> Iterator[EventRow]:
    """Go through all that is wanted, in the same order."""
    chosen = _chosen(_decided(session, actor, study_id, wish), wish)
    for start in range(0, len(chosen), ROWS_AT_ONCE):
        yield from events.some(session, actor=actor, event_ids=chosen[start : start + ROWS_AT_ONCE])


def waiting(session: Session, *, actor: Actor, study_id: int) -> int:
    """Return how many events wait: for this reader, or, for who reads none, for anybody."""
    return sum(each.waits for each in _decided(session, actor, study_id, Wish()))


class _Decided(NamedTuple):
    event_id: int
    outcome: Outcome
    waits: bool


def _decided(session: Session, actor: Actor, study_id: int, wish: Wish) -> list[_Decided]:
    if actor.study_id not in (None, study_id):
        return []
    asked = studies.current(session, study_id=study_id).study.adjudication
    of_queue = [Participant.study_id == study_id]
    if wish.kind:
        of_queue.append(Event.kind == wish.kind)
    of_queue += [Participant.site == site for site in (actor.site, wish.site) if site]
    found = session.execute(
        select(Event.id, Event.kind, _LAST.label("last"))
        .join(Participant, Participant.id == Event.participant_id)
        .where(*of_queue)
        .order_by(Event.id)
    )
    panels = [kind for kind in EVENT_KINDS if asked.rule(kind) != ONE_READING]
    made = _made(session, [*of_queue, Event.kind.in_(panels)]) if panels else {}
    return [
        _by_panel(event_id, kind, made.get(event_id, []), asked, actor)
        if kind in panels
        else _by_last(event_id, last)
        for event_id, kind, last in found
    ]


# Where one reading decides, it is the last one: nothing else is read of the others.
_LAST = (
    select(Reading.decision)
    .where(Reading.event_id == Event.id)
    .order_by(Reading.id.desc())
    .limit(1)
    .correlate(Event)
    .scalar_subquery()
)


def _made(session: Session, of_queue: Sequence[ColumnElement[bool]]) -> Mapping[int, list[MadeReading]]:
    rows = session.execute(
        select(
            Reading.event_id,
            Reading.id,
            Reading.decision,
            Reading.agreed_started_on,
            Reading.agreed_ended_on,
            Reading.duplicate_of_id,
            Reading.read_by,
        )
        .join(Event, Event.id == Reading.event_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(*of_queue)
        .order_by(Reading.id)
    )
    found: defaultdict[int, list[MadeReading]] = defaultdict(list)
    for event_id, key, decision, started_on, ended_on, duplicate_of, read_by in rows:
        found[event_id].append(
            MadeReading(
                id=key,
                decision=decision,
                agreed_started_on=started_on,
                agreed_ended_on=ended_on,
                duplicate_of=duplicate_of,
                read_by=read_by,
            )
        )
    return found


def _by_last(event_id: int, last: Decision | None) -> _Decided:
    decided: Outcome = "reported" if last is None else last
    return _Decided(event_id, decided, decided in OPEN_OUTCOMES)


def _by_panel(
    event_id: int, kind: EventKind, made: list[MadeReading], asked: Adjudication, actor: Actor
) -> _Decided:
    rule = asked.rule(kind)
    decided = outcome(made, rule)
    if actor.role in asked.readers(kind):
        waits = waits_for(made, reader=actor.label, rule=rule)
    else:
        waits = decided in OPEN_OUTCOMES
    return _Decided(event_id, decided, waits)


def _chosen(decided: Sequence[_Decided], wish: Wish) -> list[int]:
    if wish.show == "all":
        return [each.event_id for each in decided]
    if wish.show == "waiting":
        return [each.event_id for each in decided if each.waits]
    return [each.event_id for each in decided if each.outcome == wish.show]


def _with_alike(session: Session, rows: Sequence[EventRow]) -> list[Queued]:
    theirs: defaultdict[int, list[ReportedEvent]] = defaultdict(list)
    of_them = select(Event).where(Event.participant_id.in_({row.participant_id for row in rows}))
    for event in session.scalars(of_them):
        theirs[event.participant_id].append(made_readings.reported(event))
    return [Queued(row, len(alike(events.as_reported(row), theirs[row.participant_id]))) for row in rows]
