"""What a trial is made of in bulk: everyone's days as numbers, and rows put into tables thousands at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import Base

AT_ONCE = 5000
Days = NDArray[np.int64]
"""Days since 1970."""


@dataclass(frozen=True, eq=False)
class Courses:
    """One value for each participant; `until` is the last day in the study."""

    ids: Days
    day_0: Days
    until: Days
    treated: NDArray[np.bool_]
    died: NDArray[np.bool_]
    transplanted_on: Days


def day_of(number: int | np.int64) -> date:
    """Return a day as a date."""
    return date(1970, 1, 1) + timedelta(days=int(number))


def instant_of(number: int | np.int64, hour: int = 10) -> datetime:
    """Return an hour of a day, UTC."""
    return datetime(1970, 1, 1, hour, tzinfo=UTC) + timedelta(days=int(number))


def add(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows, so many at once."""
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == AT_ONCE:
            session.execute(insert(table), held)
            held = []
    if held:
        session.execute(insert(table), held)
