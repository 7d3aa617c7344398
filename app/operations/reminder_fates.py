"""What becomes of a claimed message: sent, failed or dropped, recorded once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reminders import TEMPORARY
from app.errors import Code, Refusal
from app.models import Reminder
from app.models.base import Instant
from app.models.reminder import UNKNOWN
from app.operations import audit
from app.operations.audit import Chain

End = Literal["sent", "failed", "bounced", "dropped"]
LONGEST_REASON = 500
_ACTIONS: Mapping[End, str] = {
    "sent": "reminder.send",
    "failed": "reminder.fail",
    "bounced": "reminder.bounce",
    "dropped": "reminder.drop",
}

# Built once: nearly all messages end so.
_SENT = (
    update(Reminder)
    .where(Reminder.id == bindparam("this"), UNKNOWN)
    .values(sent_at=bindparam("now", type_=Instant), channel=bindparam("way"))
    .returning(Reminder.id)
)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A claimed message with all that the trail says of it; `channel` is the one it is to go by."""

    reminder_id: int
    participant_id: int
    visit: str
    step: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a claimed message, and why where it was not sent, in words without the address.

    Bounced: the address took none, and there was no other. `temporary`: it may be tried again.
    """

    message: Claimed
    end: End
    reason: str = ""
    temporary: bool = False


def record_fate(
    session: Session, fate: Fate, *, now: datetime, actor: Actor, last: audit.End | None = None
) -> None:
    """Record it; refuses a message whose end is recorded already. The caller holds the participant.

    `last` is where the participant's trail ends, where the caller has looked since. Few statements, because
    it runs for every message: all that the trail tells is known.
    """
    message = fate.message
    reason = f"{TEMPORARY if fate.temporary else ''}{fate.reason}"[:LONGEST_REASON]
    if fate.end == "sent":
        this = {"this": message.reminder_id, "now": now, "way": message.channel}
        ended = session.connection().execute(_SENT, this)
    else:
        changes = update(Reminder).where(Reminder.id == message.reminder_id, UNKNOWN)
        ended = session.connection().execute(
            changes.values(_unsent(fate, reason, now)).returning(Reminder.id)
        )
    if ended.first() is None:
        raise Refusal(Code.ALREADY_RECORDED, f"reminder {message.reminder_id}")
    audit.record(
        session,
        chain=Chain("participant", message.participant_id),
        actor=actor,
        action=_ACTIONS[fate.end],
        subject=f"reminder:{message.reminder_id}",
        now=now,
        new={"visit": message.visit, "step": message.step, "channel": message.channel},
        reason=reason,
        locked=True,
        last=last,
    )


def _unsent(fate: Fate, reason: str, now: datetime) -> dict[str, object]:
    if fate.end == "dropped":
        return {"dropped_at": now, "failure": reason}
    failed = {"failed_at": now, "failure": reason, "tries": Reminder.tries + 1}
    return failed | ({"bounced_at": now} if fate.end == "bounced" else {})
