"""The keyed hash of an address: finds whose it is for who knows it, and tells nothing to who does not."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

from app.domain.channels import AddressKind


def plain_number(phone: str) -> str:
    """Return a telephone number as machines write it, `+34600111222`; only its digits where it has no `+`.

    Digits of any script are taken; `00` in front is the `+`.
    """
    digits = "".join(str(unicodedata.decimal(sign)) for sign in phone if sign.isdecimal())
    written = unicodedata.normalize("NFKC", phone).strip(" ()\u200e\u200f\u202a\u202c\u2066\u2069")
    if written.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def address_hash(kind: AddressKind, address: str | None, key: str) -> str:
    """Return the hash of an address by one key, the same however it is written; "" for none."""
    if not address or not address.strip():
        return ""
    if kind == "phone":
        plain = plain_number(address).removeprefix("+")
    else:
        plain = unicodedata.normalize("NFKC", address).strip().casefold()
    # A key of its own, derived from the sealing one: a hash is no help to who wants to open a seal.
    derived = hmac.digest(key.encode(), b"contact-hash", "sha256")
    return hmac.new(derived, f"{kind}:{plain}".encode(), hashlib.sha256).hexdigest()


def address_hashes(kind: AddressKind, address: str, keys: Sequence[str]) -> list[str]:
    """Return the hash of an address by each key: whichever sealed it, it is found."""
    return [found for key in keys if (found := address_hash(kind, address, key))]
