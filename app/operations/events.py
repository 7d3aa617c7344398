"""Reports of hospital stays, transplants, deaths, tumours and other adverse events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import LASTING_KINDS, SAFETY_KINDS, EventKind
from app.domain.adverse_event import Recovery, criteria_text
from app.domain.partial_date import PartialDate
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.models import Event, Participant
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.operations.readings import read_event as read_event


def report_event(
    session: Session,
    *,
    participant_id: int,
    kind: EventKind,
    started: PartialDate,
    report_id: str,
    actor: Actor,
    now: datetime,
    ended: PartialDate | None = None,
    ongoing: bool = False,
    reason: str = "",
    place: str = "",
    term: str = "",
    criteria: Iterable[str] = (),
    recovery: Recovery | None = None,
) -> int:
    """Record an event as it was reported and return its id; the same `report_id` again is the same event.

    Refuses a beginning or an end that lies wholly in the future, an end that lies wholly before the
    beginning, and a `report_id` that stands for something else already. A tumour or another adverse event
    has a `term`; `criteria` are what makes it serious, none where it is not.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    said: dict[str, Any] = {
        "kind": kind,
        "started": started,
        "ended": ended,
        "ongoing": ongoing,
        "reason": reason,
        "place": place,
        **_safety(kind, term, criteria, recovery),
    }
    there = session.scalar(select(Event).filter_by(participant_id=participant_id, report_id=report_id))
    if there:
        if any(getattr(there, name) != value for name, value in said.items()):
            raise Refusal(Code.ALREADY_RECORDED, f"event {there.id} with other details")
        return there.id
    if kind not in LASTING_KINDS and (ended is not None or ongoing):
        raise Refusal(Code.FAULTY_INPUT, f"{kind}: it has no end")
    _check_dates(participant, started, ended, now)
    event = Event(
        participant_id=participant_id,
        reported_at=now,
        reported_by=actor.label,
        report_id=report_id,
        **said,
    )
    session.add(event)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="event.report",
        subject=f"event:{event.id}",
        now=now,
        new=_told(said, kind),
        locked=True,
    )
    return event.id


def _safety(
    kind: EventKind, term: str, criteria: Iterable[str], recovery: Recovery | None
) -> dict[str, object]:
    """Return what is said of a tumour or an adverse event; other events say nothing of it."""
    try:
        chosen = criteria_text(criteria)
    except ValueError as unknown:
        raise Refusal(Code.UNKNOWN_CODE, str(unknown)) from None
    if kind in SAFETY_KINDS and not term:
        raise Refusal(Code.FAULTY_INPUT, f"{kind}: it needs a term")
    if kind not in SAFETY_KINDS and (term or chosen or recovery):
        raise Refusal(Code.FAULTY_INPUT, f"{kind}: it has no term and is not graded")
    return {"term": term, "criteria": chosen, "recovery": recovery}


def _told(said: dict[str, Any], kind: EventKind) -> dict[str, object]:
    """Return what the entry holds: how serious it was only of a tumour or another adverse event."""
    told = said | {"started": str(said["started"]), "ended": str(said["ended"]) if said["ended"] else None}
    left_out = () if kind in SAFETY_KINDS else ("term", "criteria", "recovery")
    return {name: value for name, value in told.items() if name not in left_out}


def _check_dates(
    participant: Participant, started: PartialDate, ended: PartialDate | None, now: datetime
) -> None:
    today = civil_date(now, ZoneInfo(participant.time_zone))
    for reported in filter(None, (started, ended)):
        if reported.earliest > today:
            raise Refusal(Code.DATE_IN_FUTURE, str(reported))
    if ended is not None and ended.latest < started.earliest:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {started} to {ended}")
