"""Corrections of answers that were sent: a documented request beside the original, decided by another."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.answer import read_answer
from app.domain.correction import CorrectionDecision as Decision
from app.domain.correction import CorrectionSource
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.models import Correction, CorrectionDecision, Occasion, Response
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.queries import stored_answers, studies


def request_correction(
    session: Session,
    *,
    participant_id: int,
    response_id: int,
    item: str,
    raw: str,
    source: CorrectionSource,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask that an answer be corrected and return the request's id; the same request again is the same one.

    BadAnswer for a value that the item could not take on the day of the answer. Refuses a response that was
    not sent yet, a value that is there already, a missing reason, and a second request for one answer while
    the first is open.
    """
    zone = ZoneInfo(held(session, participant_id=participant_id, actor=actor).time_zone)
    found = stored_answers.one(session, participant_id=participant_id, response_id=response_id)
    if found.submitted_at is None:
        raise Refusal(Code.OCCASION_NOT_OPEN, "a correction of answers that were not sent")
    if not reason.strip():
        raise Refusal(Code.REASON_NEEDED, "why the answer is to be corrected")
    given = next((each for each in found.answers if each.item == item and each.counts), None)
    before = given.value if given else None
    value = read_answer(
        studies.instrument(session, found.instrument_version_id),
        item,
        raw,
        given_on=civil_date(given.answered_at if given else found.submitted_at, zone),
    )
    there = _open(session, response_id, item)
    if there is not None and (there.value, there.reason) == (value, reason.strip()):
        return there.id
    if there is not None or value == before:
        raise Refusal(Code.ALREADY_RECORDED, f"a correction of {item}")
    correction = Correction(
        response_id=response_id,
        item=item,
        value=value,
        source=source,
        reason=reason.strip(),
        requested_at=now,
        requested_by=actor.label,
    )
    session.add(correction)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="correction.request",
        subject=f"correction:{correction.id}",
        now=now,
        old={"response": response_id, "item": item, "value": before},
        new={"value": value, "source": source},
        reason=reason.strip(),
        locked=True,
    )
    return correction.id


def _open(session: Session, response_id: int, item: str) -> Correction | None:
    return session.scalar(
        select(Correction)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .where(
            Correction.response_id == response_id,
            Correction.item == item,
            CorrectionDecision.correction_id.is_(None),
        )
    )


def decide_correction(
    session: Session, *, correction_id: int, decision: Decision, note: str, actor: Actor, now: datetime
) -> None:
    """Accept or decline a request, once, and not one's own; the answer that was sent stays as it is."""
    row = session.execute(
        select(Correction, Occasion.participant_id)
        .join(Response, Response.id == Correction.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Correction.id == correction_id)
    ).first()
    if row is None:
        raise Refusal(Code.NOT_FOUND, f"correction {correction_id}")
    correction, participant_id = row
    held(session, participant_id=participant_id, actor=actor)
    if correction.requested_by == actor.label:
        raise Refusal(Code.NOT_ALLOWED, "one's own request")
    if session.get(CorrectionDecision, correction_id, populate_existing=True) is not None:
        raise Refusal(Code.ALREADY_RECORDED, "the decision")
    session.add(
        CorrectionDecision(
            correction_id=correction_id,
            decision=decision,
            note=note.strip(),
            decided_at=now,
            decided_by=actor.label,
        )
    )
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="correction.decide",
        subject=f"correction:{correction_id}",
        now=now,
        new={"decision": decision},
        reason=note.strip(),
        locked=True,
    )
