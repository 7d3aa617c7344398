"""Infusions: which lot of the product, when and by which route."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class Treatment(Base):
    """One infusion of one product lot (the lot's particulars stand in the study)."""

    __tablename__ = "treatment"
    __table_args__ = (UniqueConstraint("participant_id", "given_on", "lot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    lot: Mapped[str] = mapped_column(String(40))
    route: Mapped[str] = mapped_column(String(40))
    given_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
