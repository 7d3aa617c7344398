"""Draws an instrument in a wording: every question once for each value it can show, then from memory.

A stored wording never changes, so neither does what was drawn from it; filling in a participant's answers is
looking up one piece of page a question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from app import i18n
from app.domain.answer import DECLINED, AnswerValue
from app.domain.instrument import Instrument, Item, Wording

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn:
    """One wording of one instrument, in pages of one language.

    The choices stand below each other in the order of their values, in every direction of writing.
    """

    instrument: Instrument
    wording: Wording
    language: str
    _pieces: dict[tuple[str, AnswerValue], Markup] = field(default_factory=dict)

    def questions(self, answers: Mapping[str, AnswerValue]) -> Markup:
        """Return all questions with the answers that were given; what was not answered stays empty."""
        pieces = self._pieces
        parts = []
        for item in self.instrument.items:
            key = (item.code, answers.get(item.code))
            piece = pieces.get(key)
            if piece is None:
                piece = pieces[key] = self._draw(item, answers.get(item.code))
            parts.append(piece)
        return Markup("").join(parts)

    def _draw(self, item: Item, value: AnswerValue) -> Markup:
        return Markup(  # noqa: S704 - a template's own page, escaped there
            render_template(
                "participant/question.html",
                item=item,
                text=self.wording.items[item.code],
                number=self.instrument.items.index(item) + 1,
                total=len(self.instrument.items),
                choices=self.choices(item),
                declined=DECLINED,
                given="" if value is None else str(value),
                wording=self.wording,
                foreign=self.wording.language != self.language,
            )
        )

    def choices(self, item: Item) -> Choices:
        """Return an item's values with their words."""
        values = self.instrument.choices[item.choices]
        return tuple(zip(map(str, values), self.wording.choices[item.choices], strict=True))


_drawn: dict[tuple[str, int, str], Drawn] = {}


def drawn(database: str, wording_id: int, instrument: Instrument, wording: Wording) -> Drawn:
    """Return a stored wording drawn in the language in use; `database` says whose wording that id is."""
    key = (database, wording_id, i18n.current())
    if key not in _drawn:
        _drawn[key] = Drawn(instrument, wording, i18n.current())
    return _drawn[key]
