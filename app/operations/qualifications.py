"""Trainings and delegations of staff: recorded with their days, ended with a day."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.account import QualificationKind
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Qualification
from app.operations import audit
from app.operations.account_changes import held
from app.operations.audit import Chain


def record_qualification(
    session: Session,
    *,
    account_id: int,
    kind: QualificationKind,
    what: str,
    started_on: date,
    ended_on: date | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Record a training or a delegation and return its id; refuses an end before the beginning."""
    held(session, account_id=account_id, actor=actor)
    if ended_on is not None and ended_on < started_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {started_on} to {ended_on}")
    row = Qualification(
        account_id=account_id,
        kind=kind,
        what=what,
        started_on=started_on,
        ended_on=ended_on,
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="qualification.record",
        subject=f"qualification:{row.id}",
        now=now,
        new={
            "kind": kind,
            "what": what,
            "started_on": started_on.isoformat(),
            "ended_on": ended_on.isoformat() if ended_on else None,
        },
        locked=True,
    )
    return row.id


def end_qualification(
    session: Session, *, account_id: int, qualification_id: int, ended_on: date, actor: Actor, now: datetime
) -> None:
    """Give a training or a delegation its last day, or another one; refuses one before its beginning."""
    held(session, account_id=account_id, actor=actor)
    row = session.get(Qualification, qualification_id, with_for_update=True)
    if row is None or row.account_id != account_id:
        raise Refusal(Code.NOT_FOUND, f"qualification {qualification_id} of account {account_id}")
    if row.ended_on == ended_on:
        return
    if ended_on < row.started_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {row.started_on} to {ended_on}")
    before, row.ended_on = row.ended_on, ended_on
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="qualification.end",
        subject=f"qualification:{row.id}",
        now=now,
        old={"ended_on": before.isoformat() if before else None},
        new={"ended_on": ended_on.isoformat()},
        locked=True,
    )
