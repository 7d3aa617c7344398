"""The only judge of an answer: turns what a form, an import or a replay sends into a value, or refuses it."""

from collections.abc import Callable, Mapping

from app.domain.instrument import Instrument, Item
from app.domain.partial_date import typed_number

DECLINED = "declined"
AnswerValue = int | str | None
"""A choice's value; `declined` where someone preferred not to answer; None where an answer was taken back."""


class BadAnswer(ValueError):  # noqa: N818 - named for what it is
    """A value that an item cannot take: which item, what was found, what is allowed."""

    def __init__(self, item: str, found: str, allowed: str) -> None:
        super().__init__(f"{item}: found {found!r}; allowed: {allowed}")
        self.item = item
        self.found = found
        self.allowed = allowed


def read_answer(instrument: Instrument, code: str, raw: str) -> AnswerValue:
    """Return the value of one item; BadAnswer when there is no such item or it cannot take what came."""
    try:
        item = instrument.item(code)
    except KeyError:
        raise BadAnswer(code, code, "an item of this instrument") from None
    text = raw.strip()
    if not text:
        return None
    if text == DECLINED:
        if item.may_decline:
            return DECLINED
        raise BadAnswer(code, raw, "an answer; this item cannot be declined")
    return _READERS[item.type](instrument, item, text)


def _read_choice(instrument: Instrument, item: Item, text: str) -> int:
    allowed = instrument.choices[item.choices]
    try:
        value = typed_number(text)
    except ValueError:
        value = None
    if value not in allowed:
        raise BadAnswer(item.code, text, "one of " + ", ".join(map(str, allowed)))
    return value


_READERS: Mapping[str, Callable[[Instrument, Item, str], int]] = {"choice": _read_choice}


def unanswered(instrument: Instrument, answers: Mapping[str, AnswerValue]) -> tuple[str, ...]:
    """Return the codes of the items that have neither a value nor a refusal, in the instrument's order."""
    return tuple(item.code for item in instrument.items if answers.get(item.code) is None)
