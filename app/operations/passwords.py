"""Passwords: chosen by the rules, kept as hashes, and compared with them."""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from app.domain import password as rules
from app.errors import Code, Refusal

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$iGjcexB76T+mYhh6n5+vJA$FQ258M2mpMJ5MjOdC29lWRYNBsrzPTAXrNPKZ3rj1Jg"
"""The hash of a random word that was thrown away: verified where there is no such account, so that the answer
takes as long and tells nothing. Made beforehand: a first try that had to make it would take twice as long."""

_hasher = PasswordHasher()


def hash_chosen(password: str, *, context: Iterable[str] = (), alone: bool = False) -> str:
    """Return the hash of a password that someone chose; FAULTY_INPUT where the rules refuse it."""
    found = rules.weakness(password, context=context, alone=alone)
    if found is not None:
        raise Refusal(Code.FAULTY_INPUT, f"the password is {found}")
    return _hasher.hash(rules.normalised(password))


def verified(password_hash: str, password: str) -> bool:
    """Return whether a password belongs to a hash, also to one made before passwords were normalised."""
    forms = dict.fromkeys((rules.normalised(password), password))
    return any(_verified(password_hash, form) for form in forms)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
