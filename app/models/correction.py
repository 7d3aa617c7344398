"""Corrections that someone asked for: they stand beside the answer that was sent, which never changes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.answer import AnswerValue
from app.domain.correction import CORRECTION_DECISIONS, CORRECTION_SOURCES
from app.domain.correction import CorrectionDecision as Decision
from app.domain.correction import CorrectionSource as Source
from app.models.base import Base, Instant, Json, one_of


class Correction(Base):
    """What an answer should have been, who says so, and why."""

    __tablename__ = "correction"
    __table_args__ = (one_of("source", CORRECTION_SOURCES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    item: Mapped[str] = mapped_column(String(60))
    value: Mapped[AnswerValue] = mapped_column(Json)
    source: Mapped[Source] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    requested_by: Mapped[str] = mapped_column(String(80))


class CorrectionDecision(Base):
    """Whether a correction is accepted: once, by someone other than who asked for it."""

    __tablename__ = "correction_decision"
    __table_args__ = (one_of("decision", CORRECTION_DECISIONS),)

    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.id"), primary_key=True)
    decision: Mapped[Decision] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(80))
