"""A questionnaire's items and answers as staff read them: in their own language where its words exist."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import i18n
from app.domain.animal_naming import Grade, adjusted_count, grade
from app.domain.answer import DECLINED, AnswerValue, filed, typed_text
from app.domain.instrument import Instrument, Item, Wording
from app.domain.partial_date import PartialDate
from app.i18n import gettext, lazy_gettext
from app.queries import studies
from app.web.answer_words import as_typed
from app.web.speech import format_partial

GRADES: Mapping[Grade, str] = {
    "normal": lazy_gettext("Normal count of animals"),
    "minimal or grade 1": lazy_gettext("Speaks for minimal encephalopathy, or grade 1"),
    "grade 2 or worse": lazy_gettext("Speaks for encephalopathy of grade 2 or worse"),
}


@dataclass(frozen=True)
class Asked:
    """One version of an instrument, and the words in which it is shown."""

    instrument: Instrument
    wording: Wording

    @classmethod
    def of(cls, session: Session, instrument_version_id: int, wording_id: int) -> "Asked":
        """Return a version in the language in use, or else in the wording that was answered."""
        own = studies.wording_in(session, instrument_version_id, i18n.current())
        return cls(
            studies.instrument(session, instrument_version_id),
            studies.wording(session, own or wording_id),
        )

    def question(self, code: str) -> str:
        """Return an item's question, or its code where there are no words."""
        return self.wording.items.get(code, code).strip().splitlines()[0]

    def answer(self, code: str, value: AnswerValue) -> str:
        """Return a value in words; one that the instrument does not know as it is stored."""
        if value is None:
            # Translators: stands where an answer would stand
            return gettext("No answer")
        if value == DECLINED:
            return gettext("Preferred not to answer")
        try:
            return self._words(self.instrument.item(code), value)
        except (KeyError, ValueError):
            return filed(value)

    def answer_with_grade(self, code: str, answers: Mapping[str, AnswerValue]) -> str:
        """Return a value in words, and beside the count of an Animal Naming Test what it says."""
        items = (each for each in self.instrument.items if each.code == code)
        gradings = (self.grading(item, answers) for item in items)
        return " · ".join(filter(None, (self.answer(code, answers.get(code)), *gradings)))

    def grading(self, item: Item, answers: Mapping[str, AnswerValue]) -> str:
        """Return what the count of an Animal Naming Test says; nothing for other items or without a count."""
        count, found = adjusted_count(item, answers), grade(item, answers)
        if item.type != "animal-naming" or count is None or found is None:
            return ""
        if count == answers[item.code]:
            return str(GRADES[found])
        return gettext(
            "%(grade)s (%(count)s with the points added)", grade=GRADES[found], count=as_typed(count)
        )

    def _words(self, item: Item, value: AnswerValue) -> str:
        if item.choices:
            values = self.instrument.choices[item.choices]
            words = dict(zip(values, self.wording.choices[item.choices], strict=True))
            return ", ".join(words[each] for each in (value if isinstance(value, list) else [value]))  # type: ignore[index]  # a KeyError where it is no number
        if item.type == "date":
            return format_partial(PartialDate.parse(str(value)))
        if isinstance(value, str):
            return typed_text(value)
        return f"{as_typed(value)} {self.wording.units.get(item.unit, '')}".strip()
