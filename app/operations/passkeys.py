"""Passkeys: made for an account, and shown to prove who one is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import challenge as challenges
from app.formats import passkey as format_
from app.formats.passkey import Place
from app.models import Account, Passkey, SpentChallenge
from app.operations import audit
from app.operations.audit import Chain
from app.operations.failed_tries import STRANGER

MAKE = "make for account {}"
SHOW = "show"
"""Signing in, whoever it is."""
CONFIRM = "confirm account {}"
"""The second step of an account, or showing again who one is."""


@dataclass(frozen=True)
class Shown:
    """A passkey that was shown and believed: whose it is."""

    account_id: int
    passkey_id: int


def add_passkey(
    session: Session,
    *,
    account_id: int,
    name: str,
    answer: str,
    place: Place,
    actor: Actor,
    now: datetime,
    key: str,
) -> int:
    """Keep a passkey that a browser made for an account, and return its id; PASSKEY_REFUSED otherwise.

    `key` is what challenges are signed with.
    """
    audit.lock(session, Chain("account", account_id))
    try:
        challenge = format_.challenge_of(answer, making=True)
        _check(challenge, MAKE.format(account_id), key, now)
        made = format_.made(answer, at=place, challenge=challenge)
    except ValueError as error:
        raise Refusal(Code.PASSKEY_REFUSED, str(error)) from None
    if not _spend(session, challenge, now):
        raise Refusal(Code.PASSKEY_REFUSED, "the challenge was answered before")
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        raise Refusal(Code.ALREADY_RECORDED, "this passkey")
    passkey = Passkey(
        account_id=account_id,
        name=name,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        added_at=now,
    )
    session.add(passkey)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="passkey.add",
        subject=f"passkey:{passkey.id}",
        now=now,
        new={"name": name},
        locked=True,
    )
    return passkey.id


def take_passkey(
    session: Session, *, answer: str, account_id: int | None, place: Place, now: datetime, key: str
) -> Shown | Refusal:
    """Return whose passkey was shown, or why it is not believed; `account_id`: it must be this account's.

    Returned, not raised, so that what it leaves stays: a challenge is spent, and a copy is written down.
    """
    purpose = SHOW if account_id is None else CONFIRM.format(account_id)
    try:
        challenge = format_.challenge_of(answer, making=False)
        _check(challenge, purpose, key, now)
        passkey = _held(session, format_.credential_of(answer), account_id)
        count = format_.shown(answer, at=place, challenge=challenge, public_key=passkey.public_key)
    except ValueError as error:
        return Refusal(Code.PASSKEY_REFUSED, str(error))
    if not _spend(session, challenge, now):
        return Refusal(Code.PASSKEY_REFUSED, "the challenge was answered before")
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        _record_copy(session, passkey, count, now)
        return Refusal(Code.PASSKEY_REFUSED, "it has counted less than before: there is a copy of it")
    passkey.sign_count, passkey.used_at = count, now
    session.flush()
    return Shown(passkey.account_id, passkey.id)


def _check(challenge: bytes, purpose: str, key: str, now: datetime) -> None:
    if not challenges.is_good(challenge, purpose, key=key, now=now):
        raise ValueError("not our challenge, or too old")


def _held(session: Session, credential_id: str, account_id: int | None) -> Passkey:
    """Return a passkey in use, and hold it; its account first, as whoever ends it does."""
    owner = session.scalar(select(Passkey.account_id).where(Passkey.credential_id == credential_id))
    if owner is None or account_id not in (None, owner):
        raise ValueError("unknown here")
    audit.lock(session, Chain("account", owner))
    passkey = session.scalar(
        select(Passkey)
        .join(Account, Account.id == Passkey.account_id)
        .where(
            Passkey.credential_id == credential_id,
            Passkey.removed_at.is_(None),
            Account.deactivated_at.is_(None),
        )
        .with_for_update(of=Passkey)
    )
    if passkey is None:
        raise ValueError("unknown here")
    return passkey


def _spend(session: Session, challenge: bytes, now: datetime) -> bool:
    """Note that a challenge was answered, False where it had been; forget those too old to be answered."""
    session.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < now - 2 * challenges.LASTING))
    hashed = challenges.hashed(challenge)
    if session.scalar(select(SpentChallenge).where(SpentChallenge.challenge_hash == hashed)):
        return False
    session.execute(insert(SpentChallenge).values(challenge_hash=hashed, spent_at=now))
    return True


def _record_copy(session: Session, passkey: Passkey, count: int, now: datetime) -> None:
    audit.record(
        session,
        chain=Chain("account", passkey.account_id),
        actor=STRANGER,
        action="passkey.suspect",
        subject=f"passkey:{passkey.id}",
        now=now,
        old={"count": passkey.sign_count},
        new={"count": count},
    )
