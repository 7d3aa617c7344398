"""The audit entry that every change leaves, chained to the one before it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import bindparam, func, insert, select, tuple_, union_all
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
# Of each by the index: an OR of both would have the whole of both chains sorted.
_LAST_OF_TWO = union_all(
    *(
        select(
            select(AuditEntry.chain, AuditEntry.position, AuditEntry.hash)
            .where(AuditEntry.chain == bindparam(name))
            .order_by(AuditEntry.position.desc())
            .limit(1)
            .subquery()
        )
        for name in ("one", "other")
    )
)
_ADD = insert(AuditEntry).inline()
_LOCK = {
    of: select(owner.id).where(owner.id == bindparam("id")).with_for_update() for of, owner in _OWNERS.items()
}
_LOCK_EACH = {
    of: select(owner.id)
    .where(owner.id.in_(bindparam("ids", expanding=True)))
    .order_by(owner.id)
    .with_for_update()
    for of, owner in _OWNERS.items()
}
_LOCK_TWO = {
    of: select(owner.id)
    .where(owner.id.in_((bindparam("one"), bindparam("other"))))
    .order_by(owner.id)
    .with_for_update()
    for of, owner in _OWNERS.items()
}


@dataclass(frozen=True)
class Chain:
    """Whose trail an entry belongs to: a chain each, so that writers do not wait for one lock."""

    of: ChainOf
    id: int

    def __str__(self) -> str:
        return f"{self.of}:{self.id}"


@dataclass(frozen=True)
class End:
    """Where a chain ends; it only ever grows, with everything that changes for its owner."""

    position: int = 0
    hash: str = FIRST


def lock(session: Session, chain: Chain) -> None:
    """Let no one else add to a chain until the transaction ends (on SQLite it always holds).

    Who locks several does so in one order, so that no two wait for one another: the study first, then its
    participants by their ids, then rows of theirs or of the study. An operation that may come to lock the
    study begins with it; to insert a row that points to the study, and to lock the study after, is too late.
    Only a sender takes the messages that it claims before their participants: others skip what it holds.
    """
    session.execute(_LOCK[chain.of], {"id": chain.id})


def lock_each(session: Session, *, of: ChainOf, ids: Collection[int]) -> None:
    """Lock many chains, in one order for everybody, so that no two wait for one another."""
    session.flush()
    if 1 <= len(ids) <= 2:  # as for every message that is sent: its own text is not put together again
        session.connection().execute(_LOCK_TWO[of], {"one": min(ids), "other": max(ids)})
    else:
        session.connection().execute(_LOCK_EACH[of], {"ids": list(ids)})


def end(session: Session, chain: Chain) -> End:
    """Return where a chain ends right now."""
    found = session.connection().execute(_LAST, {"of": str(chain)}).first()
    return End(found.position, found.hash) if found else End()


def ends(session: Session, chains: Collection[Chain]) -> dict[Chain, End]:
    """Return where each of many chains ends right now, a few statements for all."""
    names = {str(chain): chain for chain in chains}
    found = dict.fromkeys(chains, End())
    if 1 <= len(names) <= 2:
        one, *_, other = [*names, *names]
        two = {"one": one, "other": other}
        for chain, position, hashed in session.connection().execute(_LAST_OF_TWO, two):
            found[names[chain]] = End(position, hashed)
        return found
    for start in range(0, len(names), CHAINS_AT_ONCE):
        some = AuditEntry.chain.in_(list(names)[start : start + CHAINS_AT_ONCE])
        last = select(AuditEntry.chain, func.max(AuditEntry.position)).where(some).group_by(AuditEntry.chain)
        for chain, position, hashed in session.execute(
            select(AuditEntry.chain, AuditEntry.position, AuditEntry.hash).where(
                tuple_(AuditEntry.chain, AuditEntry.position).in_(last)
            )
        ):
            found[names[chain]] = End(position, hashed)
    return found


def lock_participants(session: Session, *, study_id: int) -> None:
    """Let no one else add to the chain of any of a study's participants until the transaction ends.

    The caller holds the study, so that nobody is enrolled meanwhile.
    """
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
    last: End | None = None,
) -> None:
    """Add an entry at the end of a chain. `locked` says that the caller holds the chain's lock already.

    `last` is where the chain ends, where the caller has looked since it holds the lock.
    """
    if not locked:
        lock(session, chain)
    after = last or end(session, chain)
    entry = _entry(
        chain, after, actor=actor, action=action, subject=subject, now=now, old=old, new=new, reason=reason
    )
    session.connection().execute(_ADD, entry)


def record_each(
    session: Session, *, news: Mapping[Chain, Mapping[str, Any]], actor: Actor, action: str, now: datetime
) -> None:
    """Add one entry to each of many chains, a few statements for all; the caller holds the chains' locks."""
    last = ends(session, news.keys())
    entries = [
        _entry(
            chain,
            last[chain],
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
    after: End,
    *,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> dict[str, Any]:
    entry = {
        "chain": str(chain),
        "position": after.position + 1,
        "at": now,
        "actor": actor.label,
        "action": action,
        "subject": subject,
        "old": dict(old) if old is not None else None,
        "new": dict(new) if new is not None else None,
        "reason": reason,
    }
    covered = entry | {"at": now.astimezone(UTC).isoformat()}
    return entry | {"hash": entry_hash(after.hash, covered)}
