"""Makes the demo study: loads its folder and tells the simulated lives, one transaction a participant."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from app import database
from app.cli.demo.alarms import end_alerts
from app.cli.demo.life import Life
from app.cli.demo.simulation import Instruments, simulate
from app.cli.demo.story import STAFF, tell
from app.cli.demo.truth import TRUTH, Truth
from app.config import Config
from app.errors import Code, Refusal
from app.formats import study_folder
from app.models import AuditEntry, Participant
from app.operations import audit
from app.operations.allocations import generate_list
from app.operations.audit import Chain
from app.operations.studies import load_study
from app.queries import studies
from app.queries.studies import CurrentStudy

FOLDER = Path(__file__).resolve().parents[3] / "studies" / "demo"
CODE = "demo"
MADE = "study.simulate"
"""The entry in the study's trail that says: these participants are simulated, as of this instant."""


@dataclass(frozen=True)
class Demo:
    """The demo study as it stands, the instant it was made for, and the lives in it."""

    current: CurrentStudy
    made_at: datetime
    lives: list[Life]


def make(settings: Config, *, now: datetime, truth: Truth = TRUTH) -> Demo:
    """Load the study and tell every life that is not there yet; a demo that is whole stays as it is.

    A life is one transaction. A run that was stopped is finished by the next one, as of the same instant.
    """
    with database.writing(settings.database_url) as session:
        load_study(session, folder=study_folder.read(FOLDER), actor=STAFF, now=now)
        current = studies.current(session, code=CODE)
        if _made(session, current.study_id) is None:
            _begin(session, current.study_id, now=now, truth=truth)
            generate_list(
                session,
                study_id=current.study_id,
                seed=None,
                actor=STAFF,
                now=now,
                keys=settings.contact_keys,
            )
    demo = found(settings, truth=truth)
    if demo is None:
        raise Refusal(Code.NOT_FOUND, "demo study")
    with database.reading(settings.database_url) as session:
        there = _codes(session, current.study_id)
    missing = [life for life in demo.lives if life.code not in there]
    for life in tqdm(
        missing, desc="Simulating the demo study", unit=" participants", disable=not missing, mininterval=0.5
    ):
        with database.writing(settings.database_url) as session:
            tell(session, life, current=current, contact_keys=settings.contact_keys)
    end_alerts(settings, study_id=current.study_id, made_at=demo.made_at)
    return demo


def found(settings: Config, *, truth: Truth = TRUTH) -> Demo | None:
    """Return the demo study that is there, or None where none was made."""
    with database.reading(settings.database_url) as session:
        if CODE not in studies.codes(session):
            return None
        current = studies.current(session, code=CODE)
        made = _made(session, current.study_id)
        if made is None:
            return None
        asked = instruments(session, current)
    made_at = datetime.fromisoformat(made["made_at"])
    truth = replace(truth, participants=made["participants"], seed=made["seed"])
    return Demo(current, made_at, simulate(current.study, asked, now=made_at, truth=truth))


def _begin(session: Session, study_id: int, *, now: datetime, truth: Truth) -> None:
    if _codes(session, study_id):
        raise Refusal(Code.IN_USE, "the study demo has participants who are not simulated")
    audit.record(
        session,
        chain=Chain("study", study_id),
        actor=STAFF,
        action=MADE,
        subject=f"study:{study_id}",
        now=now,
        new={"made_at": now.isoformat(), "participants": truth.participants, "seed": truth.seed},
    )


def _made(session: Session, study_id: int) -> dict[str, Any] | None:
    return session.scalar(
        select(AuditEntry.new).where(
            AuditEntry.chain == str(Chain("study", study_id)), AuditEntry.action == MADE
        )
    )


def _codes(session: Session, study_id: int) -> set[str]:
    return set(session.scalars(select(Participant.code).where(Participant.study_id == study_id)))


def instruments(session: Session, current: CurrentStudy) -> Instruments:
    """Return the instruments of a study by name."""
    return {
        name: studies.instrument(session, offered.instrument_version_id)
        for (name, _), offered in current.offered.items()
    }
