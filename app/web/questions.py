"""Draws an instrument in a wording: every question once for each value it can show, then from memory.

A stored wording never changes, so neither does what was drawn from it; filling in a participant's answers is
looking up one piece of page a question. What people type freely is drawn each time: there is no end of it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from flask import render_template
from markupsafe import Markup

from app import i18n
from app.domain.answer import (
    DECLINED,
    AnswerValue,
    BadAnswer,
    applicable,
    filed,
    number_range,
    typed_text,
)
from app.domain.instrument import Instrument, Item, Section, Wording
from app.web import answer_words, date_boxes

Choices = tuple[tuple[str, str], ...]

MOST_PIECES = 5000
"""Of one wording in one language: a set of twelve choices, any of which may be ticked, has 4096 values."""
_TYPED = frozenset({"number", "date", "text"})
_SCRIPTS = {"visual-analogue": "line.js", "animal-naming": "naming.js"}
_NO_RECALL = frozenset({"information", "animal-naming"})


@dataclass(frozen=True)
class Drawn:
    """One wording of one instrument, in pages of one language.

    The choices stand below each other in the order of their values, in every direction of writing; where they
    stand beside each other (the rows of a grid on a wide page, the ends of a line) they follow the direction
    of the wording's language, unless the wording fixes it.
    """

    instrument: Instrument
    wording: Wording
    language: str
    _pieces: dict[tuple[str, str, bool], Markup] = field(default_factory=dict)

    def questions(
        self, answers: Mapping[str, AnswerValue], faults: Mapping[str, BadAnswer] | None = None
    ) -> Markup:
        """Return all questions with the answers that were given; what was not answered stays empty.

        What could not be taken stands where it was typed, with what is wrong about it. Questions that are not
        asked are there and hidden, until an answer brings them.
        """
        asked = frozenset(applicable(self.instrument, answers))
        return Markup("").join(self._parts(answers, faults or {}, asked))

    def question(self, code: str, fault: BadAnswer | None = None) -> Markup:
        """Return one question alone, with nothing chosen, whether or not other answers ask for it."""
        return self._draw(self.instrument.item(code), None, hidden=False, fault=fault)

    def heading(self, code: str) -> str:
        """Return the first line of an item's text, which is its question."""
        return self.wording.items[code].strip().splitlines()[0]

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """Return the scripts that only some kinds of questions need."""
        types = {item.type for item in self.instrument.items}
        return tuple(script for kind, script in _SCRIPTS.items() if kind in types)

    @cached_property
    def styles(self) -> tuple[str, ...]:
        """Return the style sheets that plain choices do not need."""
        plain = all(item.type == "choice" and not item.practice for item in self.instrument.items)
        return () if plain and not self.instrument.sections else ("kinds.css",)

    def choices(self, item: Item) -> Choices:
        """Return an item's values with their words."""
        if not item.choices:
            return ()
        values = self.instrument.choices[item.choices]
        return tuple(zip(map(str, values), self.wording.choices[item.choices], strict=True))

    def _parts(
        self, answers: Mapping[str, AnswerValue], faults: Mapping[str, BadAnswer], asked: frozenset[str]
    ) -> Iterator[Markup]:
        for section, items in groupby(self.instrument.items, lambda item: self._sections.get(item.code)):
            drawn = [self._question(item, answers, faults, item.code not in asked) for item in items]
            if section is None:
                yield from drawn
            else:
                yield self._page(
                    "section",
                    section=section,
                    said=self.wording.sections[section.code],
                    questions=Markup("").join(drawn),
                    hidden=asked.isdisjoint(section.items),
                )

    def _question(
        self,
        item: Item,
        answers: Mapping[str, AnswerValue],
        faults: Mapping[str, BadAnswer],
        hidden: bool,
    ) -> Markup:
        value = None if item.practice else answers.get(item.code)
        if item.code in faults or (item.type in _TYPED and value not in (None, DECLINED)):
            return self._draw(item, value, hidden, faults.get(item.code))
        return self._known(item, value, hidden)

    def _known(self, item: Item, value: AnswerValue, hidden: bool) -> Markup:
        key = (item.code, filed(value), hidden)
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._draw(item, value, hidden)
            if len(self._pieces) < MOST_PIECES:
                self._pieces[key] = piece
        return piece

    def _draw(self, item: Item, value: AnswerValue, hidden: bool, fault: BadAnswer | None = None) -> Markup:
        section = self._sections.get(item.code)
        heading, *paragraphs = self.wording.items[item.code].strip().splitlines()
        particulars = _PARTICULARS.get(item.type)
        return self._page(
            item.type,
            item=item,
            heading=heading,
            paragraphs=[line for line in paragraphs if line.strip()],
            section=self.wording.sections[section.code] if section else None,
            number=self._numbers.get(item.code),
            total=max(self._numbers.values(), default=0),
            when=json.dumps([asdict(each) for each in item.when]) if item.when else "",
            hidden=hidden and fault is None,
            recall="" if item.type in _NO_RECALL else self.wording.recall,
            instruction=answer_words.instruction(item),
            fault=answer_words.fault_words(fault) if fault else "",
            choices=self.choices(item),
            declined=DECLINED,
            refused=value == DECLINED,
            given="" if value is None or value == DECLINED else filed(value),
            **(particulars(self, item, value, fault) if particulars else {}),
        )

    def _page(self, name: str, **values: Any) -> Markup:  # noqa: ANN401 - passes on what a template takes
        foreign = self.wording.language != self.language
        tag, runs = self.wording.language, i18n.direction(self.wording.language)
        page = render_template(
            f"participant/questions/{name}.html",
            wording=self.wording,
            words=Markup(' lang="{}" dir="{}"').format(tag, runs) if foreign else "",
            runs=self.wording.direction or runs,
            fixed=self.wording.direction,
            text_runs=runs,
            **values,
        )
        return Markup(page)  # noqa: S704 - a template's own page, escaped there

    @cached_property
    def _sections(self) -> Mapping[str, Section]:
        return {code: section for section in self.instrument.sections for code in section.items}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """The number that each question carries: those that only some are asked go on with the one before."""
        numbers: dict[str, int] = {}
        number = 0
        for item in self.instrument.items:
            number += item.is_answered and not item.when
            if item.is_answered:
                numbers[item.code] = number
        return numbers


