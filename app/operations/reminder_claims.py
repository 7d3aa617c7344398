"""A sender claims messages: each goes to one sender, and only while it is still owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.quiet_hours import QuietHours
from app.domain.reminders import BY_HAND, NotOwed, is_quiet
from app.errors import Refusal
from app.formats import contact as contact_format
from app.models import Contact, Occasion, Participant, Reminder
from app.models.reminder import WAITING
from app.operations import audit, reminders
from app.operations.links import issue_link
from app.queries import access, studies
from app.queries.reminders import Draft, Standing, draft, standings

SENDER = Actor("command", name="reminders")

PLACE = (Participant.study_id, Participant.time_zone)
"""What decides whether it is night for someone: two studies may keep other hours quiet in one zone."""


@dataclass(frozen=True)
class OwedReminder:
    """A claimed message with all that is needed to render and send it."""

    reminder_id: int
    participant_id: int
    address: str
    link_id: int
    draft: Draft


@dataclass(frozen=True)
class Letter:
    """To whom a message goes, and its words."""

    address: str
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
        _lock(session, taken)
        links = _links(session, taken, now)
        for reminder, found in letters(session, taken, now=now, contact_keys=contact_keys):
            if isinstance(found, Refusal):  # one lost key must not hold up everybody else's messages
                _fail(session, reminder.id, str(found), now=now, actor=actor)
            elif isinstance(found, str):
                reminders.drop(session, reminder_id=reminder.id, why=found, now=now, actor=actor)
            else:
                someone = reminder.participant_id
                if someone not in links:
                    links[someone] = issue_link(session, participant_id=someone, actor=actor, now=now)
                owed.append(OwedReminder(reminder.id, someone, found.address, links[someone], found.draft))
    return owed


def _fail(session: Session, reminder_id: int, failure: str, *, now: datetime, actor: Actor) -> None:
    reminders.record_failed(
        session, reminder_id=reminder_id, failure=failure, now=now, actor=actor, temporary=True
    )


Place = Row[int, str]
Taken = Row[int, int, str, int]
"""A message's id, occasion, step and participant."""


def waiting(
    session: Session, now: datetime, places: Collection[Place], where: ColumnElement[bool]
) -> Select[int]:
    """Return the query for what waits and may leave now, in those of these places that are awake."""
    quiet = quiet_hours(session, places)
    awake = [(study, zone) for study, zone in places if not is_quiet(now, ZoneInfo(zone), quiet[study])]
    in_its_hour = and_(tuple_(*PLACE).in_(awake), Reminder.planned_at <= now)
    return (
        select(Reminder.id)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(WAITING, where, or_(Reminder.step.startswith(BY_HAND), in_its_hour))
        .order_by(Reminder.id)
    )


def quiet_hours(session: Session, places: Collection[Place]) -> dict[int, QuietHours]:
    """Return the hours that each study keeps quiet."""
    ids = {study_id for study_id, _ in places}
    return {each: studies.current(session, study_id=each).study.quiet_hours for each in ids}


def _take(session: Session, now: datetime, limit: int, ids: Collection[int] | None) -> Sequence[Taken]:
    where = Reminder.id.is_not(None) if ids is None else Reminder.id.in_(ids)
    places = session.execute(
        select(*PLACE)
        .join(Occasion, Occasion.participant_id == Participant.id)
        .join(Reminder, Reminder.occasion_id == Occasion.id)
        .where(WAITING, where)
        .distinct()
    ).all()
    # As a CTE it runs once: as a plain subquery PostgreSQL may run it again and lock more than `limit`.
    locked = (
        waiting(session, now, places, where)
        .limit(limit)
        .with_for_update(of=Reminder, skip_locked=True)
        .cte("chosen")
    )
    taken = session.scalars(
        update(Reminder)
        .where(Reminder.id.in_(select(locked.c.id)))
        .values(claimed_at=now)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    ).all()
    return named(session, taken)


def named(session: Session, ids: Collection[int]) -> Sequence[Taken]:
    """Return of some messages what they are about, in their own order."""
    return session.execute(
        select(Reminder.id, Reminder.occasion_id, Reminder.step, Occasion.participant_id)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .where(Reminder.id.in_(ids))
        .order_by(Reminder.id)
    ).all()


def _lock(session: Session, taken: Sequence[Taken]) -> None:
    """Lock the participants; only then may be read where their occasions stand.

    A death or a withdrawal that is being recorded right now is waited for, and seen.
    """
    audit.lock_each(session, of="participant", ids={reminder.participant_id for reminder in taken})


def _links(session: Session, taken: Sequence[Taken], now: datetime) -> dict[int, int]:
    return access.newest_links(session, participant_ids={each.participant_id for each in taken}, now=now)


def letters(
    session: Session, taken: Sequence[Taken], *, now: datetime, contact_keys: Sequence[str]
) -> list[tuple[Taken, Letter | NotOwed | Refusal]]:
    """Return what each of some messages says and to whom, or why it is not sent; a few queries for all."""
    about = Occasion.id.in_([reminder.occasion_id for reminder in taken])
    standing = {each.occasion_id: each for each in standings(session, where=about, now=now)}
    contacts = {
        contact.participant_id: contact.sealed
        for contact in session.scalars(
            select(Contact)
            .where(Contact.participant_id.in_({each.participant_id for each in taken}))
            .execution_options(populate_existing=True)
        )
    }
    return [
        (each, _letter(standing[each.occasion_id], each, contacts.get(each.participant_id), contact_keys))
        for each in taken
    ]


def _letter(
    standing: Standing, reminder: Taken, sealed: str | None, contact_keys: Sequence[str]
) -> Letter | NotOwed | Refusal:
    if standing.not_owed is not None:
        return standing.not_owed
    by_hand = reminder.step.startswith(BY_HAND)
    if not by_hand and (standing.step is None or standing.step.code != reminder.step):
        return "superseded"
    words = draft(standing)
    if words is None:
        return "no words"
    if sealed is None:
        return "no address"
    try:
        address = contact_format.unseal(sealed, contact_keys).email
    except Refusal as unreadable:
        return unreadable
    return Letter(address, words) if address else "no address"
