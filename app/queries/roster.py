"""Everyone who takes part, as a list, and the next code that is free."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import Participant
from app.queries.endings import NOTHING_ENDED, Ending, endings

PER_PAGE = 50
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class RosterRow:
    """A participant in the list: never the arm."""

    id: int
    code: str
    site: str
    language: str
    enrolled_on: date
    randomised_on: date | None
    ending: Ending


@dataclass(frozen=True)
class RosterPage:
    """One page of the list."""

    rows: Sequence[RosterRow]
    total: int
    page: int
    pages: int


def roster(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    search: str = "",
    awaiting: bool = False,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> RosterPage:
    """Return one page of those whom the actor may see, by code; `awaiting`: only those not yet randomised."""
    wanted = _wanted(actor, study_id, search, awaiting)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = session.scalars(
        wanted.order_by(Participant.code).limit(per_page).offset((page - 1) * per_page)
    ).all()
    return RosterPage(_rows(session, found), total, page, pages)


def everyone(
    session: Session, *, actor: Actor, study_id: int, search: str = "", awaiting: bool = False
) -> Iterator[RosterRow]:
    """Go through the whole list in the same order."""
    wanted = _wanted(actor, study_id, search, awaiting).order_by(Participant.code)
    for some in session.scalars(wanted.execution_options(yield_per=ROWS_AT_ONCE)).partitions():
        yield from _rows(session, some)


def _wanted(actor: Actor, study_id: int, search: str, awaiting: bool) -> Select[Participant]:
    wanted = select(Participant).where(within(actor, study_id))
    if search:
        wanted = wanted.where(code_matches(search))
    if awaiting:
        wanted = wanted.where(Participant.randomised_on.is_(None))
    return wanted


def _rows(session: Session, found: Sequence[Participant]) -> list[RosterRow]:
    ended = endings(session, participant_ids=[each.id for each in found])
    return [
        RosterRow(
            id=each.id,
            code=each.code,
            site=each.site,
            language=each.language,
            enrolled_on=each.enrolled_on,
            randomised_on=each.randomised_on,
            ending=ended.get(each.id, NOTHING_ENDED),
        )
        for each in found
    ]


def next_code(session: Session, *, study_id: int, site: str) -> str:
    """Return the next free code of a site: its own letters and the next number, `MAD-007`."""
    prefix = f"{site.upper()}-"
    taken = session.scalars(
        select(Participant.code).where(
            Participant.study_id == study_id, Participant.code.istartswith(prefix, autoescape=True)
        )
    )
    numbers = [
        int(found[1])
        for code in taken
        if (found := re.fullmatch(re.escape(prefix) + r"(\d{1,9})", code, re.ASCII | re.IGNORECASE))
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03}"


def code_matches(search: str) -> ColumnElement[bool]:
    """Return whether a participant's code holds a text anywhere, in capitals or not."""
    # ILIKE takes PostgreSQL three times as long.
    return func.lower(Participant.code).contains(search.lower(), autoescape=True)


def only_match(session: Session, *, actor: Actor, study_id: int, search: str) -> str | None:
    """Return the one code that is meant: this very one, one in other capitals, or the only one like it."""
    ours = within(actor, study_id)
    exact = select(Participant.code).where(
        ours, Participant.code.in_({search, search.upper(), search.lower()})
    )
    found = session.scalars(exact.order_by(Participant.code).limit(2)).all()
    if search in found:
        return search
    if not found:
        like = select(Participant.code).where(ours, code_matches(search)).order_by(Participant.code).limit(2)
        found = session.scalars(like).all()
    return found[0] if len(found) == 1 else None


def within(actor: Actor, study_id: int) -> ColumnElement[bool]:
    """Return, for a statement on participants, whom an actor may see of a study."""
    if actor.study_id not in (None, study_id):
        return false()
    ours = Participant.study_id == study_id
    return ours if actor.site is None else and_(ours, Participant.site == actor.site)
