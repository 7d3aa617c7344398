"""Occasions with the state that today gives each: the database narrows down, `occasion_state` decides.

The state depends on the day where each participant is, on the days on which questionnaires were sent there,
and on deaths as readers settled them. None of that is said a second time in SQL: the statements here only
leave out what no clock and no ending could bring into the states that are asked for. What is left is bounded
(`MOST` rows a look) and judged row by row by the one function that has the rule.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.schedule import ANSWERABLE, OccasionState, Window, civil_date, occasion_state
from app.domain.study import Study
from app.models import Occasion, Participant
from app.queries import studies
from app.queries.endings import NOTHING_ENDED, Ending, endings, may_have_ended, what_may_have_ended
from app.queries.roster import code_matches, within
from app.queries.sent import Sent

Order = Literal["due", "code", "site", "visit"]

MOST = 1000
"""How many rows one look fetches; a site with hundreds of participants has fewer to do at any time."""
ROWS_AT_ONCE = 1000
DAY = timedelta(days=1)

COMPLETE: frozenset[OccasionState] = frozenset({"completed", "completed late"})

_zone = cache(ZoneInfo)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; empty means everything. `due_from` and `due_until` are both included."""

    states: Collection[OccasionState] = ()
    visit: str | None = None
    site: str | None = None
    search: str = ""
    due_from: date | None = None
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One occasion, whose it is, and where it stands."""

    occasion_id: int
    participant_id: int
    code: str
    site: str
    language: str
    time_zone: str
    visit: str
    window: Window
    state: OccasionState
    completed_at: datetime | None
    ending: Ending


@dataclass(frozen=True)
class Looked:
    """What a look found, in order; not `whole`: there is more behind it."""

    found: Sequence[Standing] = field(default_factory=list)
    whole: bool = True


def look(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    wanted: Wanted,
    order: Order = "due",
    descending: bool = False,
    at_least: int = 1,
) -> Looked:
    """Return the first occasions in an order: `MOST` rows are looked at, more only to find `at_least`."""
    if actor.study_id not in (None, study_id):
        return Looked()
    statement = _ordered(
        session, actor=actor, study_id=study_id, now=now, wanted=wanted, order=order, descending=descending
    )
    found: list[Standing] = []
    looked_at = 0
    while True:
        rows = session.execute(statement.limit(MOST).offset(looked_at)).all()
        looked_at += len(rows)
        found += _judged(session, rows, now=now, wanted=wanted)
        whole = len(rows) < MOST
        if whole or len(found) >= at_least:
            return Looked(found, whole)


def every(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    wanted: Wanted,
    order: Order = "due",
    descending: bool = False,
) -> Iterator[Standing]:
    """Go through all of them, however many they are, a part at a time."""
    if actor.study_id not in (None, study_id):
        return
    statement = _ordered(
        session, actor=actor, study_id=study_id, now=now, wanted=wanted, order=order, descending=descending
    )
    for rows in session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)).partitions():
        yield from _judged(session, rows, now=now, wanted=wanted)


def _ordered(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    wanted: Wanted,
    order: Order,
    descending: bool,
) -> Select[*tuple[Any, ...]]:
    study = studies.current(session, study_id=study_id).study
    sent = Sent(study)
    needs_instants = not wanted.states or not COMPLETE.isdisjoint(wanted.states)
    statement = (
        select(
            Occasion.id,
            Occasion.participant_id,
            Participant.code,
            Participant.site,
            Participant.language,
            Participant.time_zone,
            Occasion.visit,
            Occasion.opens_on,
            Occasion.due_on,
            Occasion.closes_on,
            *((sent.completed_at,) if needs_instants else (literal(None),)),
            what_may_have_ended(),
        )
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(within(actor, study_id), *_narrowed(wanted))
    )
    if wanted.states:
        longest = studies.longest_windows(session, study_id=study_id)
        statement = statement.where(
            _possible(session, wanted.states, now.astimezone(UTC).date(), sent, longest)
        )
    return statement.order_by(*_order(study, order, descending=descending))


def _narrowed(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.site is not None:
        yield Participant.site == wanted.site
    if wanted.visit is not None:
        yield Occasion.visit == wanted.visit
    if wanted.search:
        yield code_matches(wanted.search)
    if wanted.due_from is not None:
        yield Occasion.due_on >= wanted.due_from
    if wanted.due_until is not None:
        yield Occasion.due_on <= wanted.due_until


def _possible(
    session: Session,
    states: Collection[OccasionState],
    today: date,
    sent: Sent,
    longest: studies.LongestWindows,
) -> ColumnElement[bool]:
    """Return what must hold of an occasion in one of the states, wherever its participant is.

    `today` is the day in UTC: somewhere it is still the day before, and somewhere already the day after.
    """
    complete, missing = COMPLETE.intersection(states), set(states) - COMPLETE
    parts = []
    if missing:
        parts.append(and_(sent.incomplete, _may_stand(missing, today - DAY, today + DAY, longest)))
    if complete:
        late = sent.last_day(session) >= Occasion.closes_on
        parts.append(and_(~sent.incomplete, late) if "completed" not in complete else ~sent.incomplete)
    return or_(*parts)


def _may_stand(
    states: Collection[OccasionState], first: date, last: date, longest: studies.LongestWindows
) -> ColumnElement[bool]:
    earliest = first - timedelta(days=longest.after)
    latest = last + timedelta(days=longest.before)
    begins, ends = first, last
    answerable = and_(
        Occasion.opens_on <= ends, Occasion.closes_on >= begins, Occasion.due_on.between(earliest, latest)
    )
    if set(states) == ANSWERABLE:
        return answerable
    may: dict[OccasionState, ColumnElement[bool]] = {
        "not open": and_(Occasion.opens_on > begins, Occasion.due_on > begins),
        "open": and_(answerable, Occasion.due_on > begins),
        "due": and_(answerable, Occasion.due_on.between(begins, ends)),
        "overdue": and_(answerable, Occasion.due_on < ends),
        "missed": and_(Occasion.closes_on < ends, Occasion.due_on < ends),
        "not expected": may_have_ended(),
    }
    return or_(*(may[state] for state in sorted(states)))


def _order(study: Study, order: Order, *, descending: bool) -> list[ColumnElement[Any]]:
    days = {visit.code: visit.day for visit in study.schedule}
    first: dict[Order, list[Any]] = {
        "due": [],
        "code": [Participant.code],
        "site": [Participant.site],
        "visit": [case(days, value=Occasion.visit, else_=0)] if days else [],
    }
    columns = [*first[order], Occasion.due_on, Participant.code, Occasion.id]
    return [column.desc() if descending else column.asc() for column in dict.fromkeys(columns)]


def _judged(session: Session, rows: Sequence[Any], *, now: datetime, wanted: Wanted) -> list[Standing]:
    may_have = {row.participant_id for row in rows if row[-1] is not None}
    ended = endings(session, participant_ids=may_have) if may_have else {}
    today = {zone: civil_date(now, _zone(zone)) for zone in {row.time_zone for row in rows}}
    judged = []
    for row in rows:
        occasion_id, participant_id, code, site, language, zone, visit, *days, completed_at, _ = row
        window = Window(*days)
        ending = ended.get(participant_id, NOTHING_ENDED)
        state = occasion_state(
            window,
            completed_on=None if completed_at is None else civil_date(completed_at, _zone(zone)),
            ends=ending.ends,
            today=today[zone],
        )
        if not wanted.states or state in wanted.states:
            judged.append(
                Standing(
                    occasion_id,
                    participant_id,
                    code,
                    site,
                    language,
                    zone,
                    visit,
                    window,
                    state,
                    completed_at,
                    ending,
                )
            )
    return judged
