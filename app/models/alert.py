"""Answers that someone must look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, Json


class Alert(Base):
    """A rule of the study that a response met; `answers` are those that the rule looked at, as they were."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("response_id", "rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    rule: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    raised_at: Mapped[datetime] = mapped_column(Instant)
