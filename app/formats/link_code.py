"""A participant's link as a short code to be typed: worked out from the link's id and a key, never stored.

What is stored of it is a hash under the same key, so that a link can be found by its code. A code belongs to
the key that it was made with: while that key is among those of the installation, the code is found and shown.
"""

import hmac
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.codes import SPOKEN

SIGNS = 8
LONGEST_TYPED = 64
DRAWS = 3
"""Two links draw the same code about once in a million million: then the second draws again."""

# The same shapes on a Cyrillic or Greek keyboard, and the one sign that a ring can be (I, L, 1 are many).
_ALIKE = str.maketrans("АВЕКМНРСТУХ" + "ΑΒΕΖΗΚΜΝΡΤΥΧ" + "O0", "ABEKMHPCTYX" + "ABEZHKMNPTYX" + "QQ")


@dataclass(frozen=True)
class LinkCode:
    """A code, and the form in which the database knows it."""

    text: str
    hashed: str

    def __str__(self) -> str:
        """Write it as people read it: `KQ7M-2XPD`."""
        return f"{self.text[:4]}-{self.text[4:]}"


def possible(link_id: int, keys: Sequence[str]) -> Iterator[LinkCode]:
    """Yield the codes that a link can have, the newest key's first; `keys` are ordered oldest to newest."""
    for key in reversed(keys):
        for draw in range(DRAWS):
            text = _drawn(f"{link_id}.{draw}", key)
            yield LinkCode(text, _hashed(text, key))


def hashes(text: str, keys: Sequence[str]) -> list[str]:
    """Return every form in which the database can know a code."""
    return [_hashed(text, key) for key in keys]


def read(typed: str) -> str | None:
    """Return the code that someone typed, in any case and script, with or without separators, or None."""
    if len(typed) > LONGEST_TYPED:
        return None
    signs = "".join(map(_sign, unicodedata.normalize("NFKC", typed).upper())).translate(_ALIKE)
    return signs if len(signs) == SIGNS and set(signs) <= set(SPOKEN) else None


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return sign if sign.isalpha() else ""


def _drawn(what: str, key: str) -> str:
    number = int.from_bytes(hmac.digest(key.encode(), f"hepatica.link.code:{what}".encode(), "sha256"))
    signs = []
    for _ in range(SIGNS):
        number, sign = divmod(number, len(SPOKEN))
        signs.append(SPOKEN[sign])
    return "".join(signs)


def _hashed(text: str, key: str) -> str:
    return hmac.digest(key.encode(), f"hepatica.link.code.hash:{text}".encode(), "sha256").hex()
