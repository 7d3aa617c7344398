"""Days on which someone saw or heard that a participant is alive."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.sighting import SEEN_HOW as SEEN_HOW
from app.domain.sighting import SeenHow as SeenHow
from app.models.base import Base, Instant, one_of


class Sighting(Base):
    """Alive on a day; `untransplanted` tells what was answered where a transplant was asked about."""

    __tablename__ = "sighting"
    __table_args__ = (
        UniqueConstraint("participant_id", "seen_on", "how"),
        one_of("how", SEEN_HOW),
        Index(
            "ix_sighting_transplanted",
            *("participant_id", "seen_on"),
            postgresql_where=text("untransplanted IS false"),
            sqlite_where=text("untransplanted IS 0"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    seen_on: Mapped[date]
    how: Mapped[SeenHow] = mapped_column(String(20))
    untransplanted: Mapped[bool | None]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
