"""What somebody decides about a message in trouble: to send it again, or to leave it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.channels import KIND_OF
from app.domain.reminders import by_hand
from app.errors import Code, Refusal
from app.models import Occasion, Participant, Reminder
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contact_hashes import trust_again
from app.operations.reminders import free, plan_by_hand
from app.queries.reminders import standings
from app.queries.troubled_reminders import is_troubled, trouble_of


def leave_reminder(session: Session, *, reminder_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record that someone has looked at a message in trouble and leaves it as it is."""
    _settle(session, reminder_id, "leave", reason, actor, now)


def send_again(session: Session, *, reminder_id: int, reason: str, actor: Actor, now: datetime) -> list[int]:
    """Record that someone has looked, and let a message about the same visit wait; return its id.

    An address that bounced is trusted again: whoever decides has checked it. Refuses where none is owed.
    """
    reminder, participant_id = _settle(session, reminder_id, "again", reason, actor, now)
    kind = KIND_OF.get(reminder.channel)  # type: ignore[call-overload]  # a channel as it is stored
    if reminder.bounced_at is not None and kind is not None:
        trust_again(session, participant_id=participant_id, kind=kind, actor=actor, now=now, reason=reason)
    [standing] = standings(session, where=Occasion.id == reminder.occasion_id, now=now)
    if standing.not_owed is not None:
        no_address = standing.not_owed == "no address"
        raise Refusal(Code.NO_ADDRESS if no_address else Code.OCCASION_NOT_OPEN, standing.not_owed)
    if reminder.step == by_hand(standing.today):  # one a day and visit: this is that one
        reminder.planned_at = now
        free(reminder)
        session.flush()
        return [reminder.id]
    return plan_by_hand(session, occasion_ids=[reminder.occasion_id], now=now, actor=actor)


def _settle(
    session: Session, reminder_id: int, decision: str, reason: str, actor: Actor, now: datetime
) -> tuple[Reminder, int]:
    if not reason.strip():
        raise Refusal(Code.REASON_NEEDED)
    place = session.execute(
        select(Participant.id, Participant.study_id, Participant.site)
        .join(Occasion, Occasion.participant_id == Participant.id)
        .join(Reminder, Reminder.occasion_id == Occasion.id)
        .where(Reminder.id == reminder_id)
    ).first()
    if place is None or not actor.may_see(study_id=place.study_id, site=place.site):
        raise Refusal(Code.NOT_FOUND, f"reminder {reminder_id}")
    if decision == "again":  # a message may be planned, and that needs the study: it is locked first
        audit.lock(session, Chain("study", place.study_id))
    chain = Chain("participant", place.id)
    audit.lock(session, chain)
    reminder = session.scalars(
        select(Reminder)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .where(Reminder.id == reminder_id, is_troubled(now))
        .with_for_update(of=Reminder)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if reminder is None:
        raise Refusal(Code.ALREADY_RECORDED, f"reminder {reminder_id}: someone decided, or it was sent since")
    reminder.settled_at = now
    session.flush()
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="reminder.settle",
        subject=f"reminder:{reminder_id}",
        now=now,
        old={"state": trouble_of(reminder), "failure": reminder.failure},
        new={"decision": decision},
        reason=reason,
        locked=True,
    )
    return reminder, place.id
