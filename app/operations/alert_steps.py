"""What is done about an alert: given to someone, noted, and ended with a disposition."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.alerts import AlertStepKind, dispositions
from app.errors import Code, Refusal
from app.models import Account, Alert, AlertStep, Participant
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.queries import studies
from app.queries.colleagues import may_own

MAY = ("coordinator", "administrator")


def assign_alert(session: Session, *, alert_id: int, account_id: int, actor: Actor, now: datetime) -> None:
    """Give an alert to a coordinator of its site or an administrator; the same one again changes nothing."""
    alert, participant = _held(session, alert_id, actor)
    account = session.get(Account, account_id)
    if account is None or not may_own(account, study_id=participant.study_id, site=participant.site):
        raise Refusal(Code.UNKNOWN_CODE, f"account {account_id}")
    before = _owner(session, alert_id)
    if before == account_id:
        return
    _add(session, alert, "assigned", actor=actor, now=now, owner_id=account_id)
    audit.record(
        session,
        chain=Chain("participant", alert.participant_id),
        actor=actor,
        action="alert.assign",
        subject=f"alert:{alert_id}",
        now=now,
        old={"owner": None if before is None else f"account:{before}"},
        new={"owner": f"account:{account_id}"},
        locked=True,
    )


def note_alert(session: Session, *, alert_id: int, note: str, actor: Actor, now: datetime) -> None:
    """Add a note, also to an alert that has ended; an empty one is refused."""
    alert, _ = _held(session, alert_id, actor)
    if not note:
        raise Refusal(Code.REASON_NEEDED, "an empty note")
    _add(session, alert, "note", actor=actor, now=now, note=note)
    audit.record(
        session,
        chain=Chain("participant", alert.participant_id),
        actor=actor,
        action="alert.note",
        subject=f"alert:{alert_id}",
        now=now,
        new={"note": note},
        locked=True,
    )


def close_alert(
    session: Session,
    *,
    alert_id: int,
    disposition: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    seen: int | None = None,
) -> None:
    """Say what became of an alert; said again later, the last counts and the earlier one stays.

    Refuses a disposition that the study does not have for the rule, and one that asks for a note without it.
    `seen` is how many steps were known: refuses where there are more by now.
    """
    alert, participant = _held(session, alert_id, actor)
    study = studies.current(session, study_id=participant.study_id).study
    chosen = next((each for each in dispositions(study, alert.rule) if each.code == disposition), None)
    if chosen is None:
        raise Refusal(Code.UNKNOWN_CODE, f"disposition {disposition}")
    if chosen.note and not note:
        raise Refusal(Code.REASON_NEEDED, f"disposition {disposition} without a note")
    there = session.scalars(
        select(AlertStep).where(AlertStep.alert_id == alert_id).order_by(AlertStep.id)
    ).all()
    if seen is not None and len(there) != seen:
        last = there[-1]
        if len(there) == seen + 1 and (last.disposition, last.note, last.done_by) == (
            disposition,
            note,
            actor.label,
        ):
            return  # the same form, sent twice
        raise Refusal(Code.CHANGED_MEANWHILE, f"alert {alert_id} has {len(there)} steps, not {seen}")
    _add(session, alert, "disposition", actor=actor, now=now, disposition=disposition, note=note)
    audit.record(
        session,
        chain=Chain("participant", alert.participant_id),
        actor=actor,
        action="alert.close",
        subject=f"alert:{alert_id}",
        now=now,
        new={"disposition": disposition, "note": note},
        locked=True,
    )


def _held(session: Session, alert_id: int, actor: Actor) -> tuple[Alert, Participant]:
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise Refusal(Code.NOT_FOUND, f"alert {alert_id}")
    participant = held(session, participant_id=alert.participant_id, actor=actor)
    if actor.kind == "account" and actor.role not in MAY:
        raise Refusal(Code.NOT_ALLOWED, f"alerts are for {', '.join(MAY)}")
    return alert, participant


def _owner(session: Session, alert_id: int) -> int | None:
    given = select(AlertStep.owner_id).where(AlertStep.alert_id == alert_id, AlertStep.kind == "assigned")
    return session.scalar(given.order_by(AlertStep.id.desc()).limit(1))


def _add(
    session: Session,
    alert: Alert,
    kind: AlertStepKind,
    *,
    actor: Actor,
    now: datetime,
    owner_id: int | None = None,
    disposition: str | None = None,
    note: str = "",
) -> None:
    session.add(
        AlertStep(
            alert_id=alert.id,
            kind=kind,
            owner_id=owner_id,
            disposition=disposition,
            note=note,
            done_at=now,
            done_by=actor.label,
        )
    )
    session.flush()
