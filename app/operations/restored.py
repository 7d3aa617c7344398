"""After a backup was restored: what was done since has left the house, and its rows are gone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reminders import BY_HAND
from app.models import EmailChange, Link, Occasion, Participant, PasswordLink, Reminder
from app.models.reminder import WAITING
from app.operations import audit
from app.operations.audit import Chain
from app.operations.reminders import plan

AT_ONCE = 500

SIGNED = (Participant, Link, PasswordLink, EmailChange)
"""Whose ids stand in tokens."""

GAP = 1_000_000
"""More than any trial enrols or sends between two backups, and far below the largest id."""


def skip_ids(session: Session) -> bool:
    """Let what is new have ids that nothing had before; False where the database cannot.

    Tokens are signed from ids: a link that was given out after the backup would open the pages, or set the
    password, of whoever is given its id now. SQLite gives out the largest id that there is, plus one.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    for table in SIGNED:
        last = session.scalar(select(func.max(table.id))) or 0
        move = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)")
        session.execute(move, {"name": table.__tablename__, "number": last + GAP})
    return True


def doubt(session: Session, *, study_id: int, now: datetime, actor: Actor) -> int:
    """Count every message that may have left by now as of unknown fate, and return how many these are.

    They come to the list of messages in trouble, where someone settles each or sends it again; no sender
    takes them before. That is what waited for an hour that is over, and whatever is owed today and was not
    planned yet: planned only now it would wait for its next hour, and may have left in its last one.
    """
    later = set(_waiting(session, study_id, Reminder.planned_at > now, Reminder.step.not_like(f"{BY_HAND}%")))
    plan(session, study_id=study_id, now=now, actor=actor)
    doubted = [each for each in _waiting(session, study_id) if each not in later]
    for start in range(0, len(doubted), AT_ONCE):
        session.execute(
            update(Reminder)
            .where(Reminder.id.in_(doubted[start : start + AT_ONCE]))
            .values(claimed_at=now)
            .execution_options(synchronize_session=False)
        )
    if doubted:
        audit.record(
            session,
            chain=Chain("study", study_id),
            actor=actor,
            action="reminder.doubt",
            subject=f"study:{study_id}",
            now=now,
            new={"reminders": doubted},
        )
    return len(doubted)


def _waiting(session: Session, study_id: int, *where: ColumnElement[bool]) -> Sequence[int]:
    return session.scalars(
        select(Reminder.id)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id, WAITING, *where)
        .order_by(Reminder.id)
    ).all()
