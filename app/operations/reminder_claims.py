"""A sender claims messages: each goes to one sender, and only while it is still owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reminders import BY_HAND, NotOwed, is_quiet
from app.errors import Refusal
from app.formats import contact as contact_format
from app.models import Contact, Occasion, Participant, Reminder
from app.operations import audit, reminders
from app.operations.audit import Chain
from app.operations.links import issue_link
from app.queries import access, studies
from app.queries.reminders import Draft, Standing, draft, standings

SENDER = Actor("command", name="reminders")


@dataclass(frozen=True)
class OwedReminder:
    """A claimed message with all that is needed to render and send it."""

    reminder_id: int
    participant_id: int
    address: str
    link_id: int
    draft: Draft


def claim(
    session: Session,
    *,
    now: datetime,
    limit: int,
    contact_keys: Sequence[str],
    ids: Collection[int] | None = None,
    actor: Actor = SENDER,
) -> list[OwedReminder]:
    """Claim up to `limit` waiting messages, of these `ids` alone where they are given.

    Two senders at once never get the same one. What is no longer owed is dropped with its reason. What is
    planned waits for the participant's day and hour; what was asked for by hand does not.
    """
    owed: list[OwedReminder] = []
    while len(owed) < limit and (taken := _take(session, now, limit - len(owed), ids)):
        for standing, reminder in _held(session, taken, now):
            try:
                found = _why_dropped(session, standing, reminder.step, contact_keys)
            except Refusal as unreadable:  # one lost key must not hold up everybody else's messages
                _fail(session, reminder.id, str(unreadable), now=now, actor=actor)
                continue
            if isinstance(found, str):
                reminders.drop(session, reminder_id=reminder.id, why=found, now=now, actor=actor)
                continue
            address, words = found
            link_id = access.newest_link(session, participant_id=standing.participant_id, now=now)
            if link_id is None:
                link_id = issue_link(session, participant_id=standing.participant_id, actor=actor, now=now)
            owed.append(OwedReminder(reminder.id, standing.participant_id, address, link_id, words))
    return owed


def _fail(session: Session, reminder_id: int, failure: str, *, now: datetime, actor: Actor) -> None:
    reminders.record_failed(
        session, reminder_id=reminder_id, failure=failure, now=now, actor=actor, temporary=True
    )


_Taken = Row[int, int, str]


def _take(session: Session, now: datetime, limit: int, ids: Collection[int] | None) -> Sequence[_Taken]:
    joined = (
        select(Reminder.id)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(reminders.WAITING)
    )
    where = (Participant.study_id, Participant.time_zone)
    awake = [
        (study_id, zone)
        for study_id, zone in session.execute(joined.with_only_columns(*where).distinct())
        if not is_quiet(now, ZoneInfo(zone), studies.current(session, study_id=study_id).study.quiet_hours)
    ]
    in_its_hour = and_(tuple_(*where).in_(awake), Reminder.planned_at <= now)
    chosen = joined.where(or_(Reminder.step.startswith(BY_HAND), in_its_hour))
    if ids is not None:
        chosen = chosen.where(Reminder.id.in_(ids))
    # As a CTE it runs once: as a plain subquery PostgreSQL may run it again and lock more than `limit`.
    locked = (
        chosen.order_by(Reminder.id).limit(limit).with_for_update(of=Reminder, skip_locked=True).cte("chosen")
    )
    return session.execute(
        update(Reminder)
        .where(Reminder.id.in_(select(locked.c.id)))
        .values(claimed_at=now)
        .returning(Reminder.id, Reminder.occasion_id, Reminder.step)
        .execution_options(synchronize_session=False)
    ).all()


def _held(session: Session, taken: Sequence[_Taken], now: datetime) -> list[tuple[Standing, _Taken]]:
    """Lock the participants, in one order for every sender, and only then read where their occasions stand.

    A death or a withdrawal that is being recorded right now is waited for, and seen.
    """
    occasion_ids = [reminder.occasion_id for reminder in taken]
    for participant_id in session.scalars(
        select(Occasion.participant_id)
        .where(Occasion.id.in_(occasion_ids))
        .distinct()
        .order_by(Occasion.participant_id)
    ).all():
        audit.lock(session, Chain("participant", participant_id))
    standing = {
        each.occasion_id: each for each in standings(session, where=Occasion.id.in_(occasion_ids), now=now)
    }
    return [(standing[reminder.occasion_id], reminder) for reminder in taken]


def _why_dropped(
    session: Session, standing: Standing, step: str, contact_keys: Sequence[str]
) -> NotOwed | tuple[str, Draft]:
    """Return why a claimed message is not sent after all, or the address and the words."""
    if standing.not_owed is not None:
        return standing.not_owed
    if not step.startswith(BY_HAND) and (standing.step is None or standing.step.code != step):
        return "superseded"
    words = draft(standing)
    if words is None:
        return "no words"
    sealed = session.get_one(Contact, standing.participant_id, populate_existing=True).sealed
    address = contact_format.unseal(sealed, contact_keys).email
    return (address, words) if address else "no address"
