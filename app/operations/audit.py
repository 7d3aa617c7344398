"""The audit entry that every change leaves, chained to the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import FIRST, entry_hash
from app.models import Account, AuditEntry, Participant, Study

ChainOf = Literal["participant", "study", "account"]
_OWNERS: dict[ChainOf, type[Account | Participant | Study]] = {
    "participant": Participant,
    "study": Study,
    "account": Account,
}


@dataclass(frozen=True)
class Chain:
    """Whose trail an entry belongs to: a chain each, so that writers do not wait for one lock."""

    of: ChainOf
    id: int

    def __str__(self) -> str:
        return f"{self.of}:{self.id}"


def lock(session: Session, chain: Chain) -> None:
    """Let no one else add to a chain until the transaction ends (on SQLite it always holds)."""
    owner = _OWNERS[chain.of]
    session.execute(select(owner.id).where(owner.id == chain.id).with_for_update())


def record(
    session: Session,
    *,
    chain: Chain,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
    locked: bool = False,
) -> None:
    """Add an entry at the end of a chain. `locked` says that the caller holds the chain's lock already."""
    if not locked:
        lock(session, chain)
    last = session.execute(
        select(AuditEntry.position, AuditEntry.hash)
        .where(AuditEntry.chain == str(chain))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    ).first()
    entry = {
        "chain": str(chain),
        "position": last.position + 1 if last else 1,
        "at": now,
        "actor": actor.label,
        "action": action,
        "subject": subject,
        "old": dict(old) if old is not None else None,
        "new": dict(new) if new is not None else None,
        "reason": reason,
    }
    covered = entry | {"at": now.astimezone(UTC).isoformat()}
    session.execute(
        insert(AuditEntry).values(**entry, hash=entry_hash(last.hash if last else FIRST, covered))
    )
