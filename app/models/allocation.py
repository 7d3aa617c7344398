"""Randomisation: the sealed lists that arms come from, and which place of a list each participant took."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.randomisation import SOURCES, Source
from app.models.base import Base, Instant, one_of


class AllocationList(Base):
    """A list, or the seed of one, that nobody can read without the installation's keys."""

    __tablename__ = "allocation_list"
    __table_args__ = (UniqueConstraint("study_id", "number"), one_of("source", SOURCES))

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    source: Mapped[Source] = mapped_column(String(20))
    sealed: Mapped[str]
    content_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[str] = mapped_column(String(80))


class Allocation(Base):
    """The place that a participant took in their stratum of a list; the arm stands with the participant."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("list_id", "site", "level", "position"),
        CheckConstraint("position >= 1", name="position"),
    )

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("allocation_list.id"))
    site: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    allocated_at: Mapped[datetime] = mapped_column(Instant)
    allocated_by: Mapped[str] = mapped_column(String(80))
