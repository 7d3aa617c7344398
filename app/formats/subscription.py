"""A browser that lets us push to it, as one sealed text."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.formats import sealing


@dataclass(frozen=True)
class Subscription:
    """What a browser gives: the push service's address for it, and the two keys to write to it alone."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def hash(self) -> str:
        """Return by what it is found again; an endpoint is a secret long enough to need no key."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


def seal(subscription: Subscription, keys: Sequence[str]) -> str:
    """Return it as unreadable text; `keys` are those of the contact details, the last one seals."""
    return sealing.seal(json.dumps(asdict(subscription)), keys)


def unseal(text: str, keys: Sequence[str]) -> Subscription:
    """Return what was sealed by any of the keys; Refusal NOT_CONFIGURED where none of them opens it."""
    return Subscription(**json.loads(sealing.unseal(text, keys, what="a push subscription")))
