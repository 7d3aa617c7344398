"""Contact details as one sealed text: opened by any of the installation's keys, sealed by the newest."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import Code, Refusal


@dataclass(frozen=True)
class ContactDetails:
    """Whom to write to, and the year of birth that stands beside a link as the second thing known."""

    name: str
    email: str | None
    phone: str | None
    birth_year: int


def seal(details: ContactDetails, keys: Sequence[str]) -> str:
    """Return the details as unreadable text; `keys` are ordered oldest to newest, the last one seals."""
    return _lock(keys).encrypt(json.dumps(asdict(details), ensure_ascii=False).encode()).decode("ascii")


def unseal(text: str, keys: Sequence[str]) -> ContactDetails:
    """Return what was sealed by any of the keys; Refusal NOT_CONFIGURED where none of them opens it."""
    try:
        opened = _lock(keys).decrypt(text.encode())
    except InvalidToken:
        raise Refusal(Code.NOT_CONFIGURED, "none of CONTACT_KEYS opens the contact details") from None
    return ContactDetails(**json.loads(opened))


def reseal(text: str, keys: Sequence[str]) -> str:
    """Return the same details sealed by the newest key, so that an old key can be retired."""
    return seal(unseal(text, keys), keys)


def _lock(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in reversed(keys)])
    except ValueError:
        raise Refusal(Code.NOT_CONFIGURED, "CONTACT_KEYS: each key is 32 bytes in URL-safe base64") from None
