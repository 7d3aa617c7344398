"""What the items of a study's instruments, and the choices of their answers, are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.domain.analysis_covariates import answered
from app.domain.instrument import Instrument, Wording
from app.queries import studies
from app.queries.studies import CurrentStudy


@dataclass(frozen=True)
class AnswerWords:
    """The instruments of a study by name, and their words by name and language."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    wordings: Mapping[tuple[str, str], Wording] = field(default_factory=dict)

    def named(self, name: str, languages: Iterable[str]) -> str:
        """What `instrument.item` is called, in the first of the languages that has words; otherwise itself.

        A score is called as its instrument's file says, where the words do not say more.
        """
        found = self._of(name, languages)
        if found is None:
            return name
        instrument, wording, code = found
        titles = {scale.code: scale.title for scale in instrument.scales} | dict(wording.scales)
        return wording.items[code].splitlines()[0] if code in wording.items else titles.get(code, name)

    def answer(self, name: str, value: str, languages: Iterable[str]) -> str:
        """The words of an answer to `instrument.item` that is one of its choices; otherwise itself."""
        found = self._of(name, languages)
        if found is None:
            return value
        instrument, wording, code = found
        item = next((each for each in instrument.items if each.code == code), None)
        if item is None or item.type != "choice":
            return value
        words = dict(
            zip(map(str, instrument.choices[item.choices]), wording.choices[item.choices], strict=True)
        )
        return words.get(value, value)

    def by_language(self, instrument: str) -> dict[str, Wording]:
        """The words of one instrument in each language that it has."""
        return {tag: found for (name, tag), found in self.wordings.items() if name == instrument}

    def _of(self, name: str, languages: Iterable[str]) -> tuple[Instrument, Wording, str] | None:
        named = answered(name)
        if named is None or named[0] not in self.instruments:
            return None
        wording = next(
            (self.wordings[key] for tag in languages if (key := (named[0], tag)) in self.wordings), None
        )
        return None if wording is None else (self.instruments[named[0]], wording, named[1])


def answer_words(session: Session, current: CurrentStudy) -> AnswerWords:
    """The words of what a study asks in its present version."""
    return AnswerWords(
        {
            name: studies.instrument(session, each.instrument_version_id)
            for (name, _), each in current.offered.items()
        },
        {key: studies.wording(session, each.wording_id) for key, each in current.offered.items()},
    )
