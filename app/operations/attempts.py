"""Failed tries are rows, so that every worker process counts the same."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.models import Attempt
from app.models.access import AttemptKind

WINDOW = timedelta(minutes=15)
ALLOWED: dict[AttemptKind, int] = {"link": 5, "address": 30, "sign-in": 5}
KEPT = timedelta(days=1)


def too_many(session: Session, *, kind: AttemptKind, subject: str, now: datetime) -> bool:
    """Return whether a subject has used up its tries of the last quarter of an hour."""
    tried = session.scalar(
        select(func.count()).where(
            Attempt.kind == kind, Attempt.subject == _hidden(subject), Attempt.tried_at > now - WINDOW
        )
    )
    return (tried or 0) >= ALLOWED[kind]


def count(session: Session, *, kind: AttemptKind, subject: str, now: datetime) -> None:
    """Count one failed try, and forget those older than a day."""
    session.execute(delete(Attempt).where(Attempt.tried_at < now - KEPT))
    session.execute(insert(Attempt).values(kind=kind, subject=_hidden(subject), tried_at=now))


def _hidden(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
