"""Signing in by a provider: only those who have an account, bound to who the provider says they are."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code
from app.models import Account, ProviderIdentity
from app.operations import audit
from app.operations.audit import Chain
from app.operations.links import Refused
from app.operations.second_factors import has_second_factor
from app.operations.sign_in import HalfWay, LetIn, half_way, let_in


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
    the provider's name for the person does, whatever their address. `second_factor` "trusted": where the
    provider says that it asked for two factors (`multi_factor`), ours is not asked for.
    """
    bound = session.scalar(
        select(ProviderIdentity)
        .where(ProviderIdentity.issuer == issuer, ProviderIdentity.subject == subject)
        .with_for_update()
    )
    if bound is not None and bound.removed_at is None:
        account = session.get(Account, bound.account_id)
    else:
        account = _by_address(session, issuer, email)
    if account is None or account.deactivated_at is not None:
        return Refused(Code.PROVIDER_REFUSED)
    if bound is None or bound.removed_at is not None:
        _bind(session, account, bound, issuer, subject, now)
    if multi_factor and second_factor == "trusted":
        return let_in(session, account, proof="provider mfa", now=now)
    if has_second_factor(session, account_id=account.id):
        return half_way(account)
    return let_in(session, account, proof="provider", now=now)


def _by_address(session: Session, issuer: str, email: str | None) -> Account | None:
    """Return the account of a verified address, unless the provider knows its owner by another name."""
    if email is None:
        return None
    taken = (
        select(ProviderIdentity.id)
        .where(
            ProviderIdentity.account_id == Account.id,
            ProviderIdentity.issuer == issuer,
            ProviderIdentity.removed_at.is_(None),
        )
        .correlate(Account)
    )
    return session.scalar(select(Account).where(Account.email == email, ~taken.exists()))


def _bind(
    session: Session,
    account: Account,
    before: ProviderIdentity | None,
    issuer: str,
    subject: str,
    now: datetime,
) -> None:
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
