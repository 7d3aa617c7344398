"""Cells of the import files: the text of one cell <-> a value; each kind says what it allows."""

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.partial_date import PartialDate

_FORMULA = re.compile("^'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("^'+[=+\\-@\t\r\n＝＋－＠]")
_FULL_DAY = r"(19|[2-9]\d)\d\d-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d(:\d\d)?)"
_DAY = re.compile(_FULL_DAY, re.ASCII)
_PARTLY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_INSTANT = re.compile(f"{_FULL_DAY}[T ]{_CLOCK}", re.ASCII)
_YES_NO = {"yes": True, "no": False}


class BadCell(ValueError):  # noqa: N818 - named as what it is, like BadAnswer
    """A cell that its column cannot take; the message says what it can."""


def guarded(text: str) -> str:
    """Return text as a file holds it: an apostrophe before what a spreadsheet would run as a formula.

    Text of apostrophes and then such a sign gets one more, so that `unguarded` gives back every text.
    """
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given; text without a guard stays as it is."""
    return text[1:] if _GUARDED.match(text) else text


@dataclass(frozen=True)
class Cell(ABC):
    """One kind of cell. `needed`: the column must be there and filled; otherwise an empty cell is None."""

    needed: bool = True

    def read(self, text: str) -> object:
        """Return the value, None for an empty cell; BadCell says what is allowed."""
        if text.strip():
            return self._value(text)
        if self.needed:
            raise BadCell(self.allowed)
        return None

    def write(self, value: object) -> str:
        """Return the one way in which a value is written."""
        return "" if value is None else str(value)

    @property
    @abstractmethod
    def allowed(self) -> str:
        """Say what can stand here."""

    @abstractmethod
    def _value(self, text: str) -> object: ...


@dataclass(frozen=True)
class CodeCell(Cell):
    """A code: kept letter for letter, on one line, without space around it."""

    longest: int = 40

    @property
    def allowed(self) -> str:
        return f"a code of 1 to {self.longest} characters on one line, without space before or after it"

    def _value(self, text: str) -> str:
        code = unguarded(text)
        if code != code.strip() or len(code) > self.longest or _has_control(code, but=""):
            raise BadCell(self.allowed)
        return code

    def write(self, value: object) -> str:
        return "" if value is None else guarded(str(value))


@dataclass(frozen=True)
class TextCell(Cell):
    """Anybody's words, kept as they are, line breaks included; never None."""

    needed: bool = False
    longest: int = 500

    @property
    def allowed(self) -> str:
        return f"at most {self.longest} characters, without control characters"

    def read(self, text: str) -> str:
        words = unguarded(text)
        if len(words) > self.longest or _has_control(words, but="\t\r\n"):
            raise BadCell(self.allowed)
        return words

    def write(self, value: object) -> str:
        return guarded(str(value))

    def _value(self, text: str) -> str:
        return text


@dataclass(frozen=True)
class AnswerCell(Cell):
    """What was answered, as it is written: which item takes what is the instrument's to say."""

    needed: bool = False
    longest: int = 2100

    @property
    def allowed(self) -> str:
        return f"at most {self.longest} characters, without control characters"

    def _value(self, text: str) -> str:
        words = unguarded(text.strip())
        if len(words) > self.longest or _has_control(words, but="\t\r\n"):
            raise BadCell(self.allowed)
        return words

    def write(self, value: object) -> str:
        return "" if value is None else guarded(str(value))


@dataclass(frozen=True)
class WordCell(Cell):
    """One of a closed list of words."""

    words: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        return ("" if self.needed else "nothing or ") + "one of: " + ", ".join(self.words)

    def _value(self, text: str) -> str:
        if text.strip() not in self.words:
            raise BadCell(self.allowed)
        return text.strip()


@dataclass(frozen=True)
class YesNoCell(Cell):
    """`yes` or `no`; empty where it is not known."""

    needed: bool = False
    allowed = "yes, no, or nothing where it is not known"

    def _value(self, text: str) -> bool:
        if text.strip() not in _YES_NO:
            raise BadCell(self.allowed)
        return _YES_NO[text.strip()]

    def write(self, value: object) -> str:
        return "" if value is None else ("yes" if value else "no")


@dataclass(frozen=True)
class DayCell(Cell):
    """A civil date, fully known."""

    allowed = "a date as YYYY-MM-DD, from 1900 on"

    def _value(self, text: str) -> date:
        return _day(text.strip())


@dataclass(frozen=True)
class PartlyKnownDayCell(Cell):
    """A date as someone remembers it: the year, the month or the day."""

    allowed = "a date as YYYY-MM-DD, YYYY-MM or YYYY"

    def _value(self, text: str) -> PartialDate:
        return _partly_known_day(text.strip())


@dataclass(frozen=True)
class InstantCell(Cell):
    """An instant, with its distance from UTC."""

    allowed = "a date from 1900 on, a time and its distance from UTC, as 2026-03-05T14:30:00+01:00"

    def _value(self, text: str) -> datetime:
        written = _plain_digits(text.strip())
        if not _INSTANT.fullmatch(written):
            raise BadCell(self.allowed)
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            raise BadCell(self.allowed) from None

    def write(self, value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else ""


@dataclass(frozen=True)
class YearCell(Cell):
    """A year."""

    allowed = "a year of four digits"

    def _value(self, text: str) -> int:
        written = _plain_digits(text.strip())
        if not re.fullmatch(r"[12]\d{3}", written, re.ASCII):
            raise BadCell(self.allowed)
        return int(written)


@dataclass(frozen=True)
class ZoneCell(Cell):
    """A time zone by its name in the IANA database."""

    allowed = "the name of a time zone, as Europe/Madrid"

    def _value(self, text: str) -> str:
        if not _is_zone(text.strip()):
            raise BadCell(self.allowed)
        return text.strip()


@lru_cache(maxsize=65536)
def _day(text: str) -> date:
    written = _plain_digits(text)
    if not _DAY.fullmatch(written):
        raise BadCell(DayCell.allowed)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadCell(DayCell.allowed) from None


@lru_cache(maxsize=65536)
def _partly_known_day(text: str) -> PartialDate:
    written = _plain_digits(text)
    if not _PARTLY.fullmatch(written):
        raise BadCell(PartlyKnownDayCell.allowed)
    try:
        return PartialDate.parse(written)
    except ValueError:
        raise BadCell(PartlyKnownDayCell.allowed) from None


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or a name that is no file of the zone database
        return False
    return True


def _plain_digits(text: str) -> str:
    """Write digits of any script as 0 to 9, as the pages for participants accept them."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def _has_control(text: str, *, but: str) -> bool:
    # The databases cannot keep NUL, and the others have no place in a code or in words.
    return not text.isprintable() and any(
        unicodedata.category(sign) == "Cc" and sign not in but for sign in text
    )
