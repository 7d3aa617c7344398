"""Failed tries are rows, so that every worker process counts the same."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from app.models import Attempt
from app.models.access import AttemptKind

WINDOW = timedelta(minutes=15)
ALLOWED: dict[AttemptKind, int] = {
    "link": 5,
    "address": 30,
    "sign-in": 5,
    "second-factor": 5,
    "reset": 3,
    "new-address": 3,
    "hook": 1,
}
DAY = timedelta(days=1)
ALLOWED_A_DAY: dict[AttemptKind, int] = {"link": 15, "second-factor": 20}
"""There are only some eighty years of birth to guess, and a million codes of which three are right."""
KEPT_LONGER = timedelta(days=90)
"""Tries at an account are told to its owner, who may be away for a while."""
AT_ACCOUNTS: tuple[AttemptKind, ...] = ("sign-in", "second-factor")


def too_many(session: Session, *, kind: AttemptKind, subject: str, now: datetime) -> bool:
    """Return whether a subject has used up its tries of the last quarter of an hour.

    The subject is held until the transaction ends: of tries that come at once, each sees those before it.
    """
    hidden = _hidden(kind, subject)
    _hold(session, hidden)
    return _tried(session, kind, hidden, since=now - WINDOW) >= ALLOWED[kind]


def hold(session: Session, what: str) -> None:
    """Let no one else hold the same until the transaction ends."""
    _hold(session, hashlib.sha256(what.encode()).hexdigest())


def too_many_today(session: Session, *, kind: AttemptKind, subject: str, now: datetime) -> bool:
    """Return whether a subject, held by `too_many` before, has used up its tries of the last day."""
    return _tried(session, kind, _hidden(kind, subject), since=now - DAY) >= ALLOWED_A_DAY[kind]


def tried_since(session: Session, *, kind: AttemptKind, subject: str, since: datetime) -> int:
    """Return how many tries at a subject failed since an instant, of the last ninety days."""
    return _tried(session, kind, _hidden(kind, subject), since=since)


def _hold(session: Session, hidden: str) -> None:
    if session.get_bind().dialect.name == "postgresql":  # SQLite lets in one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(_as_lock(hidden))))


def _tried(session: Session, kind: AttemptKind, hidden: str, *, since: datetime) -> int:
    return session.scalars(
        select(func.count()).where(Attempt.kind == kind, Attempt.subject == hidden, Attempt.tried_at > since)
    ).one()


def count(session: Session, *, kind: AttemptKind, subject: str, now: datetime) -> None:
    """Count one failed try, and forget those older than a day, at accounts those older than ninety."""
    old = and_(Attempt.tried_at < now - DAY, Attempt.kind.not_in(AT_ACCOUNTS))
    session.execute(delete(Attempt).where(or_(old, Attempt.tried_at < now - KEPT_LONGER)))
    session.execute(insert(Attempt).values(kind=kind, subject=_hidden(kind, subject), tried_at=now))


def _hidden(kind: AttemptKind, subject: str) -> str:
    counted = _network(subject) if kind == "address" else subject
    return hashlib.sha256(counted.encode()).hexdigest()


def _as_lock(hidden: str) -> int:
    return int.from_bytes(bytes.fromhex(hidden[:16]), signed=True)


def _network(address: str) -> str:
    """Return what one household or one office has: all of an IPv6 address but its free half."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found.packed[:8] + bytes(8), 64)))
