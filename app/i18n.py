"""The interface's languages: catalogues, direction, and dates and numbers as each language writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import cast

from babel import Locale
from babel.dates import format_date as babel_format_date
from babel.dates import format_datetime as babel_format_datetime
from babel.dates import format_skeleton
from babel.dates import format_time as babel_format_time
from babel.numbers import format_decimal
from babel.support import LazyProxy, NullTranslations, Translations

SOURCE_LANGUAGE = "en"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


def locale(language: str) -> Locale:
    """Return CLDR's data for a language tag such as `zh-Hans`."""
    return Locale.parse(language, sep="-")


@cache
def languages() -> tuple[str, ...]:
    """Return the tags of the languages that have a compiled catalogue, English first."""
    found = sorted(
        path.parent.parent.name.replace("_", "-") for path in CATALOGUES.glob("*/LC_MESSAGES/messages.mo")
    )
    return (SOURCE_LANGUAGE, *(tag for tag in found if tag != SOURCE_LANGUAGE))


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
    return plural_form(singular, plural, num) % ({"num": num} | values)


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
    return babel_format_date(day, format=style, locale=locale(current()))


def format_partial(day: date, precision: str) -> str:
    """Return a date of which only the `month` or the `year` is known, as the language writes it."""
    if precision == "day":
        return format_day(day)
    return format_skeleton("yMMMM" if precision == "month" else "y", day, locale=locale(current()))


def format_instant(instant: datetime, style: str = "medium") -> str:
    """Return an instant, in the zone it carries, with that zone named."""
    said = babel_format_datetime(instant, format=style, locale=locale(current()))
    return f"{said} {instant.tzname()}"


def format_hour(hour: int) -> str:
    """Return a full hour of the day as the language writes it: 5:00 PM, 17:00."""
    return babel_format_time(time(hour), format="short", locale=locale(current()))


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
    return format_decimal(number, locale=locale(current()))
