"""The study in force, and the instruments and wordings it offers.

Versions never change once they are stored, so what was read of one is kept in the process; which one
is the newest is asked every time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, select
from sqlalchemy.orm import Session

from app import i18n
from app.domain import instrument as asked
from app.domain import study as planned
from app.errors import Code, Refusal
from app.formats import definition
from app.models import InstrumentVersion, OfferedWording, Study, StudyVersion, Wording


@dataclass(frozen=True)
class Offered:
    """The exact instrument version and wording that a study offers in one language."""

    instrument_version_id: int
    wording_id: int


@dataclass(frozen=True)
class CurrentStudy:
    """The newest version of a study; `offered` is by instrument name and language."""

    study_id: int
    code: str
    version_id: int
    number: int
    study: planned.Study
    offered: Mapping[tuple[str, str], Offered]


@dataclass(frozen=True)
class LongestWindows:
    """By how many days at most a visit of a study opened before, and closed after, it was due."""

    before: int
    after: int


_Kept = TypeVar("_Kept")
_kept: WeakKeyDictionary[Dialect, dict[tuple[object, ...], Any]] = WeakKeyDictionary()
_NEWEST = "newest versions"


def current(session: Session, *, code: str | None = None, study_id: int | None = None) -> CurrentStudy:
    """Return a study's newest version, by its code or its id; without either, the only study there is."""
    known = session.info.get(_NEWEST, {}).get(study_id)
    if known is not None:
        return _keep(session, ("study", *known), lambda: _version(session, known[0]))
    newest = (
        select(StudyVersion.id, StudyVersion.content_hash, Study.id.label("study_id"))
        .join(Study, Study.id == StudyVersion.study_id)
        .order_by(StudyVersion.number.desc())
    )
    if study_id is not None:
        newest = newest.where(StudyVersion.study_id == study_id)
    elif code is not None:
        newest = newest.where(Study.code == code)
    elif len(there := codes(session)) != 1:
        raise Refusal(Code.NOT_FOUND, f"name one of the studies: {', '.join(there) or 'there is none'}")
    found = session.execute(newest.limit(1)).first()
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"study {code if study_id is None else study_id}")
    return _keep(session, ("study", found.id, found.content_hash), lambda: _version(session, found.id))


def longest_windows(session: Session, *, study_id: int) -> LongestWindows:
    """Return bounds for every window that was ever planned: each came from a visit of one of the versions."""
    versions = session.execute(
        select(StudyVersion.id, StudyVersion.content_hash).where(StudyVersion.study_id == study_id)
    ).all()
    visits = [
        visit
        for version_id, content_hash in versions
        for visit in _keep(
            session, ("study", version_id, content_hash), partial(_version, session, version_id)
        ).study.visits
    ]
    return LongestWindows(
        before=max((visit.opens for visit in visits), default=0),
        after=max((visit.closes for visit in visits), default=0),
    )


def remember(session: Session, study_id: int, version_id: int, content_hash: str) -> None:
    """Let `current` know a study's newest version, for the rest of a session that does not change it."""
    session.info.setdefault(_NEWEST, {})[study_id] = (version_id, content_hash)


def _version(session: Session, version_id: int) -> CurrentStudy:
    version = session.get_one(StudyVersion, version_id)
    rows = session.execute(
        select(InstrumentVersion.name, Wording.language, InstrumentVersion.id, Wording.id)
        .join(Wording, Wording.instrument_version_id == InstrumentVersion.id)
        .join(OfferedWording, OfferedWording.wording_id == Wording.id)
        .where(OfferedWording.study_version_id == version_id)
    )
    study = definition.study(version.definition)
    return CurrentStudy(
        study_id=version.study_id,
        code=study.code,
        version_id=version_id,
        number=version.number,
        study=study,
        offered={(name, language): Offered(*ids) for name, language, *ids in rows},
    )


def instrument(session: Session, instrument_version_id: int) -> asked.Instrument:
    """Return one version of an instrument."""
    return _keep(
        session,
        ("instrument", instrument_version_id),
        lambda: definition.instrument(session.get_one(InstrumentVersion, instrument_version_id).definition),
    )


def wording(session: Session, wording_id: int) -> asked.Wording:
    """Return one version of an instrument's words in one language."""
    return _keep(
        session,
        ("wording", wording_id),
        lambda: definition.wording(session.get_one(Wording, wording_id).definition),
    )


def wording_in(session: Session, instrument_version_id: int, language: str) -> int | None:
    """Return the id of the newest wording of an instrument version in a language, or None."""
    return session.scalar(
        select(Wording.id)
        .where(Wording.instrument_version_id == instrument_version_id, Wording.language == language)
        .order_by(Wording.id.desc())
        .limit(1)
    )


def codes(session: Session) -> list[str]:
    """Return the codes of all studies, in alphabetical order."""
    return list(session.scalars(select(Study.code).order_by(Study.code)))


def languages_offered(
    session: Session, *, study_id: int, instruments: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Return the study's languages in which the interface and every instrument are complete.

    `instruments` None asks for all that any visit has.
    """
    found = current(session, study_id=study_id)
    names = found.study.instruments if instruments is None else tuple(instruments)
    return tuple(
        language
        for language in found.study.languages
        if language in i18n.languages() and all((name, language) in found.offered for name in names)
    )


def _keep(session: Session, key: tuple[object, ...], read: Callable[[], _Kept]) -> _Kept:
    # By dialect: each database's engine has its own, which all its connections and options share.
    kept = _kept.setdefault(session.get_bind().dialect, {})
    if key not in kept:
        kept[key] = read()
    return kept[key]  # type: ignore[no-any-return]  # what stands under a key is what its reader gave
