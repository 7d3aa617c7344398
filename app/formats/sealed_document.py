"""A document as sealed bytes: opened by any of the installation's keys, sealed by the newest."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import Code, Refusal


def seal(content: bytes, keys: Sequence[str]) -> bytes:
    """Return unreadable bytes; `keys` are ordered oldest to newest, the last one seals."""
    return _lock(keys).encrypt(content)


def unseal(sealed: bytes, keys: Sequence[str]) -> bytes:
    """Return what was sealed by any of the keys; Refusal NOT_CONFIGURED where none of them opens it."""
    try:
        return _lock(keys).decrypt(sealed)
    except InvalidToken:
        raise Refusal(Code.NOT_CONFIGURED, "none of CONTACT_KEYS opens the document") from None


def reseal(sealed: bytes, keys: Sequence[str]) -> bytes:
    """Return the same document sealed by the newest key, so that an old key can be retired."""
    return seal(unseal(sealed, keys), keys)


def _lock(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in reversed(keys)])
