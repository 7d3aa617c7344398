"""Why visits were missed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.missed import MISSED_BECAUSE, MissedBecause
from app.errors import Code, Refusal
from app.models import MissedReason
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.queries import missed_reasons, occasions
from app.queries.missed_reasons import WhyMissed


def record_missed_reason(
    session: Session,
    *,
    participant_id: int,
    occasion_id: int,
    reason: MissedBecause,
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Record why an occasion was missed; a later reason counts instead, the same again changes nothing.

    Refuses an occasion that is not this participant's, one that is not missed, and `other` without a note.
    """
    held(session, participant_id=participant_id, actor=actor)
    found = occasions.of_participant(session, participant_id=participant_id, now=now)
    status = next((each for each in found if each.occasion_id == occasion_id), None)
    if status is None:
        raise Refusal(Code.NOT_FOUND, f"occasion {occasion_id}")
    if status.state != "missed":
        raise Refusal(Code.CHANGED_MEANWHILE, f"{status.visit.code} is {status.state}")
    if reason not in MISSED_BECAUSE:
        raise Refusal(Code.UNKNOWN_CODE, f"reason {reason}")
    if reason == "other" and not note:
        raise Refusal(Code.REASON_NEEDED, "another reason, in words")
    before = missed_reasons.of_participant(session, participant_id=participant_id).get(occasion_id)
    if before == WhyMissed(reason, note):
        return
    row = MissedReason(
        occasion_id=occasion_id, reason=reason, note=note, recorded_at=now, recorded_by=actor.label
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="missed_reason.record",
        subject=f"missed_reason:{row.id}",
        now=now,
        old=None if before is None else {"reason": before.reason, "note": before.note},
        new={"visit": status.visit.code, "reason": reason, "note": note},
        locked=True,
    )
