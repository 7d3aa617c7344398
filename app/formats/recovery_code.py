"""A recovery code: sixteen signs on paper, that let someone in once who has lost everything else."""

import hashlib
import secrets
import unicodedata

from app.domain.codes import SPOKEN

HOW_MANY = 10
SIGNS = 16
LONGEST_TYPED = 64


def new_code() -> str:
    """Return a new code as people read it: `abcd-efgh-jkmn-pqrs` in capitals; some 75 bits of chance."""
    signs = "".join(secrets.choice(SPOKEN) for _ in range(SIGNS))
    return "-".join(signs[start : start + 4] for start in range(0, SIGNS, 4))


def hashed(typed: str, *, account_id: int) -> str:
    """Return the form in which a code is stored; in any case, with or without what stands between the signs.

    So much chance needs no slow hash; the account in it keeps one hash from standing for two people.
    """
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    signs = "".join(sign for sign in plain if sign.isalnum())
    return hashlib.sha256(f"recovery:{account_id}:{signs}".encode()).hexdigest()
