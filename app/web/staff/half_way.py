"""Where someone stands between password and second step: kept in the browser, signed, for ten minutes."""

from dataclasses import asdict
from datetime import datetime, timedelta

from flask import session as cookie

from app.operations.sign_in import HalfWay

LASTING = timedelta(minutes=10)
NAME = "half_way"


def remember(half: HalfWay, wanted: str, *, now: datetime) -> None:
    """Keep that the first step is done, and which page was wanted."""
    cookie[NAME] = asdict(half) | {"wanted": wanted, "at": now.timestamp()}


def recall(*, now: datetime) -> tuple[HalfWay, str] | None:
    """Return who has done the first step here, and which page was wanted; None after ten minutes."""
    kept = cookie.get(NAME)
    if not isinstance(kept, dict) or not 0 <= now.timestamp() - kept["at"] < LASTING.total_seconds():
        return None
    return HalfWay(kept["account_id"], kept["mark"]), kept["wanted"]


def forget() -> None:
    """Forget it: whoever comes to this browser next begins with the first step."""
    cookie.pop(NAME, None)
