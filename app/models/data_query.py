"""Queries on values, and what was asked and answered in them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.data_queries import QUERY_STEP_KINDS, QUERY_SUBJECTS, QuerySubject
from app.domain.data_queries import QueryStepKind as QueryStepKind
from app.models.base import Base, Instant, one_of


class DataQuery(Base):
    """A question about a `field` of a row (`subject_id`; of an answer: its response), and what it held.

    `finding` names what an automatic check found, `check:ids`, so that it is asked about once; a query that a
    person raised has none.
    """

    __tablename__ = "data_query"
    __table_args__ = (UniqueConstraint("participant_id", "finding"), one_of("subject", QUERY_SUBJECTS))

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    subject: Mapped[QuerySubject] = mapped_column(String(20))
    subject_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(500))
    finding: Mapped[str | None] = mapped_column(String(120))


class DataQueryStep(Base):
    """Asked, given to someone, answered, closed or reopened; never changed afterwards."""

    __tablename__ = "data_query_step"
    __table_args__ = (
        one_of("kind", QUERY_STEP_KINDS),
        CheckConstraint("(kind = 'assigned') = (owner_id IS NOT NULL)", name="owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[int] = mapped_column(ForeignKey("data_query.id"), index=True)
    kind: Mapped[QueryStepKind] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(String(1000), default="")
    done_at: Mapped[datetime] = mapped_column(Instant)
    done_by: Mapped[str] = mapped_column(String(80))
