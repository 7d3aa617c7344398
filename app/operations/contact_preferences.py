"""Participants' choices about being written to: when, by which channel, not for a while, not at all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.models import ContactPreference, Participant
from app.operations import audit, reminders
from app.operations.audit import Chain
from app.operations.participants import held
from app.queries import contact_preferences, studies


def change_preferences(
    session: Session,
    *,
    participant_id: int,
    channel: str | None,
    hour: int | None,
    paused_until: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace the choices; what waits already moves to the new hour, and the same again changes nothing.

    Refuses a channel that the study's reminders do not use, a quiet hour, and a pause that is over.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    study = studies.current(session, study_id=participant.study_id).study
    before = contact_preferences.preference(session, participant_id=participant_id)
    if channel is not None and channel not in contact_preferences.channels(study):
        raise Refusal(Code.UNKNOWN_CODE, f"channel {channel}")
    if hour is not None and hour not in study.quiet_hours.awake:
        raise Refusal(Code.UNKNOWN_CODE, f"hour {hour}")
    today = civil_date(now, ZoneInfo(participant.time_zone))
    if paused_until is not None and paused_until <= today and paused_until != before.paused_until:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"paused until {paused_until}, today is {today}")
    wanted = {"channel": channel, "hour": hour, "paused_until": paused_until}
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return
    old = {name: getattr(before, name) for name in changed}
    _store(session, participant, changed, now)
    if "hour" in changed:
        reminders.move_waiting(session, participant_id=participant_id, hour=hour, now=now)
    _record(session, participant, "preference.change", actor=actor, now=now, old=old, new=changed)


def stop_reminders(
    session: Session, *, participant_id: int, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Send no more reminders to someone, until they start again; a second time changes nothing."""
    participant = held(session, participant_id=participant_id, actor=actor)
    if contact_preferences.preference(session, participant_id=participant_id).stopped:
        return
    _store(session, participant, {"stopped_at": now}, now)
    _record(session, participant, "preference.stop", actor=actor, now=now, reason=reason)


def start_reminders(session: Session, *, participant_id: int, actor: Actor, now: datetime) -> None:
    """Send reminders again to someone who had stopped them; a withdrawal of contact is not undone by it."""
    participant = held(session, participant_id=participant_id, actor=actor)
    if not contact_preferences.preference(session, participant_id=participant_id).stopped:
        return
    _store(session, participant, {"stopped_at": None}, now)
    _record(session, participant, "preference.start", actor=actor, now=now)


def _store(session: Session, participant: Participant, values: Mapping[str, object], now: datetime) -> None:
    row = session.get(ContactPreference, participant.id)
    if row is None:
        row = ContactPreference(participant_id=participant.id)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    session.flush()


def _record(
    session: Session,
    participant: Participant,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        chain=Chain("participant", participant.id),
        actor=actor,
        action=action,
        subject=f"participant:{participant.id}",
        now=now,
        old=_written(old),
        new=_written(new),
        reason=reason,
        locked=True,
    )


def _written(values: Mapping[str, object] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
