"""Showing again who one is, in the middle of a session: before a signature, or a change of one's ways in."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.errors import Code, Refusal
from app.formats.passkey import Place
from app.models import Account, SignedIn
from app.models.access import Proof
from app.operations import attempts, failed_tries
from app.operations.passkeys import Shown, take_passkey
from app.operations.passwords import NOBODYS, verified


def confirm_identity(
    session: Session, *, account_id: int, password: str, address: str, now: datetime
) -> Refusal | None:
    """Return None where the password is the account's, and otherwise why not.

    Returned, not raised, so that the failed try stays counted: let the transaction be committed. Tries are
    counted together with those at the door, where an open session helps nobody to guess faster.
    """
    account = session.get_one(Account, account_id)
    email = account.email
    if failed_tries.closed(session, kind="sign-in", email=email, address=address, now=now):
        return Refusal(Code.TOO_MANY_ATTEMPTS)
    usable = account.deactivated_at is None
    if verified(account.password_hash if usable else NOBODYS, password) and usable:
        return None
    failed_tries.count(session, account_id, kind="sign-in", email=email, address=address, now=now)
    return Refusal(Code.SIGN_IN_FAILED, "the password is wrong")


def confirm_by_passkey(
    session: Session, *, account_id: int, answer: str, address: str, place: Place, now: datetime, key: str
) -> Refusal | None:
    """Return None where the answer shows a passkey of the account, and otherwise why not."""
    if attempts.too_many(session, kind="address", subject=address, now=now):
        return Refusal(Code.TOO_MANY_ATTEMPTS)
    shown = take_passkey(session, answer=answer, account_id=account_id, place=place, now=now, key=key)
    if isinstance(shown, Shown):
        return None
    attempts.count(session, kind="address", subject=address, now=now)
    return shown


def note_proof(session: Session, *, secret_hash: str, proof: Proof | None, now: datetime) -> None:
    """Note on a session that its owner has just shown again who they are; `proof` where that is stronger."""
    changed = {"proved_at": now} | ({"proved_by": proof} if proof else {})
    session.execute(update(SignedIn).where(SignedIn.secret_hash == secret_hash).values(changed))
