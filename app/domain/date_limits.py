"""Between which days a date may lie: those that an item names, of which one may be the day of answering."""

from datetime import date

from app.domain.instrument import Item
from app.domain.partial_date import PartialDate

TODAY = "today"
"""Stands for the civil day, where the participant is, on which the answer was given."""
EARLIEST_YEAR = 1900
"""Before it no date is taken at all: who types 26 for 2026 is told so."""

DateLimits = tuple[date | None, date | None]


def date_limits(item: Item, given_on: date) -> DateLimits:
    """Return the first and the last day that an item takes in an answer of that day; None: no such limit."""
    return _limit(item.earliest, given_on), _limit(item.latest, given_on)


def passed_limit(typed: PartialDate, limits: DateLimits) -> date | None:
    """Return the limit beyond which a date lies whatever its unknown parts are, or None.

    Nothing is imputed: a year or a month of which any day may lie between the limits is taken.
    """
    earliest, latest = limits
    if earliest is not None and typed.latest < earliest:
        return earliest
    return latest if latest is not None and typed.earliest > latest else None


def is_limit(text: str) -> bool:
    """Return whether a text can limit the dates of an item: `today`, or a whole day that is taken at all."""
    if text == TODAY:
        return True
    try:
        named = PartialDate.parse(text)
    except ValueError:
        return False
    return named.precision == "day" and named.year >= EARLIEST_YEAR and str(named) == text


def _limit(limit: str, given_on: date) -> date | None:
    if not limit:
        return None
    return given_on if limit == TODAY else date.fromisoformat(limit)
