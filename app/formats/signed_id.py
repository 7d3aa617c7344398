"""An id of the database as text for an address: signed for one purpose, and nothing else."""

from collections.abc import Sequence
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

LONGEST_ID = 2**31 - 1  # what an id can be in the database


def sign(number: int, keys: Sequence[str], *, purpose: str) -> str:
    """Return an id as a token; `keys` are ordered oldest to newest, the last one signs."""
    return _serializer(tuple(keys), purpose).dumps(number)


def read(token: str, keys: Sequence[str], *, purpose: str) -> int | None:
    """Return the id that any of the keys signed for the purpose, or None for anything else."""
    try:
        found = _serializer(tuple(keys), purpose).loads(token)
    except BadData:
        return None
    return found if type(found) is int and 0 < found <= LONGEST_ID else None


@lru_cache(maxsize=16)
def _serializer(keys: tuple[str, ...], purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt=purpose)
