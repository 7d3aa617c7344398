"""Whose an address is, for whoever knows the address: a bounce, a STOP sent as an answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.channels import ADDRESS_KINDS, AddressKind
from app.models.base import Base, Instant, one_of


class ContactHash(Base):
    """The keyed hash of one address of a participant, and since when it is known to take no messages.

    It is made from the contact details and follows them; "" stands for an address that is not there.
    """

    __tablename__ = "contact_hash"
    __table_args__ = (one_of("kind", ADDRESS_KINDS),)

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    kind: Mapped[AddressKind] = mapped_column(String(20), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
