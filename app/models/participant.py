"""Participants, and apart from them the sealed details by which they can be reached."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant

_AWAITING = text("randomised_on IS NULL")


class Participant(Base):
    """Someone who takes part, known by a study code; arm and day 0 are set by randomisation, the arm once."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("study_id", "code"),
        Index("ix_participant_study_id_site_code", "study_id", "site", "code"),
        # The few who wait for their day 0, by code, without a look at everyone who has one.
        Index(
            "ix_participant_awaiting", "study_id", "code", postgresql_where=_AWAITING, sqlite_where=_AWAITING
        ),
        CheckConstraint("(arm IS NULL) = (randomised_on IS NULL)", name="randomised"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    code: Mapped[str] = mapped_column(String(40))
    site: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(60))
    enrolled_at: Mapped[datetime] = mapped_column(Instant)
    enrolled_on: Mapped[date]
    arm: Mapped[str | None] = mapped_column(String(40))
    randomised_on: Mapped[date | None]


class Contact(Base):
    """Name, e-mail, phone and year of birth, sealed together; no other table holds any of them."""

    __tablename__ = "contact"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    sealed: Mapped[str]
