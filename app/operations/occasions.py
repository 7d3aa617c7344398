"""Occasions are planned when what they count from is known, and move with it while they lie ahead."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from app.domain.schedule import Window, civil_date, windows
from app.domain.study import Study
from app.models import Occasion, Participant, Response
from app.queries import studies
from app.queries.anchors import Anchors, anchors_of

Told = dict[str, Any]


@dataclass(frozen=True)
class Replanned:
    """What became of someone's occasions: new ones, and the old and new due days of those that moved."""

    added: list[str] = field(default_factory=list)
    was_due: dict[str, date] = field(default_factory=dict)
    due: dict[str, date] = field(default_factory=dict)

    def told(self, old: Told | None, new: Told) -> tuple[Told | None, Told]:
        """Return the old and new values of an audit entry, with the visits where there are any."""
        if self.added:
            new = new | {"visits": self.added}
        if self.due:
            old = (old or {}) | {"due": _written(self.was_due)}
            new = new | {"due": _written(self.due)}
        return old, new


def _written(days: Mapping[str, date]) -> dict[str, str]:
    return {visit: day.isoformat() for visit, day in days.items()}


def replan_occasions(
    session: Session, *, participant: Participant, before: Anchors, now: datetime
) -> Replanned:
    """Plan what counts from a day that is known now, and move what counts from one that has changed.

    `before` is what was known. Only what lies ahead moves: an occasion that has opened where the participant
    is, or of which anything was answered, stays as it was planned. The caller leaves the audit entry.
    """
    study = studies.current(session, study_id=participant.study_id).study
    after = anchors_of(session, participant_id=participant.id)
    gained = {anchor: day for anchor, day in after.items() if anchor not in before}
    changed = {anchor: day for anchor, day in after.items() if before.get(anchor, day) != day}
    replanned = Replanned(plan_occasions(session, participant_id=participant.id, study=study, anchors=gained))
    wanted = windows(study, changed)
    if wanted:
        today = civil_date(now, ZoneInfo(participant.time_zone))
        for occasion in _ahead(session, participant.id, today):
            if occasion.visit in wanted:
                _move(occasion, wanted[occasion.visit], replanned)
        session.flush()
    return replanned


def _ahead(session: Session, participant_id: int, today: date) -> list[Occasion]:
    return list(
        session.scalars(
            select(Occasion)
            .where(
                Occasion.participant_id == participant_id,
                Occasion.opens_on > today,
                ~exists().where(Response.occasion_id == Occasion.id),
            )
            .order_by(Occasion.due_on, Occasion.id)
            .execution_options(populate_existing=True)
        )
    )


def _move(occasion: Occasion, window: Window, replanned: Replanned) -> None:
    if window == Window(occasion.opens_on, occasion.due_on, occasion.closes_on):
        return
    replanned.was_due[occasion.visit], replanned.due[occasion.visit] = occasion.due_on, window.due_on
    occasion.opens_on, occasion.due_on, occasion.closes_on = window.opens_on, window.due_on, window.closes_on


def plan_occasions(
    session: Session, *, participant_id: int, study: Study, anchors: Anchors, open_on: date | None = None
) -> list[str]:
    """Add the occasions that are planned and not there yet; return their visit codes.

    What is planned already stays as it was planned; what has closed before `open_on` is left out. The caller
    leaves the audit entry.
    """
    if not anchors:
        return []
    there = set(session.scalars(select(Occasion.visit).where(Occasion.participant_id == participant_id)))
    rows = planned(participant_id, study, anchors, there=there)
    rows = [row for row in rows if open_on is None or row["closes_on"] >= open_on]
    if rows:
        session.execute(insert(Occasion), rows)
    return [row["visit"] for row in rows]


def planned(
    participant_id: int, study: Study, anchors: Anchors, *, there: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of the occasions that are planned from these days, but for those that are there."""
    return [
        {
            "participant_id": participant_id,
            "visit": visit,
            "opens_on": window.opens_on,
            "due_on": window.due_on,
            "closes_on": window.closes_on,
        }
        for visit, window in windows(study, anchors).items()
        if visit not in there
    ]
