"""Studies and their immutable versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, Json


class Study(Base):
    """A study by its code; what it says stands in its versions, the newest of which is in force."""

    __tablename__ = "study"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)


class StudyVersion(Base):
    """The protocol as it was loaded: `content_hash` covers the whole folder."""

    __tablename__ = "study_version"
    __table_args__ = (UniqueConstraint("study_id", "number"),)  # a folder may go back to an earlier content

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    number: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class InstrumentVersion(Base):
    """One version of a questionnaire's structure and scoring."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("study_id", "name", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    content_hash: Mapped[str] = mapped_column(String(64))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)


class Wording(Base):
    """One version of an instrument's words in one language."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("instrument_version_id", "language", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"), index=True)
    language: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)


class OfferedWording(Base):
    """The exact wordings, and through them the instrument versions, that belong to one version of a study."""

    __tablename__ = "offered_wording"

    study_version_id: Mapped[int] = mapped_column(ForeignKey("study_version.id"), primary_key=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id"), primary_key=True)
