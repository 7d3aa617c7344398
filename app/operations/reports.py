"""Publishing an analysis on the staff site."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import Report
from app.operations import audit
from app.operations.audit import Chain


def publish_report(
    session: Session,
    *,
    study_id: int,
    cutoff_on: date,
    data_sha256: str,
    page: str,
    results: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> int:
    """Keep a report's page and results beside the earlier ones and return its id."""
    chain = Chain("study", study_id)
    audit.lock(session, chain)
    report = Report(
        study_id=study_id,
        cutoff_on=cutoff_on,
        data_sha256=data_sha256,
        page=page,
        results=dict(results),
        published_at=now,
        published_by=actor.label,
    )
    session.add(report)
    session.flush()
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="report.publish",
        subject=f"report:{report.id}",
        now=now,
        new={"cutoff_on": cutoff_on.isoformat(), "data_sha256": data_sha256},
        locked=True,
    )
    return report.id
