"""Queries on values as staff see them: a list, one with its thread, and marks beside the values."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.data_queries import (
    QUERY_STATES,
    STATE_AFTER,
    QueryState,
    QueryStepKind,
    QuerySubject,
    query_state,
)
from app.errors import Code, Refusal
from app.models import DataQuery, DataQueryStep, Participant

AT_ONCE = 500
About = tuple[QuerySubject, int, str]
"""The value that a query is about: kind of row, its id, its field."""


@dataclass(frozen=True, kw_only=True)
class QueryStep:
    """One thing that was said or done."""

    kind: QueryStepKind
    text: str
    owner_id: int | None
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class QueryRow:
    """A query with its thread, oldest first; `value` is what was stored when it was raised."""

    id: int
    participant_id: int
    participant: str
    site: str
    subject: QuerySubject
    subject_id: int
    field: str
    value: str
    finding: str | None
    steps: tuple[QueryStep, ...]

    @property
    def state(self) -> QueryState:
        """Return where it stands."""
        return query_state([step.kind for step in self.steps])

    @property
    def asked(self) -> QueryStep:
        """Return the question."""
        return self.steps[0]

    @property
    def owner_id(self) -> int | None:
        """Return the account that it was given to; None: the coordinators of the site."""
        given = (step.owner_id for step in reversed(self.steps) if step.kind == "assigned")
        return next(given, None)

    @property
    def check(self) -> str:
        """Return the check that raised it, or nothing where a person did."""
        return (self.finding or "").partition(":")[0]

    @property
    def about(self) -> About:
        """Return the value that it is about."""
        return self.subject, self.subject_id, self.field


class Asked(TypedDict):
    """Which queries: `state` None means all that are not closed, `owner_id` those given to one account."""

    actor: Actor
    study_id: int
    state: QueryState | None
    site: str | None
    owner_id: int | None
    search: str


@dataclass(frozen=True)
class QueryPage:
    """One page of the list; `counts` is over everything but the state filter."""

    rows: Sequence[QueryRow]
    total: int
    page: int
    pages: int
    counts: Mapping[QueryState, int]


def listed(session: Session, *, page: int = 1, per_page: int = 50, **asked: Unpack[Asked]) -> QueryPage:
    """Return one page of the queries that the actor may see, the oldest first."""
    wanted = _wanted(asked)
    last = _last_kind()
    counts = dict.fromkeys(QUERY_STATES, 0)
    for kind, number in session.execute(
        select(last, func.count(DataQuery.id)).join(Participant).where(wanted).group_by(last)
    ):
        counts[STATE_AFTER[kind]] += number
    states = [asked["state"]] if asked["state"] else [each for each in QUERY_STATES if each != "closed"]
    total = sum(counts[each] for each in states)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    kinds = [kind for kind, state in STATE_AFTER.items() if state in states]
    ids = select(DataQuery.id).join(Participant).where(wanted, last.in_(kinds)).order_by(DataQuery.id)
    found = session.scalars(ids.limit(per_page).offset((page - 1) * per_page)).all()
    return QueryPage(_whole(session, DataQuery.id.in_(found)), total, page, pages, counts)


def everything(session: Session, **asked: Unpack[Asked]) -> Iterator[QueryRow]:
    """Give all that `listed` gives page by page, in the same order."""
    page, pages = 1, 1
    while page <= pages:
        found = listed(session, **asked, page=page, per_page=AT_ONCE)
        yield from found.rows
        page, pages = page + 1, found.pages


def one(session: Session, *, actor: Actor, study_id: int, query_id: int) -> QueryRow:
    """Return a query; NOT_FOUND also outside what the actor may see."""
    found = _whole(session, and_(_seen(actor, study_id), DataQuery.id == query_id))
    if not found:
        raise Refusal(Code.NOT_FOUND, f"query {query_id}")
    return found[0]


def of_participant(session: Session, *, participant_id: int) -> dict[About, list[QueryRow]]:
    """Return the queries about a participant that are not closed, by the value that each is about."""
    found: dict[About, list[QueryRow]] = defaultdict(list)
    last = _last_kind()
    for row in _whole(session, and_(DataQuery.participant_id == participant_id, last != "closed")):
        found[row.about].append(row)
    return dict(found)


def _last_kind() -> ScalarSelect[QueryStepKind]:
    told = select(DataQueryStep.kind).where(
        DataQueryStep.query_id == DataQuery.id, DataQueryStep.kind != "assigned"
    )
    return told.order_by(DataQueryStep.id.desc()).limit(1).scalar_subquery()


def _owner() -> ScalarSelect[int | None]:
    given = select(DataQueryStep.owner_id).where(
        DataQueryStep.query_id == DataQuery.id, DataQueryStep.kind == "assigned"
    )
    return given.order_by(DataQueryStep.id.desc()).limit(1).scalar_subquery()


def _seen(actor: Actor, study_id: int) -> ColumnElement[bool]:
    if actor.study_id not in (None, study_id):
        return false()
    ours = Participant.study_id == study_id
    return ours if actor.site is None else and_(ours, Participant.site == actor.site)


def _wanted(asked: Asked) -> ColumnElement[bool]:
    wanted = _seen(asked["actor"], asked["study_id"])
    if asked["site"]:
        wanted = and_(wanted, Participant.site == asked["site"])
    if asked["owner_id"] is not None:
        wanted = and_(wanted, _owner() == asked["owner_id"])
    if asked["search"]:
        wanted = and_(wanted, Participant.code.icontains(asked["search"], autoescape=True))
    return wanted


def _whole(session: Session, where: ColumnElement[bool]) -> list[QueryRow]:
    rows = session.execute(
        select(DataQuery, Participant.code, Participant.site)
        .join(Participant, Participant.id == DataQuery.participant_id)
        .where(where)
        .order_by(DataQuery.id)
    ).all()
    steps = _steps(session, [query.id for query, *_ in rows])
    return [
        QueryRow(
            id=query.id,
            participant_id=query.participant_id,
            participant=code,
            site=site,
            subject=query.subject,
            subject_id=query.subject_id,
            field=query.field,
            value=query.value,
            finding=query.finding,
            steps=tuple(steps[query.id]),
        )
        for query, code, site in rows
    ]


def _steps(session: Session, ids: Collection[int]) -> dict[int, list[QueryStep]]:
    found: dict[int, list[QueryStep]] = defaultdict(list)
    for row in session.scalars(
        select(DataQueryStep).where(DataQueryStep.query_id.in_(ids)).order_by(DataQueryStep.id)
    ):
        step = QueryStep(kind=row.kind, text=row.text, owner_id=row.owner_id, at=row.done_at, by=row.done_by)
        found[row.query_id].append(step)
    return found
