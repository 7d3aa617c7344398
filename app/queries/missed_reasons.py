"""Why occasions were missed: of each the reason that was recorded last."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import MissedReason, Occasion
from app.models.missed_reason import MissedBecause

NEWEST = select(func.max(MissedReason.id)).group_by(MissedReason.occasion_id)
"""The ids of the rows that count."""


@dataclass(frozen=True)
class WhyMissed:
    """A reason, with what was noted beside it."""

    reason: MissedBecause
    note: str


def missed_reasons(session: Session, *, where: ColumnElement[bool]) -> dict[int, WhyMissed]:
    """Return the reasons by occasion, of those occasions that have one."""
    found = session.execute(
        select(MissedReason.occasion_id, MissedReason.reason, MissedReason.note)
        .join(Occasion, Occasion.id == MissedReason.occasion_id)
        .where(MissedReason.id.in_(NEWEST), where)
    )
    return {row.occasion_id: WhyMissed(row.reason, row.note) for row in found}


def of_participant(session: Session, *, participant_id: int) -> dict[int, WhyMissed]:
    """Return the reasons of one participant's occasions."""
    return missed_reasons(session, where=Occasion.participant_id == participant_id)
