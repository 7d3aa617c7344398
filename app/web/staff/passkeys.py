"""What pages ask a browser for a passkey with: a form with a button, which a script sends with the answer."""

from sqlalchemy.orm import Session

from app import clock
from app.formats import challenge, passkey
from app.formats.passkey import Place
from app.operations import passkeys
from app.queries import second_factors
from app.web.transactions import settings


def place() -> Place:
    """Return whom passkeys of this installation are for."""
    return passkey.place(settings().public_url)


def to_sign_in() -> str | None:
    """Return what asks for any passkey for this place, as JSON; None where browsers make none for it."""
    if not place().usable:
        return None
    return passkey.to_show(place(), challenge=_challenge(passkeys.SHOW), known=[])


def to_confirm(session: Session, account_id: int) -> str | None:
    """Return what asks for one of an account's passkeys; None where it has none."""
    known = second_factors.credentials(session, account_id=account_id)
    if not known or not place().usable:
        return None
    purpose = passkeys.CONFIRM.format(account_id)
    return passkey.to_show(place(), challenge=_challenge(purpose), known=known)


def to_make(session: Session, *, account_id: int, email: str, name: str) -> str | None:
    """Return what asks for a new passkey of an account; None where browsers make none for this place."""
    if not place().usable:
        return None
    return passkey.to_make(
        place(),
        challenge=_challenge(passkeys.MAKE.format(account_id)),
        account_id=account_id,
        email=email,
        name=name,
        known=second_factors.credentials(session, account_id=account_id),
    )


def _challenge(purpose: str) -> bytes:
    return challenge.issue(purpose, key=settings().secret_key, now=clock.now())
