"""Browsers that participants let show them messages: begun and ended by them, or by the push service."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import subscription as subscription_format
from app.formats.subscription import Subscription
from app.models import PushSubscription
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held

MOST = 5
"""More browsers than anyone has; the oldest makes room."""
LONGEST = 2000
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""ASCII without blanks, control characters and the backslash, which some take for a slash."""
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def subscribe(
    session: Session,
    *,
    participant_id: int,
    subscription: Subscription,
    actor: Actor,
    now: datetime,
    contact_keys: Sequence[str],
) -> None:
    """Push to a browser from now on; on a shared phone it is that of whoever asked last."""
    held(session, participant_id=participant_id, actor=actor)
    row = session.scalars(
        select(PushSubscription).filter_by(endpoint_hash=subscription.hash).with_for_update()
    ).one_or_none()
    if row is not None and row.participant_id == participant_id and row.ended_at is None:
        return
    if row is None:
        row = PushSubscription(endpoint_hash=subscription.hash)
        session.add(row)
    row.participant_id = participant_id
    row.sealed = subscription_format.seal(subscription, contact_keys)
    row.created_at, row.ended_at = now, None
    session.flush()
    for old in _live(session, participant_id)[MOST:]:
        old.ended_at = now
    _record(session, participant_id, "push.subscribe", actor=actor, now=now)


def end_subscriptions(
    session: Session,
    *,
    participant_id: int,
    actor: Actor,
    now: datetime,
    endpoint_hash: str | None = None,
    reason: str = "",
) -> None:
    """Push no more to one of someone's browsers, or to all of them; a second time changes nothing."""
    audit.lock(session, Chain("participant", participant_id))
    live = [row for row in _live(session, participant_id) if endpoint_hash in (None, row.endpoint_hash)]
    if not live:
        return
    for row in live:
        row.ended_at = now
    _record(session, participant_id, "push.end", actor=actor, now=now, reason=reason)


def _live(session: Session, participant_id: int) -> Sequence[PushSubscription]:
    return session.scalars(
        select(PushSubscription)
        .where(PushSubscription.participant_id == participant_id, PushSubscription.ended_at.is_(None))
        .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
    ).all()


def _record(
    session: Session, participant_id: int, action: str, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action=action,
        subject=f"participant:{participant_id}",
        now=now,
        reason=reason,
        locked=True,
    )


def check_service(endpoint: str, services: Sequence[str]) -> None:
    """Refuse FAULTY_INPUT for an address that is none of a push service: we would post anywhere."""
    if not is_service(endpoint, services):
        raise Refusal(Code.FAULTY_INPUT, "endpoint: not an address of a push service that is known here")


def is_service(endpoint: str, services: Sequence[str]) -> bool:
    """Return whether an address is that of a push service that is known here, whoever reads it.

    Nothing in it may be read in two ways: only plain signs, and between `//` and the path the host alone, or
    with 443. On this computer, for trying things out, it is plain HTTP to a port that `services` names.
    """
    if len(endpoint) > LONGEST or not _PLAIN.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "http":
        return host in ("127.0.0.1", "localhost") and parts.netloc in services
    known = any(host == each or (each.startswith(".") and host.endswith(each)) for each in services)
    return (
        known
        and parts.scheme == "https"
        and _HOST.fullmatch(host) is not None
        and parts.netloc.lower() in (host, f"{host}:443")
    )
