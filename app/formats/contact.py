"""Contact details as one sealed text: opened by any of the installation's keys, sealed by the newest."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.formats import sealing


@dataclass(frozen=True)
class ContactDetails:
    """Whom to write to, and the year of birth that stands beside a link as the second thing known."""

    name: str
    email: str | None
    phone: str | None
    birth_year: int


def seal(details: ContactDetails, keys: Sequence[str]) -> str:
    """Return the details as unreadable text; `keys` are ordered oldest to newest, the last one seals."""
    return sealing.seal(json.dumps(asdict(details), ensure_ascii=False), keys)


def unseal(text: str, keys: Sequence[str]) -> ContactDetails:
    """Return what was sealed by any of the keys; Refusal NOT_CONFIGURED where none of them opens it."""
    return ContactDetails(**json.loads(sealing.unseal(text, keys, what="the contact details")))
