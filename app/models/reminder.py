"""Reminders: one message owed for one step of one occasion on one channel."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_, exists, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.domain.reminders import BY_HAND
from app.models.base import Base, Instant

_WAITING = text("claimed_at IS NULL AND sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL")
_UNKNOWN = text("claimed_at IS NOT NULL AND sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL")
_FAILED = text("failed_at IS NOT NULL")
_BOUNCED = text("bounced_at IS NOT NULL")


class Reminder(Base):
    """Planned, claimed by one sender, then sent, failed or dropped; still claimed: a sender died at work.

    `channel` is the first choice until a sender has found the one that is open. `bounced_at`: the address
    takes nothing, found when it was sent or reported later. `delivered_at`: a gateway said that it arrived.
    `settled_at`: staff looked at what went wrong.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("occasion_id", "step", "channel"),
        CheckConstraint(
            "(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_end",
        ),
        # Among millions that have left, the few that wait and the few of unknown fate are found at once.
        Index("ix_reminder_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_reminder_unknown", "id", postgresql_where=_UNKNOWN, sqlite_where=_UNKNOWN),
        Index("ix_reminder_failed_at", "failed_at", postgresql_where=_FAILED, sqlite_where=_FAILED),
        Index("ix_reminder_bounced_at", "bounced_at", postgresql_where=_BOUNCED, sqlite_where=_BOUNCED),
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
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(server_default="0")


_NO_END = and_(Reminder.sent_at.is_(None), Reminder.failed_at.is_(None), Reminder.dropped_at.is_(None))
WAITING = and_(Reminder.claimed_at.is_(None), _NO_END)
UNKNOWN = and_(Reminder.claimed_at.is_not(None), _NO_END)
"""Claimed by a sender who never reported back: nobody knows whether it left."""

_later = aliased(Reminder)
LAST_BY_HAND = and_(
    Reminder.step.startswith(BY_HAND),
    ~exists().where(
        _later.occasion_id == Reminder.occasion_id, _later.step.startswith(BY_HAND), _later.id > Reminder.id
    ),
)
"""Sent by hand, and no other one about the same visit since."""
