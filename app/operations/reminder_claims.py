"""A sender claims messages: each goes to one sender, and only while it is still owed."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.channels import KIND_OF
from app.domain.quiet_hours import QuietHours
from app.domain.reminders import BY_HAND, NotOwed, is_quiet
from app.domain.study import Channel
from app.errors import Code, Refusal
from app.formats import contact as contact_format
from app.formats import subscription as subscription_format
from app.formats.subscription import Subscription
from app.models import Contact, Occasion, Participant, Reminder
from app.models.reminder import WAITING
from app.operations import audit
from app.operations.contact_hashes import keep_hashes, without_hashes
from app.operations.links import issue_link
from app.operations.reminder_fates import Claimed, Fate, record_fate
from app.queries import access, studies
from app.queries.addresses import sealed_browsers
from app.queries.reminders import Draft, Standing, draft, standings

SENDER = Actor("command", name="reminders")

PLACE = (Participant.study_id, Participant.time_zone)
"""What decides whether it is night for someone: two studies may keep other hours quiet in one zone."""


Place = Row[int, str]
Taken = Row[int, int, str, str, int, str]
"""A message's id, occasion, step and channel, and the occasion's participant and visit."""


@dataclass(frozen=True)
class Route:
    """One channel and the address on it; `browser` where it is pushed."""

    channel: Channel
    address: str = ""
    browser: Subscription | None = None


@dataclass(frozen=True)
class OwedReminder:
    """A claimed message with all that is needed to render and send it."""

    reminder_id: int
    participant_id: int
    link_id: int
    draft: Draft
    routes: tuple[Route, ...]
    """What to try, in this order, where the one before surely did not take it."""
    visit: str
    step: str

    def by(self, channel: Channel | None = None) -> Claimed:
        """Return what the trail says of it: it went, or was to go, by this channel or the first one."""
        return Claimed(
            reminder_id=self.reminder_id,
            participant_id=self.participant_id,
            visit=self.visit,
            step=self.step,
            channel=channel or self.routes[0].channel,
        )


@dataclass(frozen=True)
class Letter:
    """By which ways a message may go, at least one, and its words."""

    routes: tuple[Route, ...]
    draft: Draft


def claim(
    session: Session,
    *,
    now: datetime,
    limit: int,
    contact_keys: Sequence[str],
    ids: Collection[int] | None = None,
    actor: Actor = SENDER,
    configured: Collection[str] = ("email",),
    down: Collection[str] = (),
) -> list[OwedReminder]:
    """Claim up to `limit` waiting messages, of these `ids` alone where they are given.

    Two senders at once never get the same one. What is no longer owed is dropped with its reason. What is
    planned waits for the participant's day and hour; what was asked for by hand does not. `configured` are
    the channels that this installation has settings for; what goes by one that is `down` goes on waiting.
    """
    owed: list[OwedReminder] = []
    while len(owed) < limit and (taken := _take(session, now, limit - len(owed), ids, down)):
        _lock(session, taken)
        links = _links(session, taken, now)
        _keep_hashes(session, taken, contact_keys)
        for reminder, found in letters(
            session, taken, now=now, contact_keys=contact_keys, configured=configured
        ):
            if isinstance(found, Refusal):  # one lost key must not hold up everybody else's messages
                failed = Fate(message=_named(reminder), end="failed", reason=str(found), temporary=True)
                record_fate(session, failed, now=now, actor=actor)
            elif isinstance(found, str):
                dropped = Fate(message=_named(reminder), end="dropped", reason=found)
                record_fate(session, dropped, now=now, actor=actor)
            elif not _waits(session, reminder.id, found.routes[0].channel, down):
                someone = reminder.participant_id
                if someone not in links:
                    links[someone] = issue_link(session, participant_id=someone, actor=actor, now=now)
                owed.append(owing(reminder, found, links[someone]))
    return owed


def owing(reminder: Taken, letter: Letter, link_id: int) -> OwedReminder:
    """Return a message with all that it needs to leave."""
    return OwedReminder(
        reminder.id,
        reminder.participant_id,
        link_id,
        letter.draft,
        letter.routes,
        reminder.visit,
        reminder.step,
    )


def _named(reminder: Taken) -> Claimed:
    return Claimed(
        reminder_id=reminder.id,
        participant_id=reminder.participant_id,
        visit=reminder.visit,
        step=reminder.step,
        channel=reminder.channel,
    )


def _waits(session: Session, reminder_id: int, channel: Channel, down: Collection[str]) -> bool:
    """Write down which channel is the first one open; where that is down, let the message wait for it."""
    waits = channel in down
    values: dict[str, object] = {"channel": channel} | ({"claimed_at": None} if waits else {})
    changes = update(Reminder).where(Reminder.id == reminder_id)
    if not waits:
        changes = changes.where(Reminder.channel != channel)
    session.execute(changes.values(values).execution_options(synchronize_session=False))
    return waits


def _keep_hashes(session: Session, taken: Sequence[Taken], contact_keys: Sequence[str]) -> None:
    """Make the hashes where there are none: of who was imported, or enrolled before there were any."""
    for someone in sorted(without_hashes(session, participant_ids={each.participant_id for each in taken})):
        contact = session.get(Contact, someone)
        if contact is not None:
            with suppress(Refusal):  # what no key opens is told where it is to be sent
                details = contact_format.unseal(contact.sealed, contact_keys)
                keep_hashes(session, participant_id=someone, details=details, contact_keys=contact_keys)


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


def ours(ids: Collection[int] | None, down: Collection[str]) -> ColumnElement[bool]:
    """Return which messages a sender cares for: all or these, but for those that wait for their channel."""
    every = Reminder.id.is_not(None) if ids is None else Reminder.id.in_(ids)
    return and_(every, Reminder.channel.not_in(down)) if down else every


def _take(
    session: Session, now: datetime, limit: int, ids: Collection[int] | None, down: Collection[str]
) -> Sequence[Taken]:
    where = ours(ids, down)
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
        select(
            Reminder.id,
            Reminder.occasion_id,
            Reminder.step,
            Reminder.channel,
            Occasion.participant_id,
            Occasion.visit,
        )
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
    session: Session,
    taken: Sequence[Taken],
    *,
    now: datetime,
    contact_keys: Sequence[str],
    configured: Collection[str],
) -> list[tuple[Taken, Letter | NotOwed | Refusal]]:
    """Return what each of some messages says and to whom, or why it is not sent; a few queries for all."""
    about = Occasion.id.in_([reminder.occasion_id for reminder in taken])
    standing = {each.occasion_id: each for each in standings(session, where=about, now=now)}
    people = {each.participant_id for each in taken}
    contacts = {
        contact.participant_id: contact.sealed
        for contact in session.scalars(
            select(Contact)
            .where(Contact.participant_id.in_(people))
            .execution_options(populate_existing=True)
        )
    }
    browsers = sealed_browsers(session, participant_ids=people)
    found: list[tuple[Taken, Letter | NotOwed | Refusal]] = []
    for each in taken:
        whose = _Sealed(contacts.get(each.participant_id), browsers.get(each.participant_id, ()))
        try:
            found.append((each, _letter(standing[each.occasion_id], each, whose, contact_keys, configured)))
        except Refusal as unreadable:
            found.append((each, unreadable))
    return found


@dataclass(frozen=True)
class _Sealed:
    contact: str | None
    browsers: Sequence[str]


def _letter(
    standing: Standing,
    reminder: Taken,
    sealed: _Sealed,
    contact_keys: Sequence[str],
    configured: Collection[str],
) -> Letter | NotOwed:
    if standing.not_owed is not None:
        return standing.not_owed
    by_hand = reminder.step.startswith(BY_HAND)
    if not by_hand and (standing.step is None or standing.step.code != reminder.step):
        return "superseded"
    words = draft(standing)
    if words is None:
        return "no words"
    ways = [way for way in standing.ways if way in configured]
    if not ways and "email" in standing.ways:
        ways = ["email"]  # goes to the outbox folder
    if not ways:
        raise Refusal(Code.NOT_CONFIGURED, f"no settings for {', '.join(standing.ways)}")
    routes = _routes(sealed, ways, contact_keys)
    return Letter(routes, words) if routes else "no address"


def _routes(sealed: _Sealed, ways: Sequence[Channel], contact_keys: Sequence[str]) -> tuple[Route, ...]:
    """Return what to try, in this order; a browser that no key opens is passed over where anything else is.

    Where there is nothing else it is refused: "no address" would be untrue, and would drop it each round.
    """
    routes: list[Route] = []
    unreadable: Refusal | None = None
    details = None if sealed.contact is None else contact_format.unseal(sealed.contact, contact_keys)
    for way in ways:
        if way == "push":
            for browser in sealed.browsers:
                try:
                    routes.append(Route(way, browser=subscription_format.unseal(browser, contact_keys)))
                except Refusal as fault:
                    unreadable = fault
        elif details is not None and (address := getattr(details, KIND_OF[way])):
            routes.append(Route(way, address))
    if unreadable is not None and not routes:
        raise unreadable
    return tuple(routes)
