"""Occasions are planned when day 0 is known, and again when the protocol gains a visit."""

from collections.abc import Collection
from datetime import date
from typing import Any

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
    rows = planned(participant_id, study, anchor_on, there=there)
    if rows:
        session.execute(insert(Occasion), rows)
    return [row["visit"] for row in rows]


def planned(
    participant_id: int, study: Study, anchor_on: date, *, there: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of the occasions that are planned from a day 0, but for the visits that are there."""
    return [
        {
            "participant_id": participant_id,
            "visit": visit,
            "opens_on": window.opens_on,
            "due_on": window.due_on,
            "closes_on": window.closes_on,
        }
        for visit, window in windows(study, anchor_on).items()
        if visit not in there
    ]
