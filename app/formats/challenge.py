"""A challenge for a passkey: signed, dated and made for one purpose, so that issuing one stores nothing.

That it is answered only once is kept by whoever takes the answer, who stores its hash.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LASTING = timedelta(minutes=30)
"""For as long as someone leaves the page open before pressing the button."""


def issue(purpose: str, *, key: str, now: datetime) -> bytes:
    """Return a new challenge for a purpose."""
    return _serializer(key, purpose).dumps([int(now.timestamp()), secrets.token_urlsafe(16)]).encode("ascii")


def is_good(challenge: bytes, purpose: str, *, key: str, now: datetime) -> bool:
    """Return whether a challenge was issued for this purpose, and not too long ago."""
    try:
        issued_at, _ = _serializer(key, purpose).loads(challenge)
    except (BadData, ValueError, TypeError):
        return False
    return now - LASTING <= datetime.fromtimestamp(issued_at, tz=now.tzinfo) <= now + timedelta(seconds=1)


def hashed(challenge: bytes) -> str:
    """Return the form in which a challenge that was answered is stored."""
    return hashlib.sha256(challenge).hexdigest()


def _serializer(key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"passkey challenge: {purpose}")
