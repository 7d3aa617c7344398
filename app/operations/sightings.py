"""Sightings: a call, a clinic visit or a record that shows a participant alive."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Sighting
from app.models.sighting import SeenHow
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held, not_in_future


def record_sighting(
    session: Session,
    *,
    participant_id: int,
    seen_on: date,
    how: SeenHow,
    untransplanted: bool | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Record that someone is alive on a day; the same again changes nothing.

    Refuses another word about a transplant for a day and way that are recorded: none of the two may be lost.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    not_in_future(participant, seen_on, now)
    there = session.scalar(
        select(Sighting).filter_by(participant_id=participant_id, seen_on=seen_on, how=how)
    )
    if there is not None and there.untransplanted is not untransplanted:
        raise Refusal(Code.ALREADY_RECORDED, f"{how} on {seen_on}, untransplanted: {there.untransplanted}")
    if there is not None:
        return there.id
    sighting = Sighting(
        participant_id=participant_id,
        seen_on=seen_on,
        how=how,
        untransplanted=untransplanted,
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(sighting)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="sighting.record",
        subject=f"sighting:{sighting.id}",
        now=now,
        new={"seen_on": seen_on.isoformat(), "how": how, "untransplanted": untransplanted},
        locked=True,
    )
    return sighting.id
