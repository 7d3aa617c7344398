"""Who is due, overdue, complete or missed: the occasions staff may see, filtered, sorted and paged."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.schedule import OCCASION_STATES, OccasionState, Window, civil_date, occasion_state
from app.domain.study import Visit
from app.models import Contact, Occasion, Participant, Reminder, Response
from app.queries import studies
from app.queries.endings import NOTHING_ENDED, Ending, endings
from app.queries.occasions import completed_on

Sort = Literal["due", "code", "site", "visit", "state"]
ReminderState = Literal["sent", "failed", "dropped", "planned", "unknown"]


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
    """One page of the worklist; `counts` is over everything but the state filter."""

    rows: Sequence[WorkRow]
    total: int
    page: int
    pages: int
    counts: dict[OccasionState, int]


def worklist(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    states: Sequence[OccasionState] = (),
    visit: str | None = None,
    site: str | None = None,
    search: str = "",
    sort: Sort = "due",
    descending: bool = False,
    page: int = 1,
    per_page: int = 50,
) -> Page:
    """Return one page of the occasions that the actor may see; no `states` means every state."""
    rows = _rows(session, actor=actor, study_id=study_id, now=now, visit=visit, site=site, search=search)
    counts = Counter(row.state for row in rows)
    shown = [row for row in rows if not states or row.state in states]
    shown.sort(key=lambda row: (_sort_key(row, sort), row.due_on, row.code), reverse=descending)
    pages = max(1, -(-len(shown) // per_page))
    page = min(max(page, 1), pages)
    return Page(
        rows=shown[(page - 1) * per_page : page * per_page],
        total=len(shown),
        page=page,
        pages=pages,
        counts={state: counts[state] for state in OCCASION_STATES},
    )


def _sort_key(row: WorkRow, sort: Sort) -> str | int:
    keys: dict[Sort, str | int] = {
        "due": row.due_on.toordinal(),
        "code": row.code,
        "site": row.site,
        "visit": row.visit.day,
        "state": OCCASION_STATES.index(row.state),
    }
    return keys[sort]


def _rows(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    visit: str | None,
    site: str | None,
    search: str,
) -> list[WorkRow]:
    if actor.study_id not in (None, study_id):
        return []
    statement = (
        select(Participant, Occasion)
        .join(Occasion, Occasion.participant_id == Participant.id)
        .where(Participant.study_id == study_id)
    )
    for wanted in filter(None, (actor.site, site)):
        statement = statement.where(Participant.site == wanted)
    if visit:
        statement = statement.where(Occasion.visit == visit)
    if search:
        statement = statement.where(Participant.code.icontains(search, autoescape=True))
    found = session.execute(statement).all()
    study = studies.current(session, study_id=study_id).study
    ended = endings(session, participant_ids={participant.id for participant, _ in found})
    submitted = _submitted(session, study_id)
    reminded = _last_reminders(session, study_id)
    with_contact = set(session.scalars(select(Contact.participant_id)))
    rows = []
    for participant, occasion in found:
        planned = study.visit(occasion.visit)
        what_ended = ended.get(participant.id, NOTHING_ENDED)
        zone = ZoneInfo(participant.time_zone)
        last_at, last_state = reminded.get(occasion.id, (None, None))
        rows.append(
            WorkRow(
                occasion_id=occasion.id,
                participant_id=participant.id,
                code=participant.code,
                site=participant.site,
                language=participant.language,
                visit=planned,
                due_on=occasion.due_on,
                closes_on=occasion.closes_on,
                state=occasion_state(
                    Window(occasion.opens_on, occasion.due_on, occasion.closes_on),
                    completed_on=completed_on(submitted.get(occasion.id, {}), planned, zone),
                    ends=what_ended.ends,
                    today=civil_date(now, zone),
                ),
                reachable=participant.id in with_contact and _may_write(what_ended),
                last_reminder_at=last_at,
                last_reminder_state=last_state,
            )
        )
    return rows


def _may_write(what_ended: Ending) -> bool:
    return what_ended.dead_on is None and not what_ended.withdrawals.keys() & {
        "contact",
        "answers",
        "follow-up",
    }


def _submitted(session: Session, study_id: int) -> dict[int, dict[str, datetime | None]]:
    submitted: dict[int, dict[str, datetime | None]] = {}
    for occasion_id, instrument, submitted_at in session.execute(
        select(Response.occasion_id, Response.instrument, Response.submitted_at)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id)
    ):
        submitted.setdefault(occasion_id, {})[instrument] = submitted_at
    return submitted


def _last_reminders(session: Session, study_id: int) -> dict[int, tuple[datetime, ReminderState]]:
    last: dict[int, tuple[datetime, ReminderState]] = {}
    for reminder in session.scalars(
        select(Reminder)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Reminder.id)
    ):
        last[reminder.occasion_id] = reminder_state(reminder)
    return last


def reminder_state(reminder: Reminder) -> tuple[datetime, ReminderState]:
    """Return where a reminder stands and since when; claimed and never recorded is `unknown`."""
    states: tuple[tuple[datetime | None, ReminderState], ...] = (
        (reminder.sent_at, "sent"),
        (reminder.failed_at, "failed"),
        (reminder.dropped_at, "dropped"),
        (reminder.claimed_at, "unknown"),
    )
    for at, state in states:
        if at is not None:
            return at, state
    return reminder.planned_at, "planned"
