"""Reports of hospital stays, transplants and deaths, and readings of them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import Decision, EventKind
from app.domain.partial_date import PartialDate
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.models import Event, Participant, Reading
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held, not_in_future


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
) -> int:
    """Record an event as it was reported and return its id; the same `report_id` again is the same event.

    Refuses a beginning or an end that lies wholly in the future, an end that lies wholly before the
    beginning, and a `report_id` that stands for something else already.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    there = session.scalar(select(Event).filter_by(participant_id=participant_id, report_id=report_id))
    if there:
        before = (there.kind, there.started, there.ended, there.ongoing, there.reason, there.place)
        if before != (kind, started, ended, ongoing, reason, place):
            raise Refusal(Code.ALREADY_RECORDED, f"event {there.id} with other details")
        return there.id
    _check_dates(participant, started, ended, now)
    event = Event(
        participant_id=participant_id,
        kind=kind,
        started=started,
        ended=ended,
        ongoing=ongoing,
        reason=reason,
        place=place,
        reported_at=now,
        reported_by=actor.label,
        report_id=report_id,
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
        new={
            "kind": kind,
            "started": str(started),
            "ended": str(ended) if ended else None,
            "ongoing": ongoing,
            "reason": reason,
            "place": place,
        },
        locked=True,
    )
    return event.id


def _check_dates(
    participant: Participant, started: PartialDate, ended: PartialDate | None, now: datetime
) -> None:
    today = civil_date(now, ZoneInfo(participant.time_zone))
    for reported in filter(None, (started, ended)):
        if reported.earliest > today:
            raise Refusal(Code.DATE_IN_FUTURE, str(reported))
    if ended is not None and ended.latest < started.earliest:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {started} to {ended}")


def read_event(
    session: Session,
    *,
    event_id: int,
    decision: Decision,
    actor: Actor,
    now: datetime,
    agreed_started_on: date | None = None,
    agreed_ended_on: date | None = None,
    note: str = "",
    seen: int | None = None,
) -> int:
    """Record a reviewer's decision beside the report and return its id; to confirm needs dates.

    `seen` is how many readings the reviewer knew of: refuses where there are more by now, unless the newest
    is this very one, sent twice.
    """
    event = session.get(Event, event_id)
    if event is None:
        raise Refusal(Code.NOT_FOUND, f"event {event_id}")
    participant = held(session, participant_id=event.participant_id, actor=actor)
    if decision != "confirmed":
        agreed_started_on = agreed_ended_on = None
    elif agreed_started_on is None:
        raise Refusal(Code.FAULTY_INPUT, "a confirmed event needs the agreed date")
    for day in filter(None, (agreed_started_on, agreed_ended_on)):
        not_in_future(participant, day, now)
    if agreed_started_on and agreed_ended_on and agreed_ended_on < agreed_started_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {agreed_started_on} to {agreed_ended_on}")
    if event.kind != "hospital stay" and agreed_ended_on is not None:
        raise Refusal(Code.FAULTY_INPUT, f"a {event.kind} has no end")
    if seen is not None:
        there = session.scalars(select(Reading).filter_by(event_id=event_id).order_by(Reading.id)).all()
        if len(there) == seen + 1 and _says(there[-1]) == (
            decision,
            agreed_started_on,
            agreed_ended_on,
            note,
            actor.label,
        ):
            return there[-1].id
        if len(there) != seen:
            raise Refusal(Code.CHANGED_MEANWHILE, f"event {event_id} has {len(there)} readings, not {seen}")
    reading = Reading(
        event_id=event_id,
        decision=decision,
        agreed_started_on=agreed_started_on,
        agreed_ended_on=agreed_ended_on,
        note=note,
        read_at=now,
        read_by=actor.label,
    )
    session.add(reading)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", event.participant_id),
        actor=actor,
        action="event.read",
        subject=f"event:{event_id}",
        now=now,
        new={
            "decision": decision,
            "agreed_started_on": agreed_started_on.isoformat() if agreed_started_on else None,
            "agreed_ended_on": agreed_ended_on.isoformat() if agreed_ended_on else None,
            "note": note,
        },
        locked=True,
    )
    return reading.id


def _says(reading: Reading) -> tuple[object, ...]:
    return (
        reading.decision,
        reading.agreed_started_on,
        reading.agreed_ended_on,
        reading.note,
        reading.read_by,
    )
