"""Events as someone reported them, readings of them, and sightings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.adjudication import DECISIONS, EVENT_KINDS, Decision, EventKind
from app.domain.adverse_event import RECOVERIES, Recovery
from app.domain.partial_date import PartialDate
from app.models.base import Base, Instant, PartlyKnownDate, one_of


class Event(Base):
    """A hospital stay, a transplant, a death, a tumour or another adverse event, as someone reported it.

    It is never changed afterwards. `term`, `criteria` (words of domain/adverse_event.py with blanks between
    them) and `recovery` belong to the last two.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("participant_id", "report_id"),
        one_of("kind", EVENT_KINDS),
        one_of("recovery", RECOVERIES),
        CheckConstraint(
            "kind IN ('hospital stay', 'adverse event') OR (ended IS NULL AND NOT ongoing)",
            name="only_stays_end",
        ),
        CheckConstraint("ended IS NULL OR NOT ongoing", name="ended_or_ongoing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(String(20))
    started: Mapped[PartialDate] = mapped_column(PartlyKnownDate)
    ended: Mapped[PartialDate | None] = mapped_column(PartlyKnownDate)
    ongoing: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    term: Mapped[str] = mapped_column(String(300), default="", server_default="")
    criteria: Mapped[str] = mapped_column(String(120), default="", server_default="")
    recovery: Mapped[Recovery | None] = mapped_column(String(40))
    reported_at: Mapped[datetime] = mapped_column(Instant)
    reported_by: Mapped[str] = mapped_column(String(80))
    report_id: Mapped[str] = mapped_column(String(64))


class Reading(Base):
    """What a reviewer decided about an event; a later reading stands beside the earlier ones.

    Which of them counts is worked out (domain/adjudication.py).
    """

    __tablename__ = "reading"
    __table_args__ = (
        one_of("decision", DECISIONS),
        CheckConstraint("(decision = 'confirmed') = (agreed_started_on IS NOT NULL)", name="agreed_date"),
        CheckConstraint(
            "agreed_ended_on IS NULL OR agreed_ended_on >= agreed_started_on", name="dates_in_order"
        ),
        CheckConstraint("(decision = 'duplicate') = (duplicate_of_id IS NOT NULL)", name="duplicate"),
        # What the last reading of an event decided stands in the index: outcomes are counted from it alone.
        Index(
            "ix_reading_event_id_id",
            *("event_id", "id", "decision", "agreed_started_on", "agreed_ended_on"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    decision: Mapped[Decision] = mapped_column(String(20))
    agreed_started_on: Mapped[date | None]
    agreed_ended_on: Mapped[date | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    read_at: Mapped[datetime] = mapped_column(Instant)
    read_by: Mapped[str] = mapped_column(String(80))
