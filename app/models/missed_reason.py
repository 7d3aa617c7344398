"""Why visits were missed, as staff learnt it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.missed import MISSED_BECAUSE
from app.domain.missed import MissedBecause as MissedBecause
from app.models.base import Base, Instant, one_of


class MissedReason(Base):
    """The reason for one occasion; a later row stands beside the earlier one, and counts."""

    __tablename__ = "missed_reason"
    __table_args__ = (
        one_of("reason", MISSED_BECAUSE),
        CheckConstraint("reason <> 'other' OR note <> ''", name="other_in_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), index=True)
    reason: Mapped[MissedBecause] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
