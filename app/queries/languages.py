"""In which languages a participant can be asked what is due, and what is missing in the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import i18n
from app.domain.schedule import ANSWERABLE
from app.domain.study import Study
from app.i18n import Completeness
from app.models import Participant
from app.queries import occasions, studies
from app.queries.studies import languages_offered


@dataclass(frozen=True)
class LanguageRow:
    """One of a study's languages: how far the interface is, and which instruments have words in it."""

    language: str
    interface: Completeness
    instruments: Mapping[str, bool]

    @property
    def offered(self) -> str:
        """Return whether participants are offered it: `always`, `never`, or `at times` (by what is due)."""
        if not self.interface.complete:
            return "never"
        return "always" if all(self.instruments.values()) else "at times"


def table(session: Session, *, study_id: int) -> list[LanguageRow]:
    """Return where each language of a study stands, in the study's order."""
    found = studies.current(session, study_id=study_id)
    known = i18n.completeness()
    return [
        LanguageRow(
            language,
            known.get(language, i18n.nothing_done(language)),
            {name: (name, language) in found.offered for name in found.study.instruments},
        )
        for language in found.study.languages
    ]


def titles(session: Session, *, study_id: int, language: str) -> dict[str, tuple[str, str]]:
    """Return the title of each instrument in a language, or else in the study's first, with that language."""
    found = studies.current(session, study_id=study_id)
    named = {}
    for name in found.study.instruments:
        spoken = language if (name, language) in found.offered else found.study.languages[0]
        named[name] = (studies.wording(session, found.offered[name, spoken].wording_id).title, spoken)
    return named


def offered_to(session: Session, *, study_id: int, participant_id: int, now: datetime) -> tuple[str, ...]:
    """Return the languages in which all that is due for a participant is complete, or else what is next."""
    everywhere = languages_offered(session, study_id=study_id)
    if everywhere == languages_offered(session, study_id=study_id, instruments=()):
        return everywhere  # no instrument lacks a wording: what is due makes no difference
    due = _due(session, study_id, participant_id, now)
    return languages_offered(session, study_id=study_id, instruments=due)


def offered_to_new(session: Session, *, study_id: int) -> tuple[str, ...]:
    """Return the languages in which the first visit is complete: a new participant can begin in them."""
    study = studies.current(session, study_id=study_id).study
    return languages_offered(session, study_id=study_id, instruments=_first(study))


def _due(session: Session, study_id: int, participant_id: int, now: datetime) -> tuple[str, ...]:
    statuses = occasions.of_participant(session, participant_id=participant_id, now=now)
    waiting = [
        instrument.name
        for status in statuses
        if status.state in ANSWERABLE
        for instrument in status.instruments
        if instrument.submitted_at is None
    ]
    if waiting:
        return tuple(waiting)
    coming = [status for status in statuses if status.state == "not open"]
    if coming:
        return min(coming, key=lambda status: status.window.opens_on).visit.instruments
    randomised = session.get_one(Participant, participant_id).randomised_on is not None
    return () if randomised else _first(studies.current(session, study_id=study_id).study)


def _first(study: Study) -> tuple[str, ...]:
    return min(study.schedule, key=lambda visit: visit.day).instruments if study.schedule else ()
