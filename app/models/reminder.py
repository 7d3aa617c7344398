"""Reminders: one message owed for one step of one occasion on one channel."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class Reminder(Base):
    """Planned, claimed by one sender, then sent, failed or dropped; still claimed: a sender died at work."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("occasion_id", "step", "channel"),
        CheckConstraint(
            "(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_end",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), index=True)
    step: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(20))
    planned_at: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(String(500))
