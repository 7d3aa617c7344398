"""Occasions are planned when day 0 is known, and again when the protocol gains a visit."""

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.schedule import windows
from app.domain.study import Study
from app.models import Occasion


def plan_occasions(session: Session, *, participant_id: int, study: Study, anchor_on: date) -> list[str]:
    """Add the occasions that are planned and not there yet; return their visit codes.

    What is planned already stays as it was planned. The caller leaves the audit entry.
    """
    there = set(session.scalars(select(Occasion.visit).where(Occasion.participant_id == participant_id)))
    missing = {visit: planned for visit, planned in windows(study, anchor_on).items() if visit not in there}
    if missing:
        rows = [
            {
                "participant_id": participant_id,
                "visit": visit,
                "opens_on": planned.opens_on,
                "due_on": planned.due_on,
                "closes_on": planned.closes_on,
            }
            for visit, planned in missing.items()
        ]
        session.execute(insert(Occasion), rows)
    return list(missing)
