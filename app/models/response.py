"""Questionnaires answered, and every value ever given in them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.answer import AnswerValue
from app.domain.response import MODES, RESPONDENTS
from app.domain.response import Mode as Mode
from app.domain.response import Respondent as Respondent
from app.models.base import Base, Instant, Json, one_of


class Response(Base):
    """One instrument answered on one occasion; a draft until it is submitted, and then never changed."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("occasion_id", "instrument"),
        one_of("respondent", RESPONDENTS),
        one_of("mode", MODES),
        CheckConstraint("(submitted_at IS NULL) = (receipt IS NULL)", name="receipt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"))
    instrument: Mapped[str] = mapped_column(String(60))
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id"))
    respondent: Mapped[Respondent] = mapped_column(String(20), default="patient")
    mode: Mapped[Mode] = mapped_column(String(20), default="phone")
    started_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    receipt: Mapped[str | None] = mapped_column(String(16), unique=True)


class Answer(Base):
    """One value, when and in which wording it was given; of an item, the one that was given last counts.

    `entry_id` is the name that a phone gave it before it was sent, so that it arrives once; `device` tells
    the phones of one participant apart, and `sequence` is the order in which that phone was answered on;
    `entered_by` is who typed it, as in the audit trail (rows without one came from the participant's phone or
    an import, as their response's `mode` says).
    """

    __tablename__ = "answer"
    __table_args__ = (
        Index("ix_answer_response_id_item", "response_id", "item"),
        Index("ix_answer_response_id_entry_id", "response_id", "entry_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    item: Mapped[str] = mapped_column(String(60))
    value: Mapped[AnswerValue] = mapped_column(Json)
    answered_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id"))
    entry_id: Mapped[str | None] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(16))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    entered_by: Mapped[str | None] = mapped_column(String(80))
