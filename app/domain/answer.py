"""The only judge of an answer: turns what a form, an import or a replay sends into a value, or refuses it.

One representation serves storage, files and phones. A refusal is the word `declined`; a text that is this
very word stands behind an apostrophe (and one with apostrophes before it behind one more), so that no text is
ever taken for a refusal.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from app.domain.condition import all_hold
from app.domain.date_limits import EARLIEST_YEAR, date_limits, passed_limit
from app.domain.instrument import MOST_ANIMALS, VISUAL_ANALOGUE, Instrument, Item
from app.domain.numerals import plain_number, typed_decimal, written_number
from app.domain.partial_date import PartialDate, typed_date

DECLINED = "declined"
REFUSAL = "\N{CANCEL}"
"""Begins a raw answer where "I prefer not to answer" was ticked: a sign that nobody can type into a text."""
_DECLINED_AS_TEXT = re.compile(f"'*{DECLINED}")

AnswerValue = int | float | str | list[int] | None
"""By type: a choice's value; the sorted values of several choices; a number; 0 to 100 of a visual analogue
scale; a date as 2026, 2026-03 or 2026-03-05; a text; a count of animals. `declined` where someone preferred
not to answer, None where an answer was taken back."""

Reason = Literal[
    "unknown",
    "refusal",
    "both",
    "choice",
    "alone",
    "number",
    "decimals",
    "range",
    "date",
    "year",
    "month",
    "early",
    "late",
    "text",
    "long",
]
"""What is wrong with an answer: enough to choose the words that put it right."""


class BadAnswer(ValueError):  # noqa: N818 - named for what it is
    """A value that an item cannot take: which item, what was found, what is allowed, and why it was refused.

    `asked` is the item itself, None where the instrument has no such item; `limit` is the day that a date may
    not lie before, or after.
    """

    def __init__(
        self,
        item: str,
        found: str,
        allowed: str,
        *,
        reason: Reason = "unknown",
        asked: Item | None = None,
        limit: date | None = None,
    ) -> None:
        super().__init__(f"{item}: found {found!r}; allowed: {allowed}")
        self.item = item
        self.found = found
        self.allowed = allowed
        self.reason = reason
        self.asked = asked
        self.limit = limit


def read_answer(instrument: Instrument, code: str, raw: str, *, given_on: date) -> AnswerValue:
    """Return the value of one item; BadAnswer when there is no such item or it cannot take what came.

    `given_on` is the civil day, where the participant is, on which it was answered: the "today" of a date's
    limits. Whatever is answered to a practice question is nothing.
    """
    item = _item(instrument, code)
    refused, text = raw.startswith(REFUSAL), raw.removeprefix(REFUSAL).strip()
    if item.practice:
        return None
    if text == DECLINED and item.type != "text":
        refused, text = True, ""
    if refused and text:
        raise _bad(item, text, "an answer, or that it is declined; not both", "both")
    if refused:
        if item.may_decline:
            return DECLINED
        raise _bad(item, DECLINED, "an answer; this item cannot be declined", "refusal")
    if item.type == "date":
        return _read_date(item, text, given_on) if text else None
    return _READERS[item.type](instrument, item, text) if text else None


def read_filed(instrument: Instrument, code: str, text: str, *, given_on: date) -> AnswerValue:
    """Return the value of one item as `filed` wrote it, or as someone filled in a file by hand."""
    item = _item(instrument, code)
    stripped = text.strip()
    if item.practice and stripped:
        raise _bad(item, stripped, "nothing: answers to a practice question are not kept", "unknown")
    if item.type == "text" and stripped == DECLINED:
        return read_answer(instrument, code, REFUSAL, given_on=given_on)
    raw = typed_text(stripped) if item.type == "text" else stripped
    return read_answer(instrument, code, raw, given_on=given_on)


def filed(value: AnswerValue) -> str:
    """Return a stored value as files and tables show it; `read_filed` reads it again as the same."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(map(str, value))
    return written_number(value)


def typed_text(value: str) -> str:
    """Return a stored text as it was typed: without the apostrophe that tells it from a refusal."""
    return value[1:] if _DECLINED_AS_TEXT.fullmatch(value) and value != DECLINED else value


def applicable(instrument: Instrument, answers: Mapping[str, AnswerValue]) -> tuple[str, ...]:
    """Return the codes of the items that are asked, in the instrument's order.

    An answer to an item that is not asked counts as none: what depends on it is not asked either.
    """
    if not instrument.has_conditions:
        return tuple(item.code for item in instrument.items)
    counted: dict[str, AnswerValue] = {}
    for item in instrument.items:
        if all_hold(item.when, counted):
            counted[item.code] = answers.get(item.code)
    return tuple(counted)


