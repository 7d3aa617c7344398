"""A participant's link as the text that stands in its address: the link's id, signed, and nothing else."""

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

SALT = "hepatica.link"
LONGEST_ID = 2**31 - 1  # what an id can be in the database


def sign(link_id: int, keys: Sequence[str]) -> str:
    """Return the token of a link; `keys` are ordered oldest to newest, the last one signs."""
    return _serializer(keys).dumps(link_id)


def read(token: str, keys: Sequence[str]) -> int | None:
    """Return the id that any of the keys signed, or None for anything else."""
    try:
        found = _serializer(keys).loads(token)
    except BadData:
        return None
    return found if type(found) is int and 0 < found <= LONGEST_ID else None


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt=SALT)
