"""Who is due, overdue, complete or missed: the occasions staff may see, filtered, sorted and paged."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.schedule import ANSWERABLE, OccasionState
from app.domain.study import Study, Visit
from app.models import Contact, Reminder
from app.queries import occasion_states, studies
from app.queries.endings import Ending
from app.queries.occasion_states import Order as Sort
from app.queries.occasion_states import Standing, Wanted

ReminderState = Literal["sent", "delivered", "bounced", "failed", "dropped", "planned", "unknown"]
LastReminder = tuple[datetime, ReminderState]


@dataclass(frozen=True)
class WorkRow:
    """One occasion of one participant as the worklist shows it."""

    occasion_id: int
    participant_id: int
    code: str
    site: str
    language: str
    visit: Visit
    due_on: date
    closes_on: date
    state: OccasionState
    reachable: bool
    last_reminder_at: datetime | None
    last_reminder_state: ReminderState | None


@dataclass(frozen=True)
class Page:
    """One page of the worklist.

    `total` is exact where the list is `whole`, and else how many were found before the search was ended.
    `to_do` counts what can be answered today, over everything but the state filter, in the same way.
    """

    rows: Sequence[WorkRow]
    total: int
    whole: bool
    page: int
    pages: int
    to_do: Mapping[OccasionState, int]
    to_do_whole: bool


def worklist(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    wanted: Wanted,
    sort: Sort = "due",
    descending: bool = False,
    page: int = 1,
    per_page: int = 50,
) -> Page:
    """Return one page of the occasions that the actor may see."""
    page = max(page, 1)
    looked = occasion_states.look(
        session,
        actor=actor,
        study_id=study_id,
        now=now,
        wanted=wanted,
        order=sort,
        descending=descending,
        at_least=page * per_page + 1,
    )
    to_do = looked
    if set(wanted.states) != ANSWERABLE:
        to_do = occasion_states.look(
            session, actor=actor, study_id=study_id, now=now, wanted=replace(wanted, states=ANSWERABLE)
        )
    counts = Counter(each.state for each in to_do.found)
    total = len(looked.found)
    pages = max(1, -(-total // per_page))
    page = min(page, pages)
    return Page(
        rows=rows(session, study_id=study_id, found=looked.found[(page - 1) * per_page : page * per_page]),
        total=total,
        whole=looked.whole,
        page=page,
        pages=pages,
        to_do={state: counts[state] for state in ("overdue", "due", "open")},
        to_do_whole=to_do.whole,
    )


def every_row(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    wanted: Wanted,
    sort: Sort = "due",
    descending: bool = False,
) -> Iterator[WorkRow]:
    """Go through the whole list in the same order."""
    some: list[Standing] = []
    for each in occasion_states.every(
        session, actor=actor, study_id=study_id, now=now, wanted=wanted, order=sort, descending=descending
    ):
        some.append(each)
        if len(some) == occasion_states.ROWS_AT_ONCE:
            yield from rows(session, study_id=study_id, found=some)
            some = []
    yield from rows(session, study_id=study_id, found=some)


def rows(session: Session, *, study_id: int, found: Sequence[Standing]) -> list[WorkRow]:
    """Return occasions as the worklist shows them, with what was last written about each."""
    study: Study = studies.current(session, study_id=study_id).study
    reminded = _last_reminders(session, [each.occasion_id for each in found])
    reachable = _with_contact(session, {each.participant_id for each in found})
    shown = []
    for each in found:
        last_at, last_state = reminded.get(each.occasion_id, (None, None))
        shown.append(
            WorkRow(
                occasion_id=each.occasion_id,
                participant_id=each.participant_id,
                code=each.code,
                site=each.site,
                language=each.language,
                visit=study.visit(each.visit),
                due_on=each.window.due_on,
                closes_on=each.window.closes_on,
                state=each.state,
                reachable=each.participant_id in reachable and _may_write(each.ending),
                last_reminder_at=last_at,
                last_reminder_state=last_state,
            )
        )
    return shown


def _may_write(what_ended: Ending) -> bool:
    return what_ended.dead_on is None and not what_ended.withdrawals.keys() & {
        "contact",
        "answers",
        "follow-up",
    }


def _with_contact(session: Session, participant_ids: Collection[int]) -> set[int]:
    return set(
        session.scalars(select(Contact.participant_id).where(Contact.participant_id.in_(participant_ids)))
    )


def _last_reminders(session: Session, occasion_ids: Collection[int]) -> dict[int, LastReminder]:
    newest = (
        select(func.max(Reminder.id))
        .where(Reminder.occasion_id.in_(occasion_ids))
        .group_by(Reminder.occasion_id)
    )
    found = session.scalars(select(Reminder).where(Reminder.id.in_(newest)))
    return {reminder.occasion_id: reminder_state(reminder) for reminder in found}


def reminder_state(reminder: Reminder) -> LastReminder:
    """Return where a reminder stands and since when; claimed and never recorded is `unknown`."""
    states: tuple[tuple[datetime | None, ReminderState], ...] = (
        (reminder.bounced_at, "bounced"),
        (reminder.delivered_at, "delivered"),
        (reminder.sent_at, "sent"),
        (reminder.failed_at, "failed"),
        (reminder.dropped_at, "dropped"),
        (reminder.claimed_at, "unknown"),
    )
    for at, state in states:
        if at is not None:
            return at, state
    return reminder.planned_at, "planned"
