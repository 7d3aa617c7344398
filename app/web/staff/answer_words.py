"""A questionnaire's items and answers as staff read them: in their own language where its words exist."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import i18n
from app.domain.answer import DECLINED, AnswerValue
from app.domain.instrument import Instrument, Wording
from app.i18n import gettext
from app.queries import studies


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

    def question(self, item: str) -> str:
        """Return an item's words, or its code where there are none."""
        return self.wording.items.get(item, item)

    def answer(self, code: str, value: AnswerValue) -> str:
        """Return a value in words."""
        if value is None:
            # Translators: stands where an answer would stand
            return gettext("No answer")
        if value == DECLINED:
            return gettext("Preferred not to answer")
        try:
            item = self.instrument.item(code)
            position = self.instrument.choices[item.choices].index(value)
        except (KeyError, ValueError):
            return str(value)
        return self.wording.choices[item.choices][position]
