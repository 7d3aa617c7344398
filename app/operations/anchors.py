"""Corrections of the days from which visits are counted: what lies ahead moves, the trail keeps the old."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Consent, Participant, Treatment
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import replan_occasions
from app.operations.participants import held, not_in_future
from app.queries import studies
from app.queries.anchors import anchors_of


def correct_randomisation(
    session: Session, *, participant_id: int, randomised_on: date, reason: str, actor: Actor, now: datetime
) -> None:
    """Put the day of randomisation right; the same day changes nothing.

    Refuses someone who is not randomised, a day in the future, before the first consent or after the first
    infusion, and a correction without a reason; and whoever may not learn arms, where to be refused a day
    after the infusion would tell one.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    study = studies.current(session, study_id=participant.study_id).study
    if actor.kind == "account" and study.infusions_tell_arm and not study.may_learn_arms(actor.role):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label}: the arm, where both sides are blinded")
    before = participant.randomised_on
    if before is None:
        raise Refusal(Code.NOT_FOUND, "randomisation")
    if randomised_on == before:
        return
    _reason_needed(reason)
    not_in_future(participant, randomised_on, now)
    _in_order(session, participant, randomised_on)
    known = anchors_of(session, participant_id=participant_id)
    participant.randomised_on = randomised_on
    session.flush()
    replanned = replan_occasions(session, participant=participant, before=known, now=now)
    old, new = replanned.told(
        {"randomised_on": before.isoformat()}, {"randomised_on": randomised_on.isoformat()}
    )
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="participant.correct_randomisation",
        subject=f"participant:{participant_id}",
        now=now,
        old=old,
        new=new,
        reason=reason,
        locked=True,
    )


def _in_order(session: Session, participant: Participant, randomised_on: date) -> None:
    consented_on = session.scalar(
        select(func.min(Consent.consented_on)).filter_by(participant_id=participant.id)
    )
    infused_on = session.scalar(select(func.min(Treatment.given_on)).filter_by(participant_id=participant.id))
    if consented_on is not None and randomised_on < consented_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"randomised on {randomised_on}, consented on {consented_on}")
    if infused_on is not None and randomised_on > infused_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"randomised on {randomised_on}, infused on {infused_on}")


def correct_treatment(
    session: Session,
    *,
    participant_id: int,
    lot: str,
    given_on: date,
    corrected_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Put the day of an infusion right; the same day changes nothing.

    Refuses an infusion that is not there, a day in the future, before the randomisation or on which this lot
    was given as well, and a correction without a reason.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    of_lot = select(Treatment).filter_by(participant_id=participant_id, lot=lot)
    treatment = session.scalar(of_lot.filter_by(given_on=given_on))
    if treatment is None:
        raise Refusal(Code.UNKNOWN_CODE, f"no infusion of {lot} on {given_on}")
    if corrected_on == given_on:
        return
    _reason_needed(reason)
    not_in_future(participant, corrected_on, now)
    if participant.randomised_on is None or corrected_on < participant.randomised_on:
        raise Refusal(
            Code.DATE_OUT_OF_ORDER, f"infused on {corrected_on}, randomised on {participant.randomised_on}"
        )
    if session.scalar(of_lot.filter_by(given_on=corrected_on)) is not None:
        raise Refusal(Code.ALREADY_RECORDED, f"{lot} on {corrected_on}")
    known = anchors_of(session, participant_id=participant_id)
    treatment.given_on = corrected_on
    session.flush()
    replanned = replan_occasions(session, participant=participant, before=known, now=now)
    old, new = replanned.told({"given_on": given_on.isoformat()}, {"given_on": corrected_on.isoformat()})
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="treatment.correct",
        subject=f"treatment:{treatment.id}",
        now=now,
        old=old,
        new=new,
        reason=reason,
        locked=True,
    )


def _reason_needed(reason: str) -> None:
    if not reason.strip():
        raise Refusal(Code.REASON_NEEDED, "why the day is corrected")
