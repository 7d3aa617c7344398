"""Messages that somebody has to look at: failed for good, refused by the address, of unknown fate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reminders import BY_HAND, MOST_TRIES, TEMPORARY
from app.models import Occasion, Participant, Reminder
from app.models.reminder import LAST_BY_HAND, UNKNOWN

Trouble = Literal["bounced", "failed", "unknown"]
TROUBLES: tuple[Trouble, ...] = ("bounced", "failed", "unknown")

AT_WORK = timedelta(minutes=10)
"""What was claimed within these is most likely in a sender's hands right now."""


@dataclass(frozen=True)
class TroubledRow:
    """One message, since when it is in trouble, and what was said about it."""

    id: int
    occasion_id: int
    participant: str
    site: str
    visit: str
    channel: str
    step: str
    trouble: Trouble
    at: datetime
    failure: str | None
    tries: int


def troubled(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    trouble: Trouble | None = None,
    reminder_id: int | None = None,
    limit: int | None = None,
) -> list[TroubledRow]:
    """Return what nobody has decided about yet, as far as the actor may see it, in the order of planning."""
    query = _query(actor, study_id, now).order_by(Reminder.id).limit(limit)
    if trouble is not None:
        query = query.where(_wheres(now)[trouble])
    if reminder_id is not None:
        query = query.where(Reminder.id == reminder_id)
    return [
        TroubledRow(
            id=reminder.id,
            occasion_id=reminder.occasion_id,
            participant=code,
            site=site,
            visit=visit,
            channel=reminder.channel,
            step=reminder.step,
            trouble=trouble_of(reminder),
            at=reminder.bounced_at or reminder.failed_at or reminder.claimed_at or reminder.planned_at,
            failure=reminder.failure,
            tries=reminder.tries,
        )
        for reminder, visit, code, site in session.execute(query)
    ]


def counts(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Mapping[Trouble, int]:
    """Return how many of each there are."""
    every = _query(actor, study_id, now).with_only_columns(func.count())
    return {each: session.scalars(every.where(where)).one() for each, where in _wheres(now).items()}


def trouble_of(reminder: Reminder) -> Trouble:
    """Return what is wrong with a message that is in trouble."""
    if reminder.bounced_at is not None:
        return "bounced"
    return "failed" if reminder.failed_at is not None else "unknown"


def is_troubled(now: datetime) -> ColumnElement[bool]:
    """Return the condition for a message about which someone has to decide; `Occasion` must be joined.

    Not for what is tried again by itself while its visit is open.
    """
    return and_(Reminder.settled_at.is_(None), or_(*_wheres(now).values()))


def _wheres(now: datetime) -> Mapping[Trouble, ColumnElement[bool]]:
    goes_again = and_(
        Reminder.failure.startswith(TEMPORARY),
        Reminder.tries < MOST_TRIES,
        Occasion.closes_on >= now.date() - timedelta(days=1),
        or_(not_(Reminder.step.startswith(BY_HAND)), LAST_BY_HAND),
    )
    return {
        "bounced": Reminder.bounced_at.is_not(None),
        "failed": and_(Reminder.failed_at.is_not(None), Reminder.bounced_at.is_(None), not_(goes_again)),
        "unknown": and_(UNKNOWN, Reminder.claimed_at <= now - AT_WORK),
    }


def _query(actor: Actor, study_id: int, now: datetime) -> Select[Reminder, str, str, str]:
    query = (
        select(Reminder, Occasion.visit, Participant.code, Participant.site)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id, is_troubled(now))
    )
    if not actor.may_see(study_id=study_id, site=actor.site):
        return query.where(false())
    return query if actor.site is None else query.where(Participant.site == actor.site)
