"""How and when a participant wants to be written to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class ContactPreference(Base):
    """What a participant chose; without a row, what the study does for everybody.

    `hour` is an hour of the day on the participant's own clock; until `paused_until` (a civil day, excluded)
    and from `stopped_at` on nothing is sent.
    """

    __tablename__ = "contact_preference"
    __table_args__ = (CheckConstraint("hour >= 0 AND hour <= 23", name="hour"),)

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    channel: Mapped[str | None] = mapped_column(String(20))
    hour: Mapped[int | None]
    paused_until: Mapped[date | None]
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
