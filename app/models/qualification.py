"""What staff are trained for, and what the investigator has delegated to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.account import QUALIFICATION_KINDS, QualificationKind
from app.models.base import Base, Instant, one_of


class Qualification(Base):
    """A training or a delegation with its days, both included; without an end it holds on."""

    __tablename__ = "qualification"
    __table_args__ = (
        one_of("kind", QUALIFICATION_KINDS),
        CheckConstraint("ended_on >= started_on", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[QualificationKind] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(200))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