def _choices(_: Drawn, item: Item, value: AnswerValue, fault: BadAnswer | None) -> dict[str, Any]:
    ticked = fault.found.split() if fault else map(str, value) if isinstance(value, list) else ()
    return {"ticked": tuple(ticked), "alone": tuple(map(str, item.alone))}


def _number(drawing: Drawn, item: Item, value: AnswerValue, fault: BadAnswer | None) -> dict[str, Any]:
    lowest, _ = number_range(item)
    keys = "text" if lowest < 0 else "decimal" if item.decimals else "numeric"
    return {
        "typed": _typed_in(value, fault, answer_words.as_typed),
        "keys": keys,  # the number keys of some phones have no minus
        "unit": drawing.wording.units.get(item.unit, ""),
        "ends": drawing.wording.anchors.get(item.code, ()),
        "digits": answer_words.as_typed("0123456789"),
    }


def _date(_: Drawn, __: Item, value: AnswerValue, fault: BadAnswer | None) -> dict[str, Any]:
    text = _typed_in(value, fault, _without_zeros)
    boxes = dict(zip(("year", "month", "day"), (*text.split("-"), "", ""), strict=False))
    return {"order": i18n.date_order(), "labels": date_boxes.box_labels(), "typed": boxes}


def _without_zeros(value: AnswerValue) -> str:
    return "-".join(answer_words.as_typed(part.lstrip("0")) for part in filed(value).split("-"))


def _text(_: Drawn, __: Item, value: AnswerValue, fault: BadAnswer | None) -> dict[str, Any]:
    return {"typed": _typed_in(value, fault, lambda text: typed_text(str(text)))}


def _typed_in(value: AnswerValue, fault: BadAnswer | None, write: Callable[[AnswerValue], str]) -> str:
    if fault is not None:
        return fault.found
    return "" if value is None or value == DECLINED else write(value)


_PARTICULARS: Mapping[str, Callable[[Drawn, Item, AnswerValue, BadAnswer | None], dict[str, Any]]] = {
    "choices": _choices,
    "number": _number,
    "visual-analogue": _number,
    "animal-naming": _number,
    "date": _date,
    "text": _text,
}

_drawn: dict[tuple[str, int, str], Drawn] = {}


def drawn(database: str, wording_id: int, instrument: Instrument, wording: Wording) -> Drawn:
    """Return a stored wording drawn in the language in use; `database` says whose wording that id is."""
    key = (database, wording_id, i18n.current())
    if key not in _drawn:
        _drawn[key] = Drawn(instrument, wording, i18n.current())
    return _drawn[key]
