"""New e-mail addresses of staff that wait to be confirmed, and what a link to confirm one opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.formats import email_token
from app.models import Account, EmailChange


@dataclass(frozen=True)
class WaitingChange:
    """A new address that is not in force yet; `language` is that of whose it will be."""

    email: str
    language: str
    expires_at: datetime
    fate: str | None


def waiting(session: Session, *, account_id: int, now: datetime) -> WaitingChange | None:
    """Return the address that someone is on the way to, or None."""
    return _open(session, EmailChange.account_id == account_id, now)


def opened(session: Session, *, token: str, link_keys: Sequence[str], now: datetime) -> WaitingChange | None:
    """Return what a link confirms, or None where it opens nothing."""
    return _open(session, EmailChange.id == (email_token.read(token, link_keys) or 0), now)


def _open(session: Session, which: ColumnElement[bool], now: datetime) -> WaitingChange | None:
    row = session.execute(
        select(EmailChange.email, Account.language, EmailChange.expires_at, EmailChange.fate)
        .join(Account, Account.id == EmailChange.account_id)
        .where(
            which,
            EmailChange.used_at.is_(None),
            EmailChange.revoked_at.is_(None),
            EmailChange.expires_at > now,
            Account.deactivated_at.is_(None),
        )
    ).first()
    return None if row is None else WaitingChange(*row)
