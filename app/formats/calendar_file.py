"""Visits as an iCalendar file (RFC 5545): days without a time, and not a word more than it is given."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from app.domain.schedule import Window


def write(windows: Mapping[int, Window], *, words: str, language: str, host: str, now: datetime) -> bytes:
    """Return a calendar with two entries for each visit: all the days it is open, and the day it is due.

    An entry's id rests on the visit's alone: a calendar that reads the file again changes what it has.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{host}//calendar//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for key, window in windows.items():
        for part, first, last in (
            ("open", window.opens_on, window.closes_on),
            ("due", window.due_on, window.due_on),
        ):
            entry = _days(first, last, words, language)
            entry.add("uid", f"{key}-{part}@{host}")
            entry.add("dtstamp", now)
            calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written


def _days(first: date, last: date, words: str, language: str) -> Event:
    entry = Event()
    entry.add("summary", words, parameters={"language": language})
    entry.add("dtstart", first)
    entry.add("dtend", last + timedelta(days=1))  # the first day after it
    entry.add("transp", "TRANSPARENT")  # nobody is busy all day
    entry.add("class", "PRIVATE")
    return entry
