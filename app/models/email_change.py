"""A member of staff on the way to another e-mail address."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class EmailChange(Base):
    """A new address that was asked for, and counts only once whoever reads mail there has confirmed it.

    Used once; only its id is signed and mailed. `fate` is what became of the mail with the link.
    """

    __tablename__ = "email_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    fate: Mapped[str | None] = mapped_column(String(20))
    fate_at: Mapped[datetime | None] = mapped_column(Instant)
