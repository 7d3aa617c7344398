"""A sender looks ahead at some messages, holding nothing, and claims each only when it hands it over.

Looking is dear and done for many at once; claiming is cheap and done for one, so that a sender that dies
leaves no more than one message of unknown fate. Whatever changed in between has left an entry in the
participant's trail (docs/decisions/0013): where the trail has not grown, what was seen still holds.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.quiet_hours import QuietHours
from app.domain.reminders import BY_HAND, is_quiet
from app.domain.schedule import civil_date
from app.models import Participant, Reminder
from app.models.base import Instant
from app.models.reminder import WAITING
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contact_hashes import without_hashes
from app.operations.reminder_claims import (
    PLACE,
    SENDER,
    Letter,
    OwedReminder,
    Place,
    claim,
    letters,
    named,
    ours,
    owing,
    quiet_hours,
    waiting,
)
from app.operations.reminder_fates import Fate, record_fate
from app.queries import access

LASTS = timedelta(seconds=30)
"""How long what was seen may count: a study's new texts are not in any participant's trail."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A message as it was seen while nobody held it; without `owed`, claiming it takes a closer look."""

    reminder_id: int
    participant_id: int
    by_hand: bool
    zone: ZoneInfo
    quiet: QuietHours
    at: datetime
    position: int
    owed: OwedReminder | None

    @property
    def day(self) -> date:
        """Return the participant's day on which it was seen."""
        return civil_date(self.at, self.zone)

    def holds(self, now: datetime) -> bool:
        """Return whether what was seen depends on nothing that the clock has changed since."""
        timely = self.at <= now < self.at + LASTS and civil_date(now, self.zone) == self.day
        return timely and (self.by_hand or not is_quiet(now, self.zone, self.quiet))


def places(session: Session) -> Sequence[Place]:
    """Return the studies and time zones in which there is anybody."""
    return session.execute(select(*PLACE).distinct()).all()


def look(
    session: Session,
    *,
    now: datetime,
    limit: int,
    contact_keys: Sequence[str],
    among: Collection[Place],
    ids: Collection[int] | None = None,
    configured: Collection[str] = ("email",),
    down: Collection[str] = (),
) -> list[Sight]:
    """Look at up to `limit` of the messages that may leave now, from anywhere among them on.

    From another place each time, so that several senders seldom meet. `among` are the `places`. None are
    returned only where none is left.
    """
    where_to = ours(ids, down)
    chosen = next((found for found in _somewhere(session, now, limit, among, where_to) if found), ())
    seen = named(session, chosen)
    people = {each.participant_id for each in seen}
    # The trail first: what changes while the rest is read makes the trail grow past this.
    ends = audit.ends(session, [Chain("participant", each) for each in people])
    quiet = quiet_hours(session, among)
    where = {
        key: (ZoneInfo(zone), quiet.get(study_id, QuietHours()))
        for key, study_id, zone in session.execute(
            select(Participant.id, *PLACE).where(Participant.id.in_(people))
        )
    }
    links = access.newest_links(session, participant_ids=people, now=now)
    unknown = without_hashes(session, participant_ids=people)
    return [
        Sight(
            reminder_id=each.id,
            participant_id=each.participant_id,
            by_hand=each.step.startswith(BY_HAND),
            zone=where[each.participant_id][0],
            quiet=where[each.participant_id][1],
            at=now,
            position=ends[Chain("participant", each.participant_id)].position,
            owed=(
                owing(each, found, links[each.participant_id])
                if isinstance(found, Letter)
                and each.participant_id in links
                and each.participant_id not in unknown
                else None
            ),
        )
        for each, found in letters(session, seen, now=now, contact_keys=contact_keys, configured=configured)
    ]


def _somewhere(
    session: Session,
    now: datetime,
    limit: int,
    among: Collection[Place],
    where: ColumnElement[bool],
) -> Iterator[Sequence[int]]:
    lowest = session.scalar(select(func.min(Reminder.id)).where(WAITING, where))
    if lowest is None:
        return
    highest = session.scalar(select(func.max(Reminder.id)).where(WAITING, where)) or lowest
    somewhere = lowest + secrets.randbelow(max(1, highest - lowest + 2 - limit))
    for first in dict.fromkeys((somewhere, lowest)):
        yield session.scalars(
            waiting(session, now, among, where).where(Reminder.id >= first).limit(limit)
        ).all()


_CLAIM = (
    update(Reminder)
    .where(
        # Another sender may hold it and wait for this participant: waiting for that one would never end.
        Reminder.id.in_(
            select(Reminder.id)
            .where(
                Reminder.id == bindparam("this"),
                WAITING,
                or_(
                    Reminder.step.startswith(BY_HAND), Reminder.planned_at <= bindparam("now", type_=Instant)
                ),
            )
            .with_for_update(skip_locked=True)
        )
    )
    .values(claimed_at=bindparam("now", type_=Instant), channel=bindparam("way"))
    .returning(Reminder.id)
)


def claim_seen(
    session: Session,
    sight: Sight,
    *,
    now: datetime,
    contact_keys: Sequence[str],
    actor: Actor = SENDER,
    after: Fate | None = None,
    configured: Collection[str] = ("email",),
    down: Collection[str] = (),
) -> OwedReminder | None:
    """Claim one message that was looked at; None where another has it or it may not leave after all.

    Checked again with the participant locked: a death or a withdrawal that is being recorded right now is
    waited for, and seen. `after` is what became of the sender's last message, recorded in the same
    transaction: one commit a message, and still no more than one of unknown fate.
    """
    chain = Chain("participant", sight.participant_id)
    before = Chain("participant", after.message.participant_id) if after is not None else None
    chains = {chain} if before is None else {chain, before}
    audit.lock_each(session, of="participant", ids={each.id for each in chains})
    ends = audit.ends(session, chains)  # in a statement that begins after all locks are held
    if after is not None and before is not None:
        record_fate(session, after, now=now, actor=actor, last=ends[before])
    grown = before == chain or ends[chain].position != sight.position
    way = sight.owed.routes[0].channel if sight.owed is not None else None
    seen = sight.holds(now) and way not in down
    if sight.owed is not None and seen and not grown:
        this = {"this": sight.reminder_id, "now": now, "way": way}
        claimed = session.connection().execute(_CLAIM, this).first()
        return sight.owed if claimed else None
    found = claim(
        session,
        now=now,
        limit=1,
        contact_keys=contact_keys,
        ids=[sight.reminder_id],
        actor=actor,
        configured=configured,
        down=down,
    )
    return found[0] if found else None
