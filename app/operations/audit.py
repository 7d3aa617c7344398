"""The audit entry that every change leaves, chained to the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import bindparam, func, insert, select, tuple_
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import FIRST, entry_hash
from app.models import Account, AuditEntry, Participant, Study

CHAINS_AT_ONCE = 500
ChainOf = Literal["participant", "study", "account"]
_OWNERS: dict[ChainOf, type[Account | Participant | Study]] = {
    "participant": Participant,
    "study": Study,
    "account": Account,
}


# Built once: every change runs them.
_LAST = (
    select(AuditEntry.position, AuditEntry.hash)
    .where(AuditEntry.chain == bindparam("of"))
    .order_by(AuditEntry.position.desc())
    .limit(1)
)
_ADD = insert(AuditEntry).inline()


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


def lock_participants(session: Session, *, study_id: int) -> None:
    """Let no one else add to the chain of any of a study's participants until the transaction ends."""
    session.execute(
        select(Participant.id)
        .where(Participant.study_id == study_id)
        .order_by(Participant.id)
        .with_for_update()
    ).all()


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
    last = session.connection().execute(_LAST, {"of": str(chain)}).first()
    after = (last.position, last.hash) if last else (0, FIRST)
    entry = _entry(
        chain, after, actor=actor, action=action, subject=subject, now=now, old=old, new=new, reason=reason
    )
    session.connection().execute(_ADD, entry)


def record_each(
    session: Session, *, news: Mapping[Chain, Mapping[str, Any]], actor: Actor, action: str, now: datetime
) -> None:
    """Add one entry to each of many chains, a few statements for all; the caller holds the chains' locks."""
    names = [str(chain) for chain in news]
    last: dict[str, tuple[int, str]] = {}
    for start in range(0, len(names), CHAINS_AT_ONCE):
        some = AuditEntry.chain.in_(names[start : start + CHAINS_AT_ONCE])
        ends = select(AuditEntry.chain, func.max(AuditEntry.position)).where(some).group_by(AuditEntry.chain)
        found = session.execute(
            select(AuditEntry.chain, AuditEntry.position, AuditEntry.hash).where(
                tuple_(AuditEntry.chain, AuditEntry.position).in_(ends)
            )
        )
        last |= {chain: (position, hashed) for chain, position, hashed in found}
    entries = [
        _entry(
            chain,
            last.get(str(chain), (0, FIRST)),
            actor=actor,
            action=action,
            subject=str(chain),
            now=now,
            new=new,
        )
        for chain, new in news.items()
    ]
    for start in range(0, len(entries), CHAINS_AT_ONCE):
        session.execute(insert(AuditEntry), entries[start : start + CHAINS_AT_ONCE])


def _entry(
    chain: Chain,
    after: tuple[int, str],
    *,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> dict[str, Any]:
    position, previous = after
    entry = {
        "chain": str(chain),
        "position": position + 1,
        "at": now,
        "actor": actor.label,
        "action": action,
        "subject": subject,
        "old": dict(old) if old is not None else None,
        "new": dict(new) if new is not None else None,
        "reason": reason,
    }
    covered = entry | {"at": now.astimezone(UTC).isoformat()}
    return entry | {"hash": entry_hash(previous, covered)}
