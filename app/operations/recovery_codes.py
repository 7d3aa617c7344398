"""Recovery codes: ten at a time, shown once, each good once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.formats import recovery_code
from app.models import RecoveryCode
from app.operations import audit
from app.operations.audit import Chain


def new_recovery_codes(session: Session, *, account_id: int, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Return ten new codes, of which only hashes are kept; earlier ones are good no more."""
    audit.lock(session, Chain("account", account_id))
    replaced = replace_recovery_codes(session, account_id=account_id, now=now)
    codes = tuple(recovery_code.new_code() for _ in range(recovery_code.HOW_MANY))
    session.add_all(
        RecoveryCode(
            account_id=account_id, code_hash=recovery_code.hashed(code, account_id=account_id), made_at=now
        )
        for code in codes
    )
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="recovery_codes.make",
        subject=f"account:{account_id}",
        now=now,
        old={"replaced": replaced},
        new={"codes": len(codes)},
        locked=True,
    )
    return codes


def replace_recovery_codes(session: Session, *, account_id: int, now: datetime) -> int:
    """End the codes that could still be used and return how many they were; the caller leaves the entry."""
    ended = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
            RecoveryCode.replaced_at.is_(None),
        )
        .values(replaced_at=now)
        .returning(RecoveryCode.id)
    )
    return len(ended.all())


def take_recovery_code(session: Session, *, account_id: int, code: str, now: datetime) -> bool:
    """Return whether a code is one of the account's that was not used yet; it is not taken again."""
    found = session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == recovery_code.hashed(code, account_id=account_id),
            RecoveryCode.used_at.is_(None),
            RecoveryCode.replaced_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = now
    session.flush()
    return True
