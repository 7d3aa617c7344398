"""That data left the database is recorded, as every look at contact details is."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.operations import audit
from app.operations.audit import Chain


def record_export(session: Session, *, study_id: int, arms: bool, actor: Actor, now: datetime) -> None:
    """Record that a study's data were written out, and whether the arms were told."""
    chain = Chain("study", study_id)
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="data.export",
        subject=str(chain),
        now=now,
        new={"arms_told": arms},
    )


def record_list_export(
    session: Session, *, study_id: int, name: str, asked: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """Record that a list of a staff page left as a file, and what its address asked for; it tells no arm."""
    chain = Chain("study", study_id)
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="data.export",
        subject=str(chain),
        now=now,
        new={"list": name, "asked": dict(asked)},
    )