def unanswered(instrument: Instrument, answers: Mapping[str, AnswerValue]) -> tuple[str, ...]:
    """Return the codes of the items that are asked and have neither a value nor a refusal, in order.

    Screens to read and practice questions are never missing.
    """
    asked = applicable(instrument, answers)
    return tuple(
        item.code
        for item in instrument.items
        if item.is_answered and answers.get(item.code) is None and item.code in asked
    )


def _item(instrument: Instrument, code: str) -> Item:
    try:
        item = instrument.item(code)
    except KeyError:
        raise BadAnswer(code, code, "an item of this instrument") from None
    if item.type == "information":
        raise _bad(item, code, "an item that is answered; this one is only read", "unknown")
    return item


def _bad(item: Item, found: str, allowed: str, reason: Reason, limit: date | None = None) -> BadAnswer:
    return BadAnswer(item.code, found, allowed, reason=reason, asked=item, limit=limit)


def _read_choice(instrument: Instrument, item: Item, text: str) -> int:
    allowed = instrument.choices[item.choices]
    value = _whole(text)
    if value not in allowed:
        raise _bad(item, text, "one of " + ", ".join(map(str, allowed)), "choice")
    return value


def _read_choices(instrument: Instrument, item: Item, text: str) -> list[int]:
    allowed = instrument.choices[item.choices]
    found = [_whole(part) for part in text.split()]
    values = sorted({value for value in found if value in allowed})
    if any(value not in allowed for value in found):
        raise _bad(item, text, "some of " + ", ".join(map(str, allowed)) + ", a space between them", "choice")
    if len(values) > 1 and not set(item.alone).isdisjoint(values):
        raise _bad(item, text, "with no other: " + ", ".join(map(str, item.alone)), "alone")
    return values


def _whole(text: str) -> int | None:
    try:
        number = typed_decimal(text)
    except ValueError:
        return None
    return int(number) if number.as_tuple().exponent == 0 else None


def _read_number(_: Instrument, item: Item, text: str) -> int | float:
    return _in_range(item, text, *number_range(item), item.decimals)


def _in_range(item: Item, text: str, lowest: float, highest: float, decimals: int) -> int | float:
    fewer = f" with at most {decimals} decimals" if decimals else ""
    allowed = f"a number from {written_number(lowest)} to {written_number(highest)}{fewer}"
    try:
        number = typed_decimal(text)
    except ValueError:
        raise _bad(item, text, allowed, "number") from None
    if -int(number.as_tuple().exponent) > decimals:
        raise _bad(item, text, allowed, "decimals")
    if not lowest <= number <= highest:
        raise _bad(item, text, allowed, "range")
    return plain_number(number)


def number_range(item: Item) -> tuple[float, float]:
    """Return the lowest and the highest value of an item that is answered with a number."""
    if item.type == "visual-analogue":
        return VISUAL_ANALOGUE
    if item.type == "animal-naming":
        return (0, MOST_ANIMALS)
    return (item.lowest or 0, item.highest or 0)


def _read_date(item: Item, text: str, given_on: date) -> str:
    allowed = f"a date as 2026-03-05, 2026-03 or 2026, from {EARLIEST_YEAR} on"
    year, month, day = ([part.strip() for part in text.split("-")] + ["", ""])[:3]
    if not year:
        raise _bad(item, text, allowed, "year") if month or day else _bad(item, text, allowed, "date")
    if day and not month:
        raise _bad(item, text, allowed, "month")
    try:
        typed = typed_date(year, month, day)
    except ValueError:
        raise _bad(item, text, allowed, "date") from None
    if typed is None or text.count("-") > 2:
        raise _bad(item, text, allowed, "date")
    if typed.year < EARLIEST_YEAR:
        raise _bad(item, text, allowed, "year")
    _check_limits(item, text, typed, given_on)
    return str(typed)


def _check_limits(item: Item, text: str, typed: PartialDate, given_on: date) -> None:
    limit = passed_limit(typed, date_limits(item, given_on))
    if limit is not None and typed.latest < limit:
        raise _bad(item, text, f"a date that is not before {limit}", "early", limit)
    if limit is not None:
        raise _bad(item, text, f"a date that is not after {limit}", "late", limit)


def _read_text(_: Instrument, item: Item, text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\r", "\n")
    allowed = f"at most {item.longest} characters, without control characters"
    if len(words) > item.longest:
        raise _bad(item, words, allowed, "long")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in words):
        raise _bad(item, words, allowed, "text")
    return f"'{words}" if _DECLINED_AS_TEXT.fullmatch(words) else words


_READERS: Mapping[str, Callable[[Instrument, Item, str], AnswerValue]] = {
    "choice": _read_choice,
    "choices": _read_choices,
    "number": _read_number,
    "visual-analogue": _read_number,
    "text": _read_text,
    "animal-naming": _read_number,
}
