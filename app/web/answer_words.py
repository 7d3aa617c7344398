"""What people are told to do: beside a question that is typed, and where an answer could not be taken."""

from collections.abc import Callable, Mapping
from functools import cache

from app import i18n
from app.domain.answer import AnswerValue, BadAnswer, Reason, filed, number_range
from app.domain.instrument import Item
from app.i18n import format_day, format_number, gettext, ngettext


def instruction(item: Item) -> str:
    """Return what to do with a question; empty where its choices say it."""
    write = _INSTRUCTIONS.get(item.type)
    return write(item) if write else ""


def fault_words(bad: BadAnswer) -> str:
    """Return what puts a refused answer right, in the language in use."""
    item = bad.asked
    if item is None:
        return gettext("Please choose one of the answers.")
    write = _FAULTS.get(bad.reason)
    return write(item, bad) if write else instruction(item) or gettext("Please choose one of the answers.")


def as_typed(value: AnswerValue) -> str:
    """Return a stored number as people of the language would type it: no sign groups its digits."""
    return filed(value).translate(_signs(i18n.current()))


@cache
def _signs(_language: str) -> Mapping[int, str]:
    """Return how the language in use writes each digit and the decimal sign."""
    signs = {ord(str(digit)): format_number(digit) for digit in range(10)}
    return signs | {ord("."): format_number(1.5)[1:-1]}


def _number(item: Item) -> str:
    lowest, highest = (as_typed(end) for end in number_range(item))
    if item.decimals:
        return gettext("Enter a number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)
    return gettext("Enter a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)


def _naming(item: Item) -> str:
    return ngettext(
        "For a helper with a watch: let animals be named for %(num)s second, and count every different"
        " animal once. Then enter how many there were.",
        "For a helper with a watch: let animals be named for %(num)s seconds, and count every different"
        " animal once. Then enter how many there were.",
        item.seconds,
    )


def _text(item: Item) -> str:
    return gettext("In a few words: at most %(longest)s characters.", longest=format_number(item.longest))


def _too_long(item: Item, bad: BadAnswer) -> str:
    return gettext(
        "This has %(length)s characters. Please shorten it to %(longest)s.",
        length=format_number(len(bad.found)),
        longest=format_number(item.longest),
    )


def _decimals(item: Item, _: BadAnswer) -> str:
    if not item.decimals:
        return _number(item)
    places = ngettext(
        "At most %(num)s digit may stand after the decimal sign.",
        "At most %(num)s digits may stand after the decimal sign.",
        item.decimals,
    )
    return f"{_number(item)} {places}"


def _limit(bad: BadAnswer) -> str:
    return format_day(bad.limit) if bad.limit else ""


_INSTRUCTIONS: Mapping[str, Callable[[Item], str]] = {
    "choices": lambda _: gettext("You may choose more than one."),
    "number": _number,
    "visual-analogue": _number,
    "date": lambda _: gettext("In numbers. If you do not remember the day or the month, leave it empty."),
    "text": _text,
    "animal-naming": _naming,
}

_FAULTS: Mapping[Reason, Callable[[Item, BadAnswer], str]] = {
    "both": lambda *_: gettext("Either answer, or choose “I prefer not to answer”; not both."),
    "choice": lambda *_: gettext("Please choose one of the answers."),
    "alone": lambda *_: gettext(
        "One of the answers that you chose goes with no other. Choose it alone, or leave it out."
    ),
    "number": lambda item, _: _number(item),
    "range": lambda item, _: _number(item),
    "decimals": _decimals,
    "date": lambda *_: gettext("This is no date. Enter numbers, for example 5, 3 and 2026."),
    "month": lambda *_: gettext("Enter the month too, or leave the day empty."),
    "early": lambda _, bad: gettext("Enter a date that is not before %(day)s.", day=_limit(bad)),
    "late": lambda _, bad: gettext("Enter a date that is not after %(day)s.", day=_limit(bad)),
    "year": lambda _, bad: (
        gettext("Enter the year. Day and month may stay empty.")
        if bad.found.startswith("-")
        else gettext("Enter the year with four digits, for example 2026.")
    ),
    "text": lambda *_: gettext("Please type this again, with letters, digits and spaces."),
    "long": _too_long,
}
