"""The address in a message that ends all further ones: its reader's id, signed. It opens nothing."""

from collections.abc import Sequence

from app.formats import signed_id

PURPOSE = "hepatica.stop"


def sign(participant_id: int, keys: Sequence[str]) -> str:
    """Return the token for a participant; it stays good, because messages are kept for years."""
    return signed_id.sign(participant_id, keys, purpose=PURPOSE)


def read(token: str, keys: Sequence[str]) -> int | None:
    """Return the id that any of the keys signed, or None for anything else."""
    return signed_id.read(token, keys, purpose=PURPOSE)
