"""Consents given and what was later withdrawn: contact, answers, or follow-up."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.withdrawal import WITHDRAWAL_SCOPES as WITHDRAWAL_SCOPES
from app.domain.withdrawal import WithdrawalScope as WithdrawalScope
from app.models.base import Base, Instant, one_of


class Consent(Base):
    """A version of the consent form, signed on a day."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("participant_id", "version", "consented_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    version: Mapped[str] = mapped_column(String(40))
    consented_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class Withdrawal(Base):
    """What a participant no longer wants, from a day on; what was collected before stays."""

    __tablename__ = "withdrawal"
    __table_args__ = (UniqueConstraint("participant_id", "scope"), one_of("scope", WITHDRAWAL_SCOPES))

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    scope: Mapped[WithdrawalScope] = mapped_column(String(20))
    withdrawn_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
