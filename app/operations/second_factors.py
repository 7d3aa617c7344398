"""What someone shows beside a password: taken once, renamed, removed, or reset by an administrator."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import one_time_code
from app.models import Account, CodeApp, Passkey, ProviderIdentity, SignedIn
from app.operations import audit
from app.operations.audit import Chain
from app.operations.code_apps import take_code
from app.operations.recovery_codes import replace_recovery_codes, take_recovery_code
from app.queries.second_factors import with_second_factor

Kind = Literal["code_app", "passkey", "provider_identity"]
TABLES: dict[Kind, type[CodeApp | Passkey | ProviderIdentity]] = {
    "code_app": CodeApp,
    "passkey": Passkey,
    "provider_identity": ProviderIdentity,
}


def take_typed(
    session: Session, *, account_id: int, typed: str, now: datetime, contact_keys: tuple[str, ...]
) -> Literal["code", "recovery code"] | None:
    """Return what a typed code was, or None where it is none of the account's; none is taken twice."""
    if one_time_code.digits_typed(typed) is not None:
        right = take_code(session, account_id=account_id, code=typed, now=now, contact_keys=contact_keys)
        return "code" if right else None
    if not take_recovery_code(session, account_id=account_id, code=typed, now=now):
        return None
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=Actor("account", account_id),
        action="recovery_code.use",
        subject=f"account:{account_id}",
        now=now,
    )
    return "recovery code"


def rename(
    session: Session,
    *,
    account_id: int,
    kind: Kind,
    factor_id: int,
    name: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Call one of the account's apps or passkeys something else."""
    found = _held(session, account_id, kind, factor_id)
    if isinstance(found, ProviderIdentity):
        raise Refusal(Code.NOT_FOUND, "it has no name")
    if found.name == name:
        return
    before, found.name = found.name, name
    session.flush()
    _record(session, account_id, f"{kind}.rename", f"{kind}:{factor_id}", actor, now, old=before, new=name)


def remove(
    session: Session,
    *,
    account_id: int,
    kind: Kind,
    factor_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Take one of the account's ways in out of use; where it was the last second step, the paper goes too."""
    found = _held(session, account_id, kind, factor_id)
    found.removed_at = now
    session.flush()
    if not has_second_factor(session, account_id=account_id):
        replace_recovery_codes(session, account_id=account_id, now=now)
    name = found.issuer if isinstance(found, ProviderIdentity) else found.name
    _record(session, account_id, f"{kind}.remove", f"{kind}:{factor_id}", actor, now, old=name)


def reset_second_factor(
    session: Session, *, account_id: int, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Take all that someone shows beside the password out of use, and end their sessions.

    For who has lost it: they sign in with the password, and set it up again. Nobody resets their own: that
    would make a password all that one needs.
    """
    if actor.kind == "account" and (actor.id == account_id or actor.role != "administrator"):
        raise Refusal(Code.NOT_ALLOWED, "an administrator resets it for somebody else")
    account = session.get(Account, account_id)
    if account is None or not actor.may_see(study_id=account.study_id, site=account.site):
        raise Refusal(Code.NOT_FOUND, f"account {account_id}")
    audit.lock(session, Chain("account", account_id))
    ended: dict[str, int] = {
        kind: _end_all(session, table, account_id, now) for kind, table in TABLES.items()
    }
    codes = replace_recovery_codes(session, account_id=account_id, now=now)
    open_ones = update(SignedIn).where(SignedIn.account_id == account_id, SignedIn.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=now))
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="account.reset_second_factor",
        subject=f"account:{account_id}",
        now=now,
        old={**ended, "recovery_codes": codes},
        reason=reason,
        locked=True,
    )


def has_second_factor(session: Session, *, account_id: int) -> bool:
    """Return whether an account has anything to show beside the password, other than codes on paper."""
    found = select(Account.id).where(Account.id == account_id, with_second_factor())
    return session.scalar(found) is not None


def _end_all(
    session: Session, table: type[CodeApp | Passkey | ProviderIdentity], account_id: int, now: datetime
) -> int:
    ended = session.scalars(
        update(table)
        .where(table.account_id == account_id, table.removed_at.is_(None))
        .values(removed_at=now)
        .returning(table.id)
    )
    return len(ended.all())


def _held(
    session: Session, account_id: int, kind: Kind, factor_id: int
) -> CodeApp | Passkey | ProviderIdentity:
    audit.lock(session, Chain("account", account_id))
    table = TABLES[kind]
    found: CodeApp | Passkey | ProviderIdentity | None = session.scalar(  # type: ignore[assignment]  # it takes their common base
        select(table)
        .where(table.id == factor_id, table.account_id == account_id, table.removed_at.is_(None))
        .with_for_update()
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"{kind} {factor_id}")
    return found


def _record(
    session: Session,
    account_id: int,
    action: str,
    subject: str,
    actor: Actor,
    now: datetime,
    *,
    old: str,
    new: str | None = None,
) -> None:
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action=action,
        subject=subject,
        now=now,
        old={"name": old},
        new=None if new is None else {"name": new},
        locked=True,
    )
