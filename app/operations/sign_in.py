"""Signing in: who one is, shown with a password; failed tries are counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.errors import Code
from app.models import Account
from app.models.access import AttemptKind
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.links import Refused
from app.operations.passwords import NOBODYS, verified
from app.operations.sessions import begin_session

LASTING = timedelta(hours=12)


@dataclass(frozen=True)
class LetIn:
    """A member of staff was let in: the secret for the browser's cookie."""

    secret: str
    role: Role
    lasting: timedelta


def sign_in(session: Session, *, email: str, password: str, address: str, now: datetime) -> LetIn | Refused:
    """Let a member of staff in; failed tries are counted per account and per address."""
    wanted = email.strip().lower()
    tries: tuple[tuple[AttemptKind, str], ...] = (("address", address), ("sign-in", wanted))
    if any(attempts.too_many(session, kind=kind, subject=subject, now=now) for kind, subject in tries):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    account = session.scalar(select(Account).where(Account.email == wanted))
    usable = account is not None and account.deactivated_at is None
    right = verified(account.password_hash if account is not None and usable else NOBODYS, password)
    if account is None or not usable or not right:
        attempts.count(session, kind="address", subject=address, now=now)
        attempts.count(session, kind="sign-in", subject=wanted, now=now)
        return Refused(Code.SIGN_IN_FAILED)
    secret = begin_session(session, now=now, lasting=LASTING, account_id=account.id)
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=Actor("account", account.id),
        action="session.begin",
        subject=f"account:{account.id}",
        now=now,
    )
    return LetIn(secret, account.role, LASTING)
