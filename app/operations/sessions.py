"""Signed-in browsers: begun with a secret that only the browser keeps, ended by a row."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import SignedIn
from app.models.access import Proof
from app.operations import audit
from app.operations.audit import Chain
from app.queries.access import hashed


def begin_session(
    session: Session,
    *,
    now: datetime,
    lasting: timedelta,
    participant_id: int | None = None,
    link_id: int | None = None,
    account_id: int | None = None,
    proof: Proof | None = None,
) -> str:
    """Let a browser in and return its secret; the caller leaves the audit entry.

    `proof`: by what a member of staff showed who they are.
    """
    secret = secrets.token_urlsafe(32)
    session.add(
        SignedIn(
            secret_hash=hashed(secret),
            participant_id=participant_id,
            link_id=link_id,
            account_id=account_id,
            created_at=now,
            expires_at=now + lasting,
            proved_by=proof,
            proved_at=None if account_id is None else now,
        )
    )
    session.flush()
    return secret


def end_session(session: Session, *, secret: str, now: datetime) -> None:
    """Sign a browser out; one that is unknown or already out changes nothing."""
    signed_in = session.scalar(
        select(SignedIn)
        .where(SignedIn.secret_hash == hashed(secret), SignedIn.ended_at.is_(None))
        .with_for_update()
    )
    if signed_in is None:
        return
    signed_in.ended_at = now
    session.flush()
    if signed_in.participant_id is not None:
        chain, actor = (
            Chain("participant", signed_in.participant_id),
            Actor("participant", signed_in.participant_id),
        )
    else:
        account_id = signed_in.account_id or 0
        chain, actor = Chain("account", account_id), Actor("account", account_id)
    audit.record(session, chain=chain, actor=actor, action="session.end", subject=str(chain), now=now)


def note_use(session: Session, *, secret: str, browser: str, idle: timedelta, now: datetime) -> None:
    """Write down that a browser of staff is in use, what kind it is, and until when it may rest from now on.

    It leaves no entry: it changes nothing that anyone answered or decided, and comes every minute.
    """
    session.execute(
        update(SignedIn)
        .where(SignedIn.secret_hash == hashed(secret), SignedIn.ended_at.is_(None))
        .values(seen_at=now, idle_until=now + idle, browser=browser)
    )


def end_sessions(
    session: Session,
    *,
    account_id: int,
    actor: Actor,
    now: datetime,
    mark: str | None = None,
    keep: str | None = None,
) -> int:
    """End browsers of a member of staff and return how many: all, the one with a `mark`, all but `keep`."""
    audit.lock(session, Chain("account", account_id))
    chosen = update(SignedIn).where(
        SignedIn.account_id == account_id, SignedIn.ended_at.is_(None), SignedIn.expires_at > now
    )
    if mark is not None:
        chosen = chosen.where(SignedIn.secret_hash.startswith(mark, autoescape=True))
    if keep is not None:
        chosen = chosen.where(SignedIn.secret_hash != hashed(keep))
    ended = len(session.execute(chosen.values(ended_at=now).returning(SignedIn.secret_hash)).all())
    if ended:
        audit.record(
            session,
            chain=Chain("account", account_id),
            actor=actor,
            action="session.end",
            subject=f"account:{account_id}",
            now=now,
            new={"sessions": ended},
            locked=True,
        )
    return ended
