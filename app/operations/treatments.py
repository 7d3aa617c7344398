"""Infusions given."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Treatment
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import replan_occasions
from app.operations.participants import held, not_in_future
from app.queries import studies
from app.queries.anchors import anchors_of


def record_treatment(
    session: Session,
    *,
    participant_id: int,
    lot: str,
    route: str,
    given_on: date,
    actor: Actor,
    now: datetime,
) -> int:
    """Record an infusion of a product lot; the same lot on the same day again changes nothing.

    The first one plans the visits that count from it; one before that moves those that lie ahead.
    Refuses a lot that the study does not have, a day in the future or before day 0, and the same lot on the
    same day by another route: neither may be lost.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    study = studies.current(session, study_id=participant.study_id).study
    if lot not in {each.code for each in study.product_lots}:
        raise Refusal(Code.UNKNOWN_CODE, f"product lot {lot}")
    not_in_future(participant, given_on, now)
    if participant.randomised_on is None or given_on < participant.randomised_on:
        raise Refusal(
            Code.DATE_OUT_OF_ORDER, f"infused on {given_on}, randomised on {participant.randomised_on}"
        )
    there = session.scalar(
        select(Treatment).filter_by(participant_id=participant_id, lot=lot, given_on=given_on)
    )
    if there is not None and there.route != route:
        raise Refusal(Code.ALREADY_RECORDED, f"{lot} on {given_on} by {there.route}")
    if there is not None:
        return there.id
    known = anchors_of(session, participant_id=participant_id)
    treatment = Treatment(
        participant_id=participant_id,
        lot=lot,
        route=route,
        given_on=given_on,
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(treatment)
    session.flush()
    replanned = replan_occasions(session, participant=participant, before=known, now=now)
    old, new = replanned.told(None, {"lot": lot, "route": route, "given_on": given_on.isoformat()})
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="treatment.record",
        subject=f"treatment:{treatment.id}",
        now=now,
        old=old,
        new=new,
        locked=True,
    )
    return treatment.id
