"""Dates that people remember partly: a day, only the month, or only the year."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """A civil date with an unknown day, or an unknown day and month; nothing is imputed.

    Raises ValueError when the parts make no date (31 February, month 13, a day without its month).
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        try:
            date(self.year, self.month or 1, self.day or 1)
        except OverflowError as fault:  # what date() raises for a number of twenty digits
            raise ValueError("no such date") from fault

    @property
    def precision(self) -> Precision:
        """Return how much is known."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def earliest(self) -> date:
        """Return the first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """Return the last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """Write it as ISO 8601 does: 2026, 2026-03 or 2026-03-05."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read the ISO 8601 form; ValueError for anything else."""
        parts = text.split("-")
        if not (1 <= len(parts) <= 3) or [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
            raise ValueError(f"not a date of the form YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
        return cls(*map(int, parts))

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """Return a fully known date."""
        return cls(day.year, day.month, day.day)


def typed_date(year: str, month: str, day: str) -> PartialDate | None:
    """Read three typed boxes; digits of any script are numbers, an empty box is unknown, all empty is None.

    Raises ValueError when a box holds anything but digits, or the parts make no date.
    """
    boxes = [box.strip() for box in (year, month, day)]
    if not any(boxes):
        return None
    if not boxes[0]:
        raise ValueError("the year is needed")
    numbers = [typed_number(box) if box else None for box in boxes]
    return PartialDate(numbers[0] or 0, numbers[1], numbers[2])


def typed_number(text: str) -> int:
    """Read a whole number written in the digits of any script; ValueError for anything else."""
    stripped = text.strip()
    if not stripped.isdecimal():
        raise ValueError(f"not a whole number: {text!r}")
    return int(stripped)
