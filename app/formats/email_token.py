"""The address with which a member of staff confirms a new e-mail address: the change's id, signed."""

from collections.abc import Sequence

from app.formats import signed_id

PURPOSE = "hepatica.email-change"


def sign(change_id: int, keys: Sequence[str]) -> str:
    """Return the token of a change; `keys` are ordered oldest to newest, the last one signs."""
    return signed_id.sign(change_id, keys, purpose=PURPOSE)


def read(token: str, keys: Sequence[str]) -> int | None:
    """Return the id that any of the keys signed, or None for anything else."""
    return signed_id.read(token, keys, purpose=PURPOSE)
