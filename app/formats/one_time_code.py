"""One-time codes of an app (TOTP, RFC 6238): six digits every half minute, from a shared secret."""

import base64
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app.errors import Code, Refusal
from app.formats import sealing

DIGITS = 6
SECONDS = 30
WINDOW = 1
"""How many steps a code may be early or late: a clock that goes wrong, a slow hand."""
LENGTH_OF_SECRET = 20  # what RFC 4226 recommends, and every app takes
_BETWEEN = frozenset(" -\u00a0\u202f\u200e\u200f\u061c")


def new_secret() -> str:
    """Return a new secret in the base32 that people type into an app."""
    return base64.b32encode(secrets.token_bytes(LENGTH_OF_SECRET)).decode("ascii")


def address(secret: str, *, account: str, installation: str) -> str:
    """Return what stands in the QR code: the secret, and what the app is to call it."""
    label = f"{quote(installation, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(installation, safe='')}"


def digits_typed(typed: str) -> str | None:
    """Return the six digits that someone typed, of any script, with or without blanks; None for else."""
    signs = [str(unicodedata.decimal(sign, sign)) for sign in typed if sign not in _BETWEEN]
    plain = "".join(signs)
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdecimal() else None


def step_of(at: datetime) -> int:
    """Return the number of the half minute, counted from 1970."""
    return int(at.astimezone(UTC).timestamp()) // SECONDS


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of one half minute; by HMAC-SHA-1, the one that every app can."""
    totp = TOTP(base64.b32decode(secret), digits, SHA1(), SECONDS)  # noqa: S303
    return totp.generate(step * SECONDS).decode("ascii")


def matching_step(secret: str, typed: str, *, at: datetime, after: int) -> int | None:
    """Return the half minute that a typed code belongs to, or None where it is wrong, old, or was used.

    `after`: the last step whose code was taken. No code is taken twice, nor one from before it.
    """
    plain = digits_typed(typed) or ""
    now = step_of(at)
    steps = range(now - WINDOW, now + WINDOW + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step), plain)]
    return next((step for step in found if step > after), None)


def seal(secret: str, *, account_id: int, keys: Sequence[str]) -> str:
    """Return a secret as unreadable text, for one account; `keys` are ordered oldest to newest."""
    return sealing.seal(f"totp:{account_id}:{secret}", keys)


def unseal(text: str, *, account_id: int, keys: Sequence[str]) -> str:
    """Return a sealed secret; NOT_CONFIGURED where no key opens it, FAULTY_INPUT where it is another's."""
    kind, _, rest = sealing.unseal(text, keys, what="the secret of an app").partition(":")
    owner, _, secret = rest.partition(":")
    if (kind, owner) != ("totp", str(account_id)):
        raise Refusal(Code.FAULTY_INPUT, "the secret of another account")
    return secret
