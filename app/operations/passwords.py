"""Passwords: chosen by the rules, kept as hashes, and compared with them."""

from collections.abc import Iterable
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain import password as rules
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Account, EmailChange, PasswordLink
from app.operations import audit
from app.operations.audit import Chain

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$iGjcexB76T+mYhh6n5+vJA$FQ258M2mpMJ5MjOdC29lWRYNBsrzPTAXrNPKZ3rj1Jg"
"""The hash of a random word that was thrown away: verified where there is no such account, so that the answer
takes as long and tells nothing. Made beforehand: a first try that had to make it would take twice as long."""

_hasher = PasswordHasher()


def hash_chosen(password: str, *, context: Iterable[str] = (), alone: bool = False) -> str:
    """Return the hash of a password that someone chose; FAULTY_INPUT where the rules refuse it."""
    found = rules.weakness(password, context=context, alone=alone)
    if found is not None:
        raise Refusal(Code.FAULTY_INPUT, f"the password is {found}")
    return _hasher.hash(rules.normalised(password))


def verified(password_hash: str, password: str) -> bool:
    """Return whether a password belongs to a hash, also to one made before passwords were normalised."""
    forms = dict.fromkeys((rules.normalised(password), password))
    return any(_verified(password_hash, form) for form in forms)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def change_password(
    session: Session, *, account_id: int, password: str, alone: bool, actor: Actor, now: datetime
) -> None:
    """Give an account another password, and end its open links: whoever knew the old one may have asked.

    The trail says that it was changed, and nothing of what it is.
    """
    account = session.get_one(Account, account_id, with_for_update=True)
    account.password_hash = hash_chosen(password, context=(account.name, account.email), alone=alone)
    revoke_links(session, account_id=account_id, now=now)
    revoke_email_changes(session, account_id=account_id, now=now)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="account.change_password",
        subject=f"account:{account_id}",
        now=now,
        locked=True,
    )


def revoke_links(session: Session, *, account_id: int, now: datetime) -> None:
    """End every open link with which the account's password could be chosen."""
    session.execute(
        update(PasswordLink)
        .where(
            PasswordLink.account_id == account_id,
            PasswordLink.used_at.is_(None),
            PasswordLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def revoke_email_changes(session: Session, *, account_id: int, now: datetime) -> int:
    """End every open link with which the account's address could be changed, and return how many."""
    ended = session.execute(
        update(EmailChange)
        .where(
            EmailChange.account_id == account_id,
            EmailChange.used_at.is_(None),
            EmailChange.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(EmailChange.id)
    )
    return len(ended.all())
