"""The address with which a member of staff chooses a password: the link's id, signed."""

from collections.abc import Sequence

from app.formats import signed_id

PURPOSE = "hepatica.password"


def sign(link_id: int, keys: Sequence[str]) -> str:
    """Return the token of a link; `keys` are ordered oldest to newest, the last one signs."""
    return signed_id.sign(link_id, keys, purpose=PURPOSE)


def read(token: str, keys: Sequence[str]) -> int | None:
    """Return the id that any of the keys signed, or None for anything else."""
    return signed_id.read(token, keys, purpose=PURPOSE)
