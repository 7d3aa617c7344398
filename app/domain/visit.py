"""A visit of the protocol, and the times at which a repeating one comes back."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import count, takewhile
from typing import Literal

from app.domain.definition import Strict, Texts

Anchor = Literal["randomisation", "infusion", "consent"]
Unit = Literal["week", "month", "year"]
NUMBER = "{number}"
"""Stands in the title of a repeating visit for the weeks, months or years since the anchor."""

MONTHS: dict[Unit, int] = {"month": 1, "year": 12}


@dataclass(frozen=True, kw_only=True)
class Repeats(Strict):
    """Comes back every so many weeks, months or years: so many `times`, or as long as due by `until_day`.

    The first time is `first` units after the anchor, or else `every`.
    """

    unit: Unit
    every: int = 1
    first: int | None = None
    times: int | None = None
    until_day: int | None = None

    @property
    def starts(self) -> int:
        """Return the number of the first time."""
        return self.every if self.first is None else self.first


@dataclass(frozen=True, kw_only=True)
class Visit(Strict):
    """Due `day` days after the anchor, open from `opens` days before that to `closes` days after.

    `instruments` are answered by participants; `staff_forms` are instruments that staff fill in, of which
    participants see nothing. `anchor` None is the study's; one that repeats is due `day` days after each of
    its times.
    """

    code: str
    day: int
    opens: int
    closes: int
    title: Texts
    instruments: tuple[str, ...]
    staff_forms: tuple[str, ...] = ()
    anchor: Anchor | None = None
    repeats: Repeats | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return what it goes by: its own code, and that of the repeating visit that it is a time of."""
        return (self.code,)

    def due_on(self, anchor_on: date) -> date:
        """Return the due day of someone whose day 0 is `anchor_on`."""
        return anchor_on + timedelta(days=self.day)


@dataclass(frozen=True, kw_only=True)
class Occurrence(Visit):
    """One time of a repeating visit; `day` is what it is where no year is a leap year."""

    of: str
    number: int
    unit: Unit
    days_later: int

    @property
    def codes(self) -> tuple[str, ...]:
        """Return its own code and that of the visit in the study file."""
        return (self.code, self.of)

    def due_on(self, anchor_on: date) -> date:
        """Return the due day, by the calendar."""
        return _after(anchor_on, self.number, self.unit) + timedelta(days=self.days_later)


def occurrences(visit: Visit) -> tuple[Visit, ...]:
    """Return each time of a visit, in their order; a visit that does not repeat has one: itself."""
    repeats = visit.repeats
    if repeats is None:
        return (visit,)
    if repeats.times is not None:
        last = repeats.starts + repeats.every * repeats.times
        return tuple(
            _occurrence(visit, number, repeats.unit) for number in range(repeats.starts, last, repeats.every)
        )
    until_day = repeats.until_day or 0
    return tuple(takewhile(lambda each: each.day <= until_day, _endless(visit, repeats)))


def _endless(visit: Visit, repeats: Repeats) -> Iterator[Occurrence]:
    return (_occurrence(visit, number, repeats.unit) for number in count(repeats.starts, repeats.every))


def _occurrence(visit: Visit, number: int, unit: Unit) -> Occurrence:
    same = {field.name: getattr(visit, field.name) for field in fields(Visit)}
    return Occurrence(
        **same
        | {
            "code": f"{visit.code}-{number}",
            "day": nominal_day(number, unit) + visit.day,
            "title": {language: text.replace(NUMBER, str(number)) for language, text in visit.title.items()},
            "repeats": None,
            "of": visit.code,
            "number": number,
            "unit": unit,
            "days_later": visit.day,
        }
    )


def nominal_day(number: int, unit: Unit) -> int:
    """Return the day on which so many weeks, months or years are over where no year is a leap year."""
    return number * 7 if unit == "week" else number * MONTHS[unit] * 365 // 12


def _after(day: date, number: int, unit: Unit) -> date:
    if unit == "week":
        return day + timedelta(weeks=number)
    return months_after(day, number * MONTHS[unit])


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
