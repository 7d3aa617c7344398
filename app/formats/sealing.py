"""What only this installation can read: opened by any of its CONTACT_KEYS, sealed by the newest."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import Code, Refusal


def seal(text: str, keys: Sequence[str]) -> str:
    """Return unreadable text; `keys` are ordered oldest to newest, the last one seals."""
    return seal_bytes(text.encode(), keys).decode("ascii")


def unseal(sealed: str, keys: Sequence[str], *, what: str) -> str:
    """Return what was sealed by any of the keys; Refusal NOT_CONFIGURED where none of them opens it."""
    return unseal_bytes(sealed.encode(), keys, what=what).decode()


def reseal(sealed: str, keys: Sequence[str], *, what: str) -> str:
    """Return the same text sealed by the newest key, so that an old key can be retired."""
    return seal(unseal(sealed, keys, what=what), keys)


def seal_bytes(content: bytes, keys: Sequence[str]) -> bytes:
    """Return unreadable bytes, as `seal` does text."""
    return _lock(keys).encrypt(content)


def unseal_bytes(sealed: bytes, keys: Sequence[str], *, what: str) -> bytes:
    """Return the bytes that were sealed, as `unseal` does text."""
    try:
        return _lock(keys).decrypt(sealed)
    except InvalidToken:
        raise Refusal(Code.NOT_CONFIGURED, f"none of CONTACT_KEYS opens {what}") from None


def _lock(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in reversed(keys)])
    except ValueError:
        raise Refusal(Code.NOT_CONFIGURED, "CONTACT_KEYS: each key is 32 bytes in URL-safe base64") from None
