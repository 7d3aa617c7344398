"""What a mail server or a gateway reports of its own accord: a bounce, a delivery, an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.channels import KIND_OF
from app.domain.stop_words import wish
from app.domain.study import Channel
from app.models import Occasion, Reminder
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.contact_hashes import mark_bounced, whose
from app.operations.contact_preferences import start_reminders, stop_reminders
from app.operations.replies import keep_reply

ReportKind = Literal["bounce", "stop", "reply", "delivered"]
REPORT_KINDS: tuple[ReportKind, ...] = ("bounce", "stop", "reply", "delivered")
BY_ANSWER = "by an answer to a message"
REPORTED = "reported after sending: the address takes no messages"


@dataclass(frozen=True)
class Report:
    """One report about one address; `text` is what was answered."""

    channel: Channel
    kind: ReportKind
    contact: str
    text: str = ""


def take_report(
    session: Session,
    *,
    report: Report,
    signature: str,
    now: datetime,
    actor: Actor,
    contact_keys: Sequence[str],
) -> int:
    """Do what a report asks for all who have the address; return how many they are.

    The same report again, known by its signature, does nothing. An answer that is neither STOP nor START is
    kept for staff to read.
    """
    if attempts.too_many(session, kind="hook", subject=signature, now=now):
        return 0
    attempts.count(session, kind="hook", subject=signature, now=now)
    asked = report.kind if report.kind == "stop" else wish(report.text) if report.kind == "reply" else None
    found = whose(session, kind=KIND_OF[report.channel], address=report.contact, contact_keys=contact_keys)
    for participant_id in found:
        themselves = Actor("participant", participant_id)
        if report.kind == "bounce":
            _bounce(session, participant_id, report.channel, actor=actor, now=now)
        elif asked == "stop":
            stop_reminders(
                session, participant_id=participant_id, actor=themselves, now=now, reason=BY_ANSWER
            )
        elif asked == "start":
            start_reminders(session, participant_id=participant_id, actor=themselves, now=now)
        elif report.kind == "delivered":
            _deliver(session, participant_id, report.channel, actor=actor, now=now)
        elif report.text.strip():
            keep_reply(
                session,
                participant_id=participant_id,
                channel=report.channel,
                words=report.text.strip(),
                actor=themselves,
                now=now,
                contact_keys=contact_keys,
            )
    return len(found)


def _bounce(session: Session, participant_id: int, channel: Channel, *, actor: Actor, now: datetime) -> None:
    """Write no more to the address; the last message that left by it is the one that came back."""
    mark_bounced(
        session,
        participant_id=participant_id,
        kind=KIND_OF[channel],
        actor=actor,
        now=now,
        reason=REPORTED,
    )
    last = _last_sent(session, participant_id, channel)
    if last is None or last.bounced_at is not None:
        return
    last.bounced_at, last.failure = now, REPORTED
    _record(session, participant_id, last, "reminder.bounce", actor=actor, now=now, reason=REPORTED)


def _deliver(session: Session, participant_id: int, channel: Channel, *, actor: Actor, now: datetime) -> None:
    """Note that the last message that left by a channel arrived; one that came back since did not."""
    audit.lock(session, Chain("participant", participant_id))
    last = _last_sent(session, participant_id, channel)
    if last is None or last.delivered_at is not None or last.bounced_at is not None:
        return
    last.delivered_at = now
    _record(session, participant_id, last, "reminder.deliver", actor=actor, now=now)


def _last_sent(session: Session, participant_id: int, channel: Channel) -> Reminder | None:
    return session.scalars(
        select(Reminder)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .where(
            Occasion.participant_id == participant_id,
            Reminder.channel == channel,
            Reminder.sent_at.is_not(None),
        )
        .order_by(Reminder.sent_at.desc(), Reminder.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def _record(
    session: Session,
    participant_id: int,
    reminder: Reminder,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action=action,
        subject=f"reminder:{reminder.id}",
        now=now,
        new={"channel": reminder.channel},
        reason=reason,
        locked=True,
    )
