"""Documents attached to an event."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.document import MEDIA_TYPES, MediaType
from app.models.base import Base, Instant, one_of


class Document(Base):
    """A letter or a picture that tells of an event, sealed; what it said goes only by a redaction.

    `sha256` and `size` are those of the document itself, not of what is sealed.
    """

    __tablename__ = "document"
    __table_args__ = (
        one_of("media_type", MEDIA_TYPES),
        CheckConstraint("(sealed IS NULL) = (redacted_at IS NOT NULL)", name="sealed_or_redacted"),
        CheckConstraint("(redacted_at IS NULL) = (redacted_by IS NULL)", name="redacted_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[MediaType] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    attached_at: Mapped[datetime] = mapped_column(Instant)
    attached_by: Mapped[str] = mapped_column(String(80))
    redacted_at: Mapped[datetime | None] = mapped_column(Instant)
    redacted_by: Mapped[str | None] = mapped_column(String(80))
