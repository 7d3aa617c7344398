"""Alerts that nobody ended in time: those who look after the site are told, once, by one sender."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.alerts import MOST_TRIES, alert_state, deadline, mail_retry_at
from app.models import Account, Alert, AlertMail, AlertStep, Participant, Study
from app.operations import audit
from app.operations.audit import Chain
from app.queries import colleagues, studies

WAITING = and_(
    AlertMail.claimed_at.is_(None),
    AlertMail.sent_at.is_(None),
    AlertMail.failed_at.is_(None),
    AlertMail.dropped_at.is_(None),
)
LATER = "later"
"""The fate of a mail that its server did not take and may take another time."""
_CLOSED = exists().where(AlertStep.alert_id == Alert.id, AlertStep.kind == "disposition")
_ESCALATED = exists().where(AlertStep.alert_id == Alert.id, AlertStep.kind == "escalated")


@dataclass(frozen=True)
class OwedMail:
    """All that one mail to one member of staff needs: about how many alerts of which study."""

    ids: tuple[int, ...]
    address: str
    language: str
    study: str


def overdue(session: Session, *, study_id: int, now: datetime) -> list[int]:
    """Return the ids of the alerts whose deadline has passed, and of which nobody was told."""
    study = studies.current(session, study_id=study_id).study
    rows = session.execute(
        select(Alert.id, Alert.rule, Alert.raised_at)
        .join(Participant, Participant.id == Alert.participant_id)
        .where(Participant.study_id == study_id, ~_CLOSED, ~_ESCALATED)
        .order_by(Alert.id)
    )
    return [alert_id for alert_id, rule, raised_at in rows if now >= deadline(study, rule, raised_at)]


def escalate(session: Session, *, alert_id: int, now: datetime, actor: Actor) -> bool:
    """Owe a mail to each coordinator of the site and each administrator; False where nobody is to be told.

    Read again under the participant's lock: what was ended or escalated meanwhile is left alone.
    """
    alert = session.get_one(Alert, alert_id)
    chain = Chain("participant", alert.participant_id)
    audit.lock(session, chain)
    participant = session.get_one(Participant, alert.participant_id)
    study = studies.current(session, study_id=participant.study_id).study
    kinds = session.scalars(select(AlertStep.kind).where(AlertStep.alert_id == alert_id)).all()
    due = deadline(study, alert.rule, alert.raised_at)
    if alert_state(deadline_at=due, steps=kinds, now=now) != "overdue":
        return True
    told = colleagues.of_site(session, study_id=participant.study_id, site=participant.site)
    if not told:
        return False
    session.add(AlertStep(alert_id=alert_id, kind="escalated", done_at=now, done_by=actor.label))
    session.add_all(AlertMail(alert_id=alert_id, account_id=each.account_id, planned_at=now) for each in told)
    session.flush()
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="alert.escalate",
        subject=f"alert:{alert_id}",
        now=now,
        new={"to": [f"account:{each.account_id}" for each in told]},
        locked=True,
    )
    return True


def claim(session: Session, *, now: datetime, actor: Actor, tried: Sequence[int] = ()) -> OwedMail | None:
    """Claim all that one member of staff is to be told of one study, for one mail; None where nothing waits.

    Two senders at once never get the same. What was ended meanwhile, or is owed to someone who left, is
    dropped. `tried` are mails that failed in this round; what failed in an earlier one has a pause.
    """
    while (first := _first(session, now, tried)) is not None:
        account_id, study_id = first
        account = session.get_one(Account, account_id, populate_existing=True)
        taken = _take(session, account_id, study_id, now, tried)
        ended = set(
            session.scalars(
                select(AlertStep.alert_id).where(
                    AlertStep.alert_id.in_([mail.alert_id for mail in taken]), AlertStep.kind == "disposition"
                )
            )
        )
        left = account.deactivated_at is not None
        dropped = [mail.id for mail in taken if left or mail.alert_id in ended]
        why = "the account is not in use" if left else "ended meanwhile"
        end(session, ids=dropped, fate="dropped", reason=why, now=now, actor=actor)
        kept = [mail.id for mail in taken if mail.id not in dropped]
        if kept:
            code = session.get_one(Study, study_id).code
            return OwedMail(tuple(kept), account.email, account.language, code)
    return None


def _due(now: datetime, tried: Sequence[int]) -> ColumnElement[bool]:
    rested = or_(AlertMail.retry_at.is_(None), AlertMail.retry_at <= now)
    return and_(WAITING, rested, AlertMail.id.not_in(tried))


def _first(session: Session, now: datetime, tried: Sequence[int]) -> tuple[int, int] | None:
    row = session.execute(
        select(AlertMail.account_id, Participant.study_id)
        .join(Alert, Alert.id == AlertMail.alert_id)
        .join(Participant, Participant.id == Alert.participant_id)
        .where(_due(now, tried))
        .order_by(AlertMail.id)
        .limit(1)
        .with_for_update(of=AlertMail, skip_locked=True)
    ).first()
    return None if row is None else (row.account_id, row.study_id)


def _take(
    session: Session, account_id: int, study_id: int, now: datetime, tried: Sequence[int]
) -> list[AlertMail]:
    locked = (
        select(AlertMail.id)
        .join(Alert, Alert.id == AlertMail.alert_id)
        .join(Participant, Participant.id == Alert.participant_id)
        .where(
            _due(now, tried),
            AlertMail.account_id == account_id,
            Participant.study_id == study_id,
        )
        .order_by(AlertMail.id)
        .with_for_update(of=AlertMail, skip_locked=True)
        .cte("chosen")
    )
    taken = session.scalars(
        update(AlertMail)
        .where(AlertMail.id.in_(select(locked.c.id)))
        .values(claimed_at=now)
        .returning(AlertMail)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    return sorted(taken, key=lambda mail: mail.id)


def end(
    session: Session, *, ids: Sequence[int], fate: str, reason: str = "", now: datetime, actor: Actor
) -> None:
    """Record what became of claimed mails: `sent`, `failed`, `dropped`, `later`, or `waiting`.

    What waits is tried again in the next round: nothing is known against it, the server takes none. What is
    to be tried later has a pause, which grows, and has failed after MOST_TRIES.

    The trail tells of each who it was owed to; never the address. What is tried again adds no entry: a server
    that is down for a night would fill the trail.
    """
    rows = session.execute(
        select(AlertMail.id, AlertMail.alert_id, AlertMail.account_id, AlertMail.tries, Alert.participant_id)
        .join(Alert, Alert.id == AlertMail.alert_id)
        .where(AlertMail.id.in_(ids))
        .order_by(Alert.participant_id, AlertMail.id)
    ).all()
    for row in rows:
        chain = Chain("participant", row.participant_id)
        audit.lock(session, chain)
        ending, values = _ending(fate, row.tries, now)
        session.execute(
            update(AlertMail)
            .where(
                AlertMail.id == row.id,
                AlertMail.claimed_at.is_not(None),
                AlertMail.sent_at.is_(None),
                AlertMail.failed_at.is_(None),
                AlertMail.dropped_at.is_(None),
            )
            .values(values | {"failure": reason[:500] or None})
            .execution_options(synchronize_session=False)
        )
        if ending is None:
            continue
        audit.record(
            session,
            chain=chain,
            actor=actor,
            action="alert.mail",
            subject=f"alert:{row.alert_id}",
            now=now,
            new={"to": f"account:{row.account_id}", "fate": ending},
            reason=reason[:500],
            locked=True,
        )


def _ending(fate: str, tries: int, now: datetime) -> tuple[str | None, dict[str, object]]:
    """Return how a mail ends, None where it goes again, and what to write down of it."""
    if fate == "waiting":
        return None, {"claimed_at": None}
    if fate != LATER:
        return fate, {f"{fate}_at": now}
    tries += 1
    if tries < MOST_TRIES:
        return None, {"claimed_at": None, "tries": tries, "retry_at": mail_retry_at(now, tries)}
    return "failed", {"failed_at": now, "tries": tries}
