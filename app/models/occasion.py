"""Visits as planned for one participant."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Occasion(Base):
    """One visit of the protocol for one participant, with the civil dates of its window."""

    __tablename__ = "occasion"
    __table_args__ = (
        UniqueConstraint("participant_id", "visit"),
        Index("ix_occasion_due_on_opens_on_closes_on", "due_on", "opens_on", "closes_on"),
        CheckConstraint("opens_on <= due_on AND due_on <= closes_on", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    visit: Mapped[str] = mapped_column(String(40))
    opens_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date]
    closes_on: Mapped[date]
