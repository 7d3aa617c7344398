"""Signing in by a provider: only those who have an account, bound to who the provider says they are."""

from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code
from app.models import Account, AuditEntry, ProviderIdentity
from app.operations import audit
from app.operations.audit import Chain
from app.operations.links import Refused
from app.operations.sign_in import HalfWay, LetIn, after_first_step, let_in


def sign_in_by_provider(
    session: Session,
    *,
    issuer: str,
    subject: str,
    email: str | None,
    multi_factor: bool,
    second_factor: Literal["trusted", "ask"],
    now: datetime,
) -> LetIn | HalfWay | Refused:
    """Let in whom a provider knows, or on to the second step; nobody gets an account by it.

    `email` is one that the provider has verified, or None. It finds the account the first time; from then on
    the provider's name for the person does, whatever their address, until the tie is removed.
    `second_factor` "trusted": where the provider says that it asked for two factors (`multi_factor`), ours is
    not asked for.
    """
    account_id = _bound(session, issuer, subject) or _with_address(session, email)
    if account_id is None:
        return Refused(Code.PROVIDER_REFUSED)
    account = session.get_one(Account, account_id, with_for_update=True)
    bound = _bound(session, issuer, subject)  # again: a tie that was removed meanwhile binds no more
    if account.deactivated_at is not None or bound not in (None, account_id):
        return Refused(Code.PROVIDER_REFUSED)
    if bound is None:
        if account.email != email or _known(session, account_id, issuer):
            return Refused(Code.PROVIDER_REFUSED)
        _bind(session, account, issuer, subject, now)
    if multi_factor and second_factor == "trusted":
        return let_in(session, account, proof="provider mfa", now=now)
    return after_first_step(session, account, proof="provider", now=now)


def _bound(session: Session, issuer: str, subject: str) -> int | None:
    """Return the account that is bound to the provider's name for someone."""
    return session.scalar(
        select(ProviderIdentity.account_id).where(
            ProviderIdentity.issuer == issuer,
            ProviderIdentity.subject == subject,
            ProviderIdentity.removed_at.is_(None),
        )
    )


def _with_address(session: Session, email: str | None) -> int | None:
    """Return the account of a verified address."""
    return None if email is None else session.scalar(select(Account.id).where(Account.email == email))


def _known(session: Session, account_id: int, issuer: str) -> bool:
    """Return whether an account is, or was, bound at a provider: its address binds it to nobody else there.

    What its owner has removed stays removed. Only an administrator's reset lets the address bind again.
    """
    reset_at = session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.chain == str(Chain("account", account_id)),
            AuditEntry.action == "account.reset_second_factor",
        )
    )
    removals = session.scalars(
        select(ProviderIdentity.removed_at).where(
            ProviderIdentity.account_id == account_id, ProviderIdentity.issuer == issuer
        )
    ).all()
    return any(at is None or reset_at is None or reset_at < at for at in removals)


def _bind(session: Session, account: Account, issuer: str, subject: str, now: datetime) -> None:
    before = session.scalar(
        select(ProviderIdentity)
        .where(ProviderIdentity.issuer == issuer, ProviderIdentity.subject == subject)
        .with_for_update()
    )
    if before is None:
        before = ProviderIdentity(issuer=issuer, subject=subject)
        session.add(before)
    before.account_id, before.bound_at, before.removed_at = account.id, now, None
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=Actor("account", account.id),
        action="provider_identity.bind",
        subject=f"provider_identity:{before.id}",
        now=now,
        new={"issuer": issuer, "subject": subject},
    )
