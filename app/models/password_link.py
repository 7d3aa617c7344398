"""Links by mail with which a member of staff chooses a password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.account import PASSWORD_LINK_KINDS, PasswordLinkKind
from app.models.base import Base, Instant, one_of


class PasswordLink(Base):
    """An invitation, or a way back for who forgot; used once, and only its id is signed and mailed.

    `fate` is what became of the last mail with it.
    """

    __tablename__ = "password_link"
    __table_args__ = (one_of("kind", PASSWORD_LINK_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[PasswordLinkKind] = mapped_column(String(20))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    fate: Mapped[str | None] = mapped_column(String(20))
    fate_at: Mapped[datetime | None] = mapped_column(Instant)
