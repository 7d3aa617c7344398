"""Who a browser or a link belongs to."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.formats import link_token, stop_token
from app.models import Account, Link, Participant, SignedIn, StudyVersion
from app.models.access import Proof
from app.models.base import Instant
from app.queries import studies
from app.queries.second_factors import with_second_factor

LENGTH_OF_DEVICE = 16
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Visitor:
    """A participant on a phone; `device` tells their signed-in browsers apart, `link_id` let this one in."""

    participant_id: int
    study_id: int
    site: str
    language: str
    time_zone: ZoneInfo
    actor: Actor
    device: str = ""
    signed_in_at: datetime = LONG_AGO
    link_id: int | None = None


@dataclass(frozen=True)
class StaffMember:
    """A member of staff at a desk; `study_id` and `site` None mean every one.

    `second_factor`: they have something to show beside the password. `proved_by` and `proved_at`: by what and
    when they last showed who they are.
    """

    account_id: int
    name: str
    email: str
    role: Role
    study_id: int | None
    site: str | None
    language: str
    actor: Actor
    second_factor: bool = False
    proved_by: Proof | None = None
    proved_at: datetime = LONG_AGO
    unblinded: bool = False
    seen_at: datetime | None = None
    begun_at: datetime = LONG_AGO


@dataclass(frozen=True)
class LinkState:
    """What a link's page may know: whether it works, and which language to speak."""

    link_id: int
    participant_id: int
    language: str
    usable: bool


@dataclass(frozen=True)
class Reader:
    """A participant who holds a message of ours, and may do no more than end them."""

    participant_id: int
    language: str
    actor: Actor


def hashed(secret: str) -> str:
    """Return the form in which a browser's secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


_zone = cache(ZoneInfo)


# Every page and every answer of a participant begins with this one. It is built once, because building it
# takes longer than running it, and brings along what all that follows asks for: the study's newest version.
_SIGNED_IN = (
    select(
        Participant.id,
        Participant.study_id,
        Participant.site,
        Participant.language,
        Participant.time_zone,
        SignedIn.created_at,
        SignedIn.link_id,
        StudyVersion.id.label("version_id"),
        StudyVersion.content_hash,
    )
    .join(SignedIn, SignedIn.participant_id == Participant.id)
    .join(Link, Link.id == SignedIn.link_id)
    .join(StudyVersion, StudyVersion.study_id == Participant.study_id)
    .where(
        SignedIn.secret_hash == bindparam("secret_hash"),
        SignedIn.ended_at.is_(None),
        SignedIn.expires_at > bindparam("now", type_=Instant),
        Link.revoked_at.is_(None),
    )
    .order_by(StudyVersion.number.desc())
    .limit(1)
)
_SIGNED_IN_AND_HELD = _SIGNED_IN.with_for_update(of=Participant)


def signed_in(session: Session, *, secret: str, now: datetime, lock: bool = False) -> Visitor | None:
    """Return the participant whose browser holds a secret, or None; `lock` holds them.

    A browser let in by a link goes out with it: a revoked link ends its sessions at once.
    """
    row = (
        session.connection()
        .execute(_SIGNED_IN_AND_HELD if lock else _SIGNED_IN, {"secret_hash": hashed(secret), "now": now})
        .first()
    )
    if row is None:
        return None
    studies.remember(session, row.study_id, row.version_id, row.content_hash)
    actor = Actor("participant", row.id, study_id=row.study_id, site=row.site)
    device = hashed(secret)[:LENGTH_OF_DEVICE]
    return Visitor(
        row.id,
        row.study_id,
        row.site,
        row.language,
        _zone(row.time_zone),
        actor,
        device=device,
        signed_in_at=row.created_at,
        link_id=row.link_id,
    )


def staff_member(session: Session, *, secret: str, now: datetime) -> StaffMember | None:
    """Return the member of staff whose browser holds a secret, or None."""
    row = session.execute(
        select(
            Account,
            SignedIn.proved_by,
            SignedIn.proved_at,
            SignedIn.seen_at,
            SignedIn.created_at,
            with_second_factor().label("second_factor"),
        )
        .join(SignedIn, SignedIn.account_id == Account.id)
        .where(
            SignedIn.secret_hash == hashed(secret),
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > now,
            or_(SignedIn.idle_until.is_(None), SignedIn.idle_until > now),
            Account.deactivated_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    account = row.Account
    return StaffMember(
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        study_id=account.study_id,
        site=account.site,
        language=account.language,
        actor=Actor("account", account.id, account.name, account.role, account.study_id, account.site),
        second_factor=row.second_factor,
        proved_by=row.proved_by,
        proved_at=row.proved_at or LONG_AGO,
        unblinded=account.unblinded,
        seen_at=row.seen_at,
        begun_at=row.created_at,
    )


def link(session: Session, *, token: str, keys: tuple[str, ...], now: datetime) -> LinkState | None:
    """Return what is known of a link, or None where the token was never signed here.

    The database is asked either way, so that both take as long.
    """
    link_id = link_token.read(token, keys) or 0
    row = session.execute(
        select(Link.expires_at, Link.revoked_at, Participant.id, Participant.language)
        .join(Participant, Participant.id == Link.participant_id)
        .where(Link.id == link_id)
    ).first()
    if row is None:
        return None
    return LinkState(link_id, row.id, row.language, usable=row.revoked_at is None and now < row.expires_at)


def reader(session: Session, *, token: str, keys: tuple[str, ...]) -> Reader | None:
    """Return whose message holds a token to stop all further ones, or None where it was never signed here."""
    participant_id = stop_token.read(token, keys) or 0
    row = session.execute(
        select(Participant.id, Participant.study_id, Participant.site, Participant.language).where(
            Participant.id == participant_id
        )
    ).first()
    if row is None:
        return None
    actor = Actor("participant", row.id, study_id=row.study_id, site=row.site)
    return Reader(row.id, row.language, actor)


def came_by(session: Session, *, secret: str, token: str, keys: tuple[str, ...], now: datetime) -> bool:
    """Return whether the browser that holds a secret was let in by this very link, and still is."""
    if signed_in(session, secret=secret, now=now) is None:
        return False
    opened = session.scalar(select(SignedIn.link_id).where(SignedIn.secret_hash == hashed(secret)))
    return opened is not None and opened == link_token.read(token, keys)


def newest_link(session: Session, *, participant_id: int, now: datetime) -> int | None:
    """Return the id of a participant's link that works, or None."""
    return newest_links(session, participant_ids=[participant_id], now=now).get(participant_id)


def newest_links(session: Session, *, participant_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Return the ids of the links that work, for those of these participants who have one."""
    found = session.execute(
        select(Link.participant_id, func.max(Link.id))
        .where(Link.participant_id.in_(participant_ids), Link.revoked_at.is_(None), Link.expires_at > now)
        .group_by(Link.participant_id)
    )
    return {participant_id: link_id for participant_id, link_id in found}  # noqa: C416 - a Result is no mapping
