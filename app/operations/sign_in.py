"""Signing in: who one is, shown with a password and a second step, a passkey, or by a provider."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.errors import Code
from app.formats.passkey import Place
from app.models import Account
from app.models.access import Proof
from app.operations import attempts, audit, failed_tries
from app.operations.audit import Chain
from app.operations.failed_tries import FailedTries
from app.operations.links import Refused
from app.operations.passkeys import Shown, take_passkey
from app.operations.passwords import NOBODYS, verified
from app.operations.second_factors import has_second_factor, take_typed
from app.operations.sessions import begin_session

LASTING = timedelta(hours=12)


@dataclass(frozen=True)
class LetIn:
    """A member of staff was let in: the secret for the browser's cookie, and what to tell them."""

    secret: str
    role: Role
    lasting: timedelta
    language: str = "en"
    failed: FailedTries | None = None


@dataclass(frozen=True)
class HalfWay:
    """The password was right, or a provider knew them; the second step is still to come.

    `mark` changes with the password: who stands half-way when it does begins again.
    """

    account_id: int
    mark: str


def sign_in(
    session: Session, *, email: str, password: str, address: str, now: datetime
) -> LetIn | HalfWay | Refused:
    """Let a member of staff in, or on to the second step where they have one.

    Failed tries are counted per account and per address; that takes as long where there is no such account.
    """
    wanted = email.strip().lower()
    if failed_tries.closed(session, kind="sign-in", email=wanted, address=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    account = session.scalar(select(Account).where(Account.email == wanted))
    usable = account is not None and account.deactivated_at is None
    right = verified(account.password_hash if account is not None and usable else NOBODYS, password)
    if account is None or not usable or not right:
        failed_tries.count(
            session, account.id if account else None, kind="sign-in", email=wanted, address=address, now=now
        )
        return Refused(Code.SIGN_IN_FAILED)
    if not unchanged(session, account):
        return Refused(Code.SIGN_IN_FAILED)
    return after_first_step(session, account, proof="password", now=now)


def sign_in_by_code(
    session: Session, *, half: HalfWay, typed: str, address: str, now: datetime, contact_keys: tuple[str, ...]
) -> LetIn | Refused:
    """Let in whoever stands half-way and types a code of their app, or one from their sheet."""
    account = still_half_way(session, half)
    if account is None:
        return Refused(Code.SIGN_IN_FAILED)
    email = account.email
    if failed_tries.closed(session, kind="second-factor", email=email, address=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    if not unchanged(session, account):
        return Refused(Code.SIGN_IN_FAILED)
    proof = take_typed(session, account_id=account.id, typed=typed, now=now, contact_keys=contact_keys)
    if proof is None:
        failed_tries.count(session, account.id, kind="second-factor", email=email, address=address, now=now)
        return Refused(Code.CODE_WRONG)
    return let_in(session, account, proof=proof, now=now)


def sign_in_by_passkey(
    session: Session,
    *,
    answer: str,
    half: HalfWay | None,
    address: str,
    place: Place,
    now: datetime,
    key: str,
) -> LetIn | Refused:
    """Let in whoever shows a passkey: as the second step, or as all of it.

    Nobody guesses a passkey: failed tries count against the address alone, and lock no account.
    """
    if attempts.too_many(session, kind="address", subject=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    if half is not None:
        account = still_half_way(session, half)
        if account is None or not unchanged(session, account):
            return Refused(Code.SIGN_IN_FAILED)
    shown = take_passkey(
        session, answer=answer, account_id=half.account_id if half else None, place=place, now=now, key=key
    )
    if not isinstance(shown, Shown):
        attempts.count(session, kind="address", subject=address, now=now)
        return Refused(shown.code)
    return let_in(session, session.get_one(Account, shown.account_id), proof="passkey", now=now)


def half_way(account: Account) -> HalfWay:
    """Return where someone stands whose second step is still to come."""
    mark = f"{account.id}:{account.password_hash}:{account.email}"
    return HalfWay(account.id, hashlib.sha256(mark.encode()).hexdigest())


def still_half_way(session: Session, half: HalfWay) -> Account | None:
    """Return the account of who stands half-way, unless it or its password has changed meanwhile."""
    account = session.get(Account, half.account_id)
    if account is None or account.deactivated_at is not None or half_way(account) != half:
        return None
    return account


def unchanged(session: Session, account: Account) -> bool:
    """Hold an account, and return whether it still is as it was read.

    To verify a password takes a while. Whoever changes it, or deactivates the account, meanwhile ends every
    session there is, and cannot see the one that is about to begin.
    """
    read = half_way(account)
    session.refresh(account, with_for_update=True)
    return account.deactivated_at is None and half_way(account) == read


def after_first_step(
    session: Session, account: Account, *, proof: Literal["password", "provider"], now: datetime
) -> LetIn | HalfWay:
    """Lead who has a second step on to it, and let in who has none; the caller holds the account."""
    if has_second_factor(session, account_id=account.id):
        return half_way(account)
    return let_in(session, account, proof=proof, now=now)


def let_in(session: Session, account: Account, *, proof: Proof, now: datetime) -> LetIn:
    """Begin a session for someone who has shown who they are; the caller holds the account.

    Held from before that was looked at: what changes it waits, and then ends this session too.
    """
    failed = failed_tries.since_last_time(session, account)
    secret = begin_session(session, now=now, lasting=LASTING, account_id=account.id, proof=proof)
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=Actor("account", account.id),
        action="session.begin",
        subject=f"account:{account.id}",
        now=now,
        new={"by": proof} | ({"failed_tries": failed.count} if failed.count else {}),
        locked=True,
    )
    return LetIn(secret, account.role, LASTING, account.language, failed if failed.count else None)
