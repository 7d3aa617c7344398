"""Consents to further versions of the form, and withdrawals."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Consent, Withdrawal
from app.models.consent import WithdrawalScope
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import replan_occasions
from app.operations.participants import held, not_in_future
from app.queries import studies
from app.queries.anchors import anchors_of


def record_consent(
    session: Session, *, participant_id: int, version: str, consented_on: date, actor: Actor, now: datetime
) -> int:
    """Record that a version of the consent was signed; the same version and day again changes nothing.

    One before the first that was known moves the visits that count from the consent and lie ahead.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    if version not in studies.current(session, study_id=participant.study_id).study.consent_versions:
        raise Refusal(Code.UNKNOWN_CODE, f"consent version {version}")
    not_in_future(participant, consented_on, now)
    there = session.scalar(
        select(Consent.id).filter_by(
            participant_id=participant_id, version=version, consented_on=consented_on
        )
    )
    if there:
        return there
    known = anchors_of(session, participant_id=participant_id)
    consent = Consent(
        participant_id=participant_id,
        version=version,
        consented_on=consented_on,
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(consent)
    session.flush()
    replanned = replan_occasions(session, participant=participant, before=known, now=now)
    old, new = replanned.told(None, {"version": version, "consented_on": consented_on.isoformat()})
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="consent.record",
        subject=f"consent:{consent.id}",
        now=now,
        old=old,
        new=new,
        locked=True,
    )
    return consent.id


def record_withdrawal(
    session: Session,
    *,
    participant_id: int,
    scope: WithdrawalScope,
    withdrawn_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Record what a participant no longer wants; what was collected stays.

    Refuses a second one of the same scope, and one before enrolment.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    not_in_future(participant, withdrawn_on, now)
    if session.scalar(select(Withdrawal.id).filter_by(participant_id=participant_id, scope=scope)):
        raise Refusal(Code.ALREADY_RECORDED, f"withdrawal of {scope}")
    if withdrawn_on < participant.enrolled_on:
        raise Refusal(
            Code.DATE_OUT_OF_ORDER, f"withdrawn on {withdrawn_on}, enrolled on {participant.enrolled_on}"
        )
    withdrawal = Withdrawal(
        participant_id=participant_id,
        scope=scope,
        withdrawn_on=withdrawn_on,
        reason=reason,
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(withdrawal)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="withdrawal.record",
        subject=f"withdrawal:{withdrawal.id}",
        now=now,
        new={"scope": scope, "withdrawn_on": withdrawn_on.isoformat()},
        reason=reason,
        locked=True,
    )
    return withdrawal.id
