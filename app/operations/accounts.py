"""Staff accounts and signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.errors import Code, Refusal
from app.models import Account
from app.models.access import AttemptKind
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.links import Refused
from app.operations.sessions import begin_session

LASTING = timedelta(hours=12)
SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$iGjcexB76T+mYhh6n5+vJA$FQ258M2mpMJ5MjOdC29lWRYNBsrzPTAXrNPKZ3rj1Jg"
"""The hash of a random word that was thrown away: verified where there is no such account, so that the answer
takes as long and tells nothing. Made beforehand: a first try that had to make it would take twice as long."""


@dataclass(frozen=True)
class LetIn:
    """A member of staff was let in: the secret for the browser's cookie."""

    secret: str
    role: Role
    lasting: timedelta


def add_account(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    study_id: int | None,
    site: str | None,
    password: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a member of staff and return the account's id; refuses a taken address and a short password."""
    address = email.strip().lower()
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise Refusal(Code.ALREADY_RECORDED, f"account {address}")
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(Code.FAULTY_INPUT, f"a password has at least {SHORTEST_PASSWORD} characters")
    if role == "coordinator" and (study_id is None or site is None):
        raise Refusal(Code.FAULTY_INPUT, "a coordinator needs a study and a site")
    account = Account(
        email=address,
        name=name,
        password_hash=_hasher.hash(password),
        role=role,
        study_id=study_id,
        site=site,
        created_at=now,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=actor,
        action="account.add",
        subject=f"account:{account.id}",
        now=now,
        new={"email": address, "name": name, "role": role, "study_id": study_id, "site": site},
    )
    return account.id


def change_language(session: Session, *, account_id: int, language: str, actor: Actor, now: datetime) -> None:
    """Change the language of someone's staff pages; the same one again changes nothing."""
    account = session.get_one(Account, account_id, with_for_update=True)
    if account.language == language:
        return
    before, account.language = account.language, language
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="account.change_language",
        subject=f"account:{account_id}",
        now=now,
        old={"language": before},
        new={"language": language},
        locked=True,
    )


def sign_in(session: Session, *, email: str, password: str, address: str, now: datetime) -> LetIn | Refused:
    """Let a member of staff in; failed tries are counted per account and per address."""
    wanted = email.strip().lower()
    tries: tuple[tuple[AttemptKind, str], ...] = (("address", address), ("sign-in", wanted))
    if any(attempts.too_many(session, kind=kind, subject=subject, now=now) for kind, subject in tries):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    account = session.scalar(select(Account).where(Account.email == wanted))
    usable = account is not None and account.deactivated_at is None
    right = _verified(account.password_hash if account is not None and usable else NOBODYS, password)
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


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
