"""What people answered to messages, in their own words."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant

_WAITING = text("settled_at IS NULL")


class Reply(Base):
    """An answer that asked neither to stop nor to start; sealed, because it may tell of somebody's health.

    `settled_at`: staff have read it and done what there was to do.
    """

    __tablename__ = "reply"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
        Index("ix_reply_waiting", "participant_id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(String(80))
