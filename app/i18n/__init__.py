"""The interface's languages: catalogues, direction, and dates and numbers as each language writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import cast

from babel import Locale
from babel.dates import format_date as babel_format_date
from babel.dates import format_datetime as babel_format_datetime
from babel.dates import format_skeleton
from babel.dates import format_time as babel_format_time
from babel.dates import format_timedelta as babel_format_timedelta
from babel.numbers import format_decimal
from babel.numbers import format_percent as babel_format_percent
from babel.support import LazyProxy, NullTranslations, Translations

from app.i18n.catalogues import (
    CATALOGUES,
    SOURCE_LANGUAGE,
    Completeness,
    completeness,
    nothing_done,
)

__all__ = [
    "CATALOGUES",
    "SOURCE_LANGUAGE",
    "Completeness",
    "completeness",
    "current",
    "date_order",
    "direction",
    "format_day",
    "format_instant",
    "format_number",
    "format_partial",
    "gettext",
    "isolated",
    "languages",
    "lazy_gettext",
    "locale",
    "ngettext",
    "nothing_done",
    "own_name",
    "pgettext",
    "plural_form",
    "speak",
    "speaking",
    "spoken",
]

# Where each system of digits begins, by CLDR's name for it; a language without one of these writes 0 to 9.
_ZEROS = {
    "adlm": "\N{ADLAM DIGIT ZERO}",
    "arab": "\N{ARABIC-INDIC DIGIT ZERO}",
    "arabext": "\N{EXTENDED ARABIC-INDIC DIGIT ZERO}",
    "beng": "\N{BENGALI DIGIT ZERO}",
    "cakm": "\N{CHAKMA DIGIT ZERO}",
    "deva": "\N{DEVANAGARI DIGIT ZERO}",
    "hmnp": "\N{NYIAKENG PUACHUE HMONG DIGIT ZERO}",
    "mtei": "\N{MEETEI MAYEK DIGIT ZERO}",
    "mymr": "\N{MYANMAR DIGIT ZERO}",
    "nkoo": "\N{NKO DIGIT ZERO}",
    "olck": "\N{OL CHIKI DIGIT ZERO}",
    "tibt": "\N{TIBETAN DIGIT ZERO}",
}
_PARTS = {"d": "day", "M": "month", "y": "year"}

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


def locale(language: str) -> Locale:
    """Return CLDR's data for a language tag such as `zh-Hans`."""
    return Locale.parse(language, sep="-")


@cache
def languages() -> tuple[str, ...]:
    """Return the tags of the languages that the interface offers, English first: each is complete."""
    return tuple(tag for tag, found in completeness().items() if found.complete)


@cache
def spoken() -> tuple[str, ...]:
    """Return the languages that pages can speak: those offered, and those that are not quite done.

    Nobody is offered the latter. Who reads one already keeps it when a new version of the program brings new
    words: a page with a sentence in English is better than a page in English.
    """
    return tuple(tag for tag, found in completeness().items() if found.compiled)


@cache
def direction(language: str) -> str:
    """Return `rtl` or `ltr`: a fact of the language, never guessed from the text."""
    return "rtl" if locale(language).character_order == "right-to-left" else "ltr"


@cache
def own_name(language: str) -> str:
    """Return what the language calls itself."""
    return locale(language).get_display_name() or language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language for everything said inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: str) -> None:
    """Use a language from here to the end of the request or command."""
    _language.set(language)


def current() -> str:
    """Return the tag of the language in use."""
    return _language.get()


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    return Translations.load(CATALOGUES, [language.replace("-", "_")])


def gettext(message: str, **values: object) -> str:
    """Return a message in the language in use, with its `%(name)s` places filled."""
    said = _catalogue(current()).ugettext(message)
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return the form of a message that the language uses for a number."""
    return plural_form(singular, plural, num) % ({"num": format_number(num)} | values)


def plural_form(singular: str, plural: str, num: int) -> str:
    """Return the form that the language uses for a number, its places open for templates to fill."""
    return _catalogue(current()).ungettext(singular, plural, num)


def pgettext(context: str, message: str, **values: object) -> str:
    """Return a message whose meaning depends on where it stands."""
    said = str(_catalogue(current()).upgettext(context, message))
    return said % values if values else said


def lazy_gettext(message: str) -> str:
    """Return a message that is translated when it is shown, for names given at import time.

    It stands wherever a text may stand, and `str()` gives the text of the moment.
    """
    return cast(str, LazyProxy(gettext, message, enable_cache=False))


def format_day(day: date, style: str = "long") -> str:
    """Return a civil date as the language writes it."""
    return _day(day, style, current())


@lru_cache(maxsize=1024)
def _day(day: date, style: str, language: str) -> str:
    """Return what many messages and the rows of a list say alike: writing it anew is dear."""
    return _in_own_digits(babel_format_date(day, format=style, locale=locale(language)))


def format_partial(day: date, precision: str) -> str:
    """Return a date of which only the `month` or the `year` is known, as the language writes it."""
    if precision == "day":
        return format_day(day)
    skeleton = "yMMMM" if precision == "month" else "y"
    return _in_own_digits(format_skeleton(skeleton, day, locale=locale(current())))


def format_instant(instant: datetime, style: str = "medium") -> str:
    """Return an instant, in the zone it carries, with that zone named."""
    said = babel_format_datetime(instant, format=style, locale=locale(current()))
    return f"{_in_own_digits(said)} {instant.tzname()}"


def format_ago(ago: timedelta) -> str:
    """Return how long ago something was: 3 days ago."""
    said = babel_format_timedelta(-ago, add_direction=True, locale=locale(current()))
    return _in_own_digits(said)


def format_hour(hour: int) -> str:
    """Return a full hour of the day as the language writes it: 5:00 PM, 17:00."""
    return _in_own_digits(babel_format_time(time(hour), format="short", locale=locale(current())))


def isolated(text: str) -> str:
    """Return a telephone number or a code so that it keeps its order inside a right-to-left sentence.

    Plain text knows no `dir`: Unicode's isolates (LRI and PDI) take its place.
    """
    return (
        f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
        if direction(current()) == "rtl"
        else text
    )


def format_number(number: float) -> str:
    """Return a number as the language writes it."""
    return _in_own_digits(format_decimal(number, locale=locale(current()), numbering_system="default"))


def format_share(share: float) -> str:
    """Return a share of one in whole percent, as the language writes it."""
    said = babel_format_percent(share, format=None, locale=locale(current()), numbering_system="default")
    return _in_own_digits(said)


def date_order() -> tuple[str, ...]:
    """Return `day`, `month` and `year` in the order in which the language writes dates in figures."""
    # English is read all over the world, where the day comes first: docs/decisions/0008-boxes-of-a-date.md.
    there = "en-001" if current() == SOURCE_LANGUAGE else current()
    pattern = locale(there).date_formats["short"].pattern
    return tuple(_PARTS[letter] for letter in sorted(_PARTS, key=pattern.index))


def _in_own_digits(text: str) -> str:
    # Babel knows which digits a language uses, and writes 0 to 9 all the same.
    return text.translate(_digits(current()))


@cache
def _digits(language: str) -> dict[int, int]:
    zero = _ZEROS.get(locale(language).default_numbering_system)
    return {ord("0") + digit: ord(zero) + digit for digit in range(10)} if zero else {}
