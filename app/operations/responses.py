"""A response sent once, with what came along."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.codes import SPOKEN
from app.domain.response import Mode, Respondent
from app.errors import Code, Refusal
from app.models import Response
from app.operations import audit
from app.operations.answers import (
    NO_ENTRIES,
    Entry,
    Saved,
    begin_response,
    check_open,
    judged,
    opening,
    take_answers,
)
from app.operations.audit import Chain
from app.queries import responses
from app.queries.access import Visitor
from app.queries.responses import Questionnaire

NOTHING_MORE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Submitted:
    """The receipt, and whether it was given before; with faults there is none, and still a draft."""

    receipt: str | None
    again: bool
    saved: Saved


def submit_response(
    session: Session,
    *,
    visitor: Visitor,
    occasion_id: int,
    instrument: str,
    raw: Mapping[str, str],
    submission_id: str,
    now: datetime,
    language: str,
    entries: Mapping[str, Entry] = NO_ENTRIES,
    respondent: Respondent | None = None,
    sent_at: datetime | None = None,
) -> Submitted:
    """Save what came along and send the response, once: a second sending gives the same receipt.

    `sent_at` is when the participant pressed the button, where that waited on a phone: it must lie in the
    occasion's window. Answers without an entry that a second sending brings and that differ from what was
    sent are kept in the audit trail.
    """
    found = responses.questionnaire(
        session, visitor=visitor, occasion_id=occasion_id, instrument=instrument, language=language, now=now
    )
    if found.submitted_at is not None:
        if entries:
            saved = take_answers(session, visitor, found, raw, entries=entries, respondent=None, now=now)
            return Submitted(found.receipt, again=True, saved=saved)
        return _sent_again(session, visitor, found, raw, now=now)
    check_open(visitor, found, [max(sent_at or now, opening(visitor, found, now))], now)
    saved = take_answers(session, visitor, found, raw, entries=entries, respondent=respondent, now=now)
    if saved.faults:
        return Submitted(None, again=False, saved=saved)
    receipt = send(
        session, visitor=visitor, found=found, submission_id=submission_id, respondent=respondent, now=now
    )
    return Submitted(receipt, again=False, saved=saved)


def send(
    session: Session,
    *,
    visitor: Visitor,
    found: Questionnaire,
    submission_id: str,
    respondent: Respondent | None,
    now: datetime,
    mode: Mode = "phone",
    told: Mapping[str, str] = NOTHING_MORE,
    reason: str = "",
) -> str:
    """Close a questionnaire and return its receipt; `told` is what the trail keeps beside it, and why."""
    if session.scalar(select(Response.id).where(Response.submission_id == submission_id)):
        raise Refusal(Code.ALREADY_RECORDED, f"submission {submission_id} is of another questionnaire")
    response_id = found.response_id or responses.response_id(
        session, occasion_id=found.occasion_id, instrument=found.name
    )
    if response_id is None:
        response_id = begin_response(session, found, respondent or "patient", mode, now)
    receipt = new_receipt()
    sent = {"submitted_at": now, "submission_id": submission_id, "receipt": receipt, "mode": mode}
    session.execute(
        update(Response).where(Response.id == response_id).values(wording_id=found.wording_id, **sent)
    )
    audit.record(
        session,
        chain=Chain("participant", visitor.participant_id),
        actor=visitor.actor,
        action="response.submit",
        subject=f"response:{response_id}",
        now=now,
        new={"receipt": receipt, "instrument": found.name, "visit": found.visit.code, **told},
        reason=reason,
        locked=True,
    )
    return receipt


def new_receipt() -> str:
    """Return a receipt that no one can guess and everyone can read out."""
    return "".join(secrets.choice(SPOKEN) for _ in range(8))


def _sent_again(
    session: Session, visitor: Visitor, found: Questionnaire, raw: Mapping[str, str], *, now: datetime
) -> Submitted:
    changed, _ = judged(visitor, found, raw, now=now)
    if changed:
        audit.record(
            session,
            chain=Chain("participant", visitor.participant_id),
            actor=visitor.actor,
            action="response.submit_again",
            subject=f"response:{found.response_id}",
            now=now,
            old={item: found.answers.get(item) for item in changed},
            new=changed,
            reason="came after the response had been sent; not part of it",
            locked=True,
        )
    return Submitted(found.receipt, again=True, saved=Saved(found.answers))
