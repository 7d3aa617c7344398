"""Analyses as they were published."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, Json


class Report(Base):
    """A report's page and results, with the hash of the data that they rest on."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    cutoff_on: Mapped[date]
    data_sha256: Mapped[str] = mapped_column(String(64))
    page: Mapped[str]
    results: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[str] = mapped_column(String(80))
