"""Who was told of an alert that was late, and the mails of which nobody knows whether they left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Account, AlertMail

MailState = Literal["planned", "unknown", "sent", "failed", "dropped"]


@dataclass(frozen=True)
class ToldOf:
    """One mail about one alert: to whom, where it stands and since when."""

    alert_id: int
    account_id: int
    name: str
    state: MailState
    at: datetime


def of_alerts(session: Session, *, alert_ids: Collection[int]) -> dict[int, list[ToldOf]]:
    """Return the mails about alerts, by alert."""
    found: dict[int, list[ToldOf]] = {}
    for row in _rows(session, AlertMail.alert_id.in_(alert_ids)):
        found.setdefault(row.alert_id, []).append(row)
    return found


def unclear(session: Session) -> list[ToldOf]:
    """Return the mails that a sender claimed and never reported back on."""
    return [row for row in _rows(session, AlertMail.claimed_at.is_not(None)) if row.state == "unknown"]


def _rows(session: Session, where: ColumnElement[bool]) -> list[ToldOf]:
    rows = session.execute(
        select(AlertMail, Account.name)
        .join(Account, Account.id == AlertMail.account_id)
        .where(where)
        .order_by(AlertMail.id)
    )
    return [ToldOf(mail.alert_id, mail.account_id, name, *_state(mail)) for mail, name in rows]


def _state(mail: AlertMail) -> tuple[MailState, datetime]:
    ends: tuple[tuple[MailState, datetime | None], ...] = (
        ("sent", mail.sent_at),
        ("failed", mail.failed_at),
        ("dropped", mail.dropped_at),
        ("unknown", mail.claimed_at),
    )
    return next(((state, at) for state, at in ends if at is not None), ("planned", mail.planned_at))
