"""Loading a study's folder as a new, immutable version."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import instrument as asked
from app.domain import study as planned
from app.domain.actor import Actor
from app.domain.schedule import civil_date
from app.domain.study_changes import instrument_changes, study_changes, wording_changes
from app.errors import Code, Refusal
from app.formats import definition
from app.formats.study_folder import StudyFolder
from app.models import (
    Account,
    InstrumentVersion,
    Occasion,
    OfferedWording,
    Participant,
    Study,
    StudyVersion,
    Treatment,
    Wording,
)
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import plan_occasions
from app.queries import studies
from app.queries.anchors import anchors
from app.queries.studies import CurrentStudy


@dataclass(frozen=True)
class LoadResult:
    """Where a folder now stands and, in plain sentences, what its loading changed; perhaps nothing."""

    study_id: int
    number: int
    changes: list[str]


def load_study(session: Session, *, folder: StudyFolder, actor: Actor, now: datetime) -> LoadResult:
    """Store a folder as the study's next version, unless it is what the newest version says already.

    Responses keep the versions they were given in. Visits that are planned stay as planned; new ones are
    planned for everybody whose day 0 is known, where their window has not closed. Refuses to drop what rows
    use.
    """
    study_id, is_new = _study_id(session, folder.study.code)
    audit.lock(session, Chain("study", study_id))
    before = None if is_new else studies.current(session, study_id=study_id)
    if before is not None and _hash_of(session, before.version_id) == folder.content_hash:
        return LoadResult(study_id, before.number, [])
    # Who is being randomised right now is waited for, and gets the new visits; who comes after reads them.
    audit.lock_participants(session, study_id=study_id)
    if before is not None:
        _refuse_to_drop_what_is_used(session, before, folder.study)
    changes = _changes(session, before, folder)
    number = before.number + 1 if before else 1
    _store(session, study_id, number, folder, now)
    planned_visits = _plan_new_visits(session, study_id, folder.study, before, now)
    audit.record(
        session,
        chain=Chain("study", study_id),
        actor=actor,
        action="study.load",
        subject=f"study:{study_id}",
        now=now,
        old={"version": before.number} if before else None,
        new={
            "version": number,
            "content_hash": folder.content_hash,
            "changes": changes,
            "occasions_planned": planned_visits,
        },
    )
    return LoadResult(study_id, number, changes)


def _study_id(session: Session, code: str) -> tuple[int, bool]:
    by_code = select(Study.id).where(Study.code == code)
    found = session.scalar(by_code)
    if found is not None:
        return found, False
    study = Study(code=code)
    try:
        with session.begin_nested():
            session.add(study)
    except IntegrityError:  # someone else has just loaded the same new study
        return session.scalars(by_code).one(), False
    return study.id, True


def _hash_of(session: Session, version_id: int) -> str:
    return session.get_one(StudyVersion, version_id).content_hash


def _refuse_to_drop_what_is_used(session: Session, before: CurrentStudy, study: planned.Study) -> None:
    participants = select(Participant.id).where(Participant.study_id == before.study_id)
    in_study = Participant.study_id == before.study_id
    sites = {each.code for each in study.sites}
    accounts = select(Account.site).where(Account.study_id == before.study_id)
    visits = select(Occasion.visit).where(Occasion.participant_id.in_(participants))
    lots = select(Treatment.lot).where(Treatment.participant_id.in_(participants))
    in_use: list[tuple[str, Select[Any], Collection[str]]] = [
        ("site", select(Participant.site).where(in_study), sites),
        ("site of an account:", accounts, sites),
        ("arm", select(Participant.arm).where(in_study), {each.code for each in study.arms}),
        ("language", select(Participant.language).where(in_study), study.languages),
        ("visit", visits, {each.code for each in study.schedule}),
        ("product lot", lots, {each.code for each in study.product_lots}),
    ]
    dropped = [
        f"{noun} {code}"
        for noun, used, kept in in_use
        for code in session.scalars(used.distinct())
        if code is not None and code not in kept
    ]
    if dropped:
        raise Refusal(Code.IN_USE, ", ".join(sorted(dropped)))


def _changes(session: Session, before: CurrentStudy | None, folder: StudyFolder) -> list[str]:
    if before is None:
        return [f"study {folder.study.code}: new"]
    instruments = {
        name: studies.instrument(session, offered.instrument_version_id)
        for (name, _), offered in before.offered.items()
    }
    wordings = {key: studies.wording(session, offered.wording_id) for key, offered in before.offered.items()}
    return [
        *study_changes(before.study, folder.study),
        *instrument_changes(instruments, folder.instruments),
        *wording_changes(wordings, folder.wordings),
    ]


def _store(session: Session, study_id: int, number: int, folder: StudyFolder, now: datetime) -> None:
    version = StudyVersion(
        study_id=study_id,
        number=number,
        content_hash=folder.content_hash,
        definition=definition.as_dict(folder.study),
        loaded_at=now,
    )
    session.add(version)
    session.flush()
    instrument_ids = {
        name: _instrument_version(session, study_id, instrument)
        for name, instrument in folder.instruments.items()
    }
    for (name, _), wording in folder.wordings.items():
        wording_id = _wording(session, instrument_ids[name], wording)
        session.add(OfferedWording(study_version_id=version.id, wording_id=wording_id))
    session.flush()


def _instrument_version(session: Session, study_id: int, instrument: asked.Instrument) -> int:
    key = {"study_id": study_id, "name": instrument.name, "content_hash": _hash(instrument)}
    row = session.scalar(select(InstrumentVersion).filter_by(**key))
    if row is None:
        row = InstrumentVersion(**key, definition=definition.as_dict(instrument))
        session.add(row)
        session.flush()
    return row.id


def _wording(session: Session, instrument_version_id: int, wording: asked.Wording) -> int:
    key = {
        "instrument_version_id": instrument_version_id,
        "language": wording.language,
        "content_hash": _hash(wording),
    }
    row = session.scalar(select(Wording).filter_by(**key))
    if row is None:
        row = Wording(**key, definition=definition.as_dict(wording))
        session.add(row)
        session.flush()
    return row.id


def _hash(value: asked.Instrument | asked.Wording) -> str:
    return hashlib.sha256(definition.canonical(value).encode()).hexdigest()


def _plan_new_visits(
    session: Session, study_id: int, study: planned.Study, before: CurrentStudy | None, now: datetime
) -> Mapping[str, list[str]]:
    if before is None:
        return {}
    known = {(visit.code, before.study.anchor_of(visit)) for visit in before.study.schedule}
    if all((visit.code, study.anchor_of(visit)) in known for visit in study.schedule):
        return {}
    participants = select(Participant).where(Participant.study_id == study_id).order_by(Participant.id)
    days = anchors(session, where=Participant.study_id == study_id)
    added = {
        str(participant.id): plan_occasions(
            session,
            participant_id=participant.id,
            study=study,
            anchors=days[participant.id],
            # Nobody has missed a visit that had closed before the protocol had it.
            open_on=civil_date(now, ZoneInfo(participant.time_zone)),
        )
        for participant in session.scalars(participants).all()
    }
    return {participant_id: visits for participant_id, visits in added.items() if visits}
