"""Randomisation from a list that nobody can look into: an arm is drawn, recorded and planned from at once."""

import secrets
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.randomisation import Design, Stratum, design
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.formats import allocation_list
from app.formats.allocation_list import AllocationList
from app.models import Allocation, Participant
from app.models import AllocationList as StoredList
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held, randomise_participant
from app.queries import studies


def generate_list(
    session: Session, *, study_id: int, seed: str | None, actor: Actor, now: datetime, keys: tuple[str, ...]
) -> str:
    """Begin a generated sequence and return its hash; without a seed, one of 256 random bits is made.

    Refuses where the study does not say how its blocks are made, and where there is a list already.
    """
    made = _design(session, study_id)
    secret = seed or secrets.token_hex(32)
    found = AllocationList(source="generated", secret=secret, design=made)
    return _add(session, study_id, found, actor=actor, now=now, keys=keys)


def add_list(
    session: Session, *, study_id: int, path: Path, actor: Actor, now: datetime, keys: tuple[str, ...]
) -> str:
    """Add a list that was made elsewhere, to be used when those before it are used up; return its hash."""
    _design(session, study_id)
    study = studies.current(session, study_id=study_id).study
    found = allocation_list.read(path, study, secret=secrets.token_hex(32))
    return _add(session, study_id, found, actor=actor, now=now, keys=keys)


def _design(session: Session, study_id: int) -> Design:
    made = design(studies.current(session, study_id=study_id).study)
    if made is None:
        raise Refusal(Code.NOT_CONFIGURED, "the study file has no [randomisation]")
    return made


def _add(
    session: Session,
    study_id: int,
    found: AllocationList,
    *,
    actor: Actor,
    now: datetime,
    keys: tuple[str, ...],
) -> str:
    chain = Chain("study", study_id)
    audit.lock(session, chain)
    there = _lists(session, study_id)
    if there and "generated" in (found.source, there[-1].source):
        raise Refusal(Code.ALREADY_RECORDED, "a randomisation list; a generated one has no end")
    stored = StoredList(
        study_id=study_id,
        number=len(there) + 1,
        source=found.source,
        sealed=allocation_list.seal(found, keys),
        content_hash=found.content_hash,
        added_at=now,
        added_by=actor.label,
    )
    session.add(stored)
    session.flush()
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="allocation_list.add",
        subject=f"allocation_list:{stored.id}",
        now=now,
        new={"source": found.source, "content_hash": found.content_hash, "rows": len(found.rows) or None},
        locked=True,
    )
    return found.content_hash


def allocate_participant(
    session: Session,
    *,
    participant_id: int,
    level: str,
    actor: Actor,
    now: datetime,
    keys: tuple[str, ...],
) -> None:
    """Draw a participant's arm today, in their zone, record it and plan the visits from it.

    Nobody learns the arm by it: whoever may, asks for it. Refuses a second randomisation, an unknown level of
    the study's factor, and where no list has a place left for the stratum.
    """
    study_id = session.scalar(select(Participant.study_id).where(Participant.id == participant_id))
    if study_id is not None:
        audit.lock(session, Chain("study", study_id))  # two at once take two places
    participant = held(session, participant_id=participant_id, actor=actor)
    if participant.arm is not None:
        raise Refusal(Code.ALREADY_RECORDED, "randomisation")
    asked = studies.current(session, study_id=participant.study_id).study.randomisation
    levels = {each.code for each in asked.factor.levels} if asked and asked.factor else {""}
    if level not in levels:
        raise Refusal(Code.UNKNOWN_CODE, f"level {level}")
    stratum = Stratum(participant.site, level)
    found, position, arm = _next(session, participant.study_id, stratum, keys)
    session.add(
        Allocation(
            participant_id=participant_id,
            list_id=found.id,
            site=stratum.site,
            level=stratum.level,
            position=position,
            allocated_at=now,
            allocated_by=actor.label,
        )
    )
    randomise_participant(
        session,
        participant_id=participant_id,
        arm=arm,
        randomised_on=civil_date(now, ZoneInfo(participant.time_zone)),
        actor=actor,
        now=now,
        place={"list": found.number, "level": level or None, "position": position},
    )


def _next(
    session: Session, study_id: int, stratum: Stratum, keys: tuple[str, ...]
) -> tuple[StoredList, int, str]:
    for stored in _lists(session, study_id):
        taken = session.scalar(
            select(func.max(Allocation.position)).where(
                Allocation.list_id == stored.id,
                Allocation.site == stratum.site,
                Allocation.level == stratum.level,
            )
        )
        position = (taken or 0) + 1
        arm = allocation_list.unseal(stored.sealed, keys).arm(stratum, position)
        if arm is not None:
            return stored, position, arm
    raise Refusal(Code.NOT_CONFIGURED, f"no randomisation list has a place left for {stratum}")


def _lists(session: Session, study_id: int) -> list[StoredList]:
    return list(
        session.scalars(select(StoredList).where(StoredList.study_id == study_id).order_by(StoredList.number))
    )


def read_arm(session: Session, *, participant_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """Return a participant's arm to someone who says why they must know it; that they asked is recorded."""
    participant = held(session, participant_id=participant_id, actor=actor)
    if participant.arm is None:
        raise Refusal(Code.NOT_FOUND, "no arm: not randomised")
    if not reason.strip():
        raise Refusal(Code.REASON_NEEDED, "why the arm must be known")
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="arm.read",
        subject=f"participant:{participant_id}",
        now=now,
        reason=reason.strip(),
        locked=True,
    )
    return participant.arm


def reveal(
    session: Session, *, study_id: int, actor: Actor, now: datetime, keys: tuple[str, ...]
) -> list[tuple[StoredList, AllocationList]]:
    """Open the lists of a study, at its end or for an auditor; that they were opened is recorded."""
    lists = _lists(session, study_id)
    opened = [(stored, allocation_list.unseal(stored.sealed, keys)) for stored in lists]
    audit.record(
        session,
        chain=Chain("study", study_id),
        actor=actor,
        action="allocation_list.reveal",
        subject=f"study:{study_id}",
        now=now,
        new={"lists": [stored.number for stored in lists]},
    )
    return opened
