"""Failed tries at an account: counted, written down when they close the door, told at the next sign-in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import Account, SignedIn
from app.models.access import AttemptKind
from app.operations import attempts, audit
from app.operations.audit import Chain

NOBODY = 0
STRANGER = Actor("stranger", name="sign-in")
"""Whoever stands at the door and has not shown who they are."""
KINDS: tuple[AttemptKind, ...] = ("sign-in", "second-factor")


@dataclass(frozen=True)
class FailedTries:
    """How many tries failed since someone last came in, and when that was."""

    count: int
    since: datetime | None


def closed(session: Session, *, kind: AttemptKind, email: str, address: str, now: datetime) -> bool:
    """Return whether an account's or an address's tries are used up; both are held from here on."""
    return (
        attempts.too_many(session, kind="address", subject=address, now=now)
        or attempts.too_many(session, kind=kind, subject=email, now=now)
        or (
            kind in attempts.ALLOWED_A_DAY
            and attempts.too_many_today(session, kind=kind, subject=email, now=now)
        )
    )


def count(
    session: Session, account_id: int | None, *, kind: AttemptKind, email: str, address: str, now: datetime
) -> None:
    """Count a failed try; the one that closes the door leaves an entry.

    Where there is no such account the same is done for nobody: neither the answer nor the time that it takes
    tells which addresses have one.
    """
    attempts.count(session, kind="address", subject=address, now=now)
    attempts.count(session, kind=kind, subject=email, now=now)
    if not attempts.too_many(session, kind=kind, subject=email, now=now):
        return
    if account_id is None:
        attempts.hold(session, "nobody's trail")
    chain = Chain("account", account_id or NOBODY)
    audit.record(
        session,
        chain=chain,
        actor=STRANGER,
        action="account.lock",
        subject=str(chain),
        now=now,
        new={"tries": attempts.ALLOWED[kind], "kind": kind},
    )


def since_last_time(session: Session, account: Account) -> FailedTries:
    """Return the tries that failed since the account last came in, for those who come in now to be told."""
    since = session.scalar(select(func.max(SignedIn.created_at)).where(SignedIn.account_id == account.id))
    found = sum(
        attempts.tried_since(session, kind=kind, subject=account.email, since=since or account.created_at)
        for kind in KINDS
    )
    return FailedTries(found, since)
