"""That data left the database is recorded, as every look at contact details is."""

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
