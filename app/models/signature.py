"""Signatures of readings."""

from datetime import datetime
from typing import get_args

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.signature import ConfirmedBy
from app.models.base import Base, Instant, Json, one_of


class Signature(Base):
    """Who signed a reading, when, and what they meant by it; chained to the participant's signature before.

    `covers` holds the hashes of all that was signed, part by part, so that a change can be named.
    `confirmed_by` is empty in those that were made when only passwords were asked for.
    """

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("reading_id"), one_of("confirmed_by", get_args(ConfirmedBy)))

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(120))
    meaning: Mapped[str] = mapped_column(String(500))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    covers: Mapped[dict[str, object]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    confirmed_by: Mapped[ConfirmedBy | None] = mapped_column(String(20))
