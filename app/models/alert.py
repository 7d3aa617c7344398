"""Answers that someone must look at, what was done about them, and the mails about the late ones."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.alerts import ALERT_STEP_KINDS, AlertStepKind
from app.models.base import Base, Instant, Json, one_of


class Alert(Base):
    """A rule of the study that a response met; `answers` are those that the rule looked at, as they were."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("response_id", "rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    rule: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    raised_at: Mapped[datetime] = mapped_column(Instant)


class AlertStep(Base):
    """Given to someone, noted, escalated, or ended with a disposition; never changed afterwards."""

    __tablename__ = "alert_step"
    __table_args__ = (
        one_of("kind", ALERT_STEP_KINDS),
        CheckConstraint("(kind = 'assigned') = (owner_id IS NOT NULL)", name="owner"),
        CheckConstraint("(kind = 'disposition') = (disposition IS NOT NULL)", name="disposition"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    kind: Mapped[AlertStepKind] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    disposition: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")
    done_at: Mapped[datetime] = mapped_column(Instant)
    done_by: Mapped[str] = mapped_column(String(80))


class AlertMail(Base):
    """One escalated alert that one member of staff is to be told of.

    Planned, claimed by one sender, then sent, failed or dropped; still claimed: a sender died at work.
    `tries` are those in which it was this mail that was not taken; it waits until `retry_at`.
    """

    __tablename__ = "alert_mail"
    __table_args__ = (
        UniqueConstraint("alert_id", "account_id"),
        CheckConstraint(
            "(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_end",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    planned_at: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(String(500))
    tries: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
