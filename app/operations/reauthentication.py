"""Showing again who one is, in the middle of a session: before a signature, or a change of one's ways in."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Code, Refusal
from app.models import Account
from app.operations import attempts
from app.operations.passwords import NOBODYS, verified


def confirm_identity(
    session: Session, *, account_id: int, password: str, address: str, now: datetime
) -> Refusal | None:
    """Return None where the password is the account's, and otherwise why not.

    Returned, not raised, so that the failed try stays counted: let the transaction be committed. Tries are
    counted together with those at the door, where an open session helps nobody to guess faster.
    """
    account = session.get_one(Account, account_id)
    if attempts.too_many(session, kind="address", subject=address, now=now) or attempts.too_many(
        session, kind="sign-in", subject=account.email, now=now
    ):
        return Refusal(Code.TOO_MANY_ATTEMPTS)
    usable = account.deactivated_at is None
    if verified(account.password_hash if usable else NOBODYS, password) and usable:
        return None
    attempts.count(session, kind="address", subject=address, now=now)
    attempts.count(session, kind="sign-in", subject=account.email, now=now)
    return Refusal(Code.SIGN_IN_FAILED, "the password is wrong")
