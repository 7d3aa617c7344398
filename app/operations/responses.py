"""Answers saved as they are given, and the response sent once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue, BadAnswer, read_answer
from app.domain.codes import SPOKEN
from app.domain.schedule import ANSWERABLE
from app.errors import Code, Refusal
from app.models import Answer, Response
from app.operations import audit
from app.operations.audit import Chain
from app.queries import responses
from app.queries.access import Visitor
from app.queries.responses import Questionnaire

_ADD_ANSWER = insert(Answer).inline()  # built once: every answer runs it


@dataclass(frozen=True)
class Saved:
    """All answers that are stored now, and what could not be taken, by item."""

    answers: dict[str, AnswerValue]
    faults: dict[str, BadAnswer] = field(default_factory=dict)


@dataclass(frozen=True)
class Submitted:
    """The receipt, and whether it was given before; with faults there is none, and still a draft."""

    receipt: str | None
    again: bool
    saved: Saved


def save_answers(
    session: Session,
    *,
    visitor: Visitor,
    occasion_id: int,
    instrument: str,
    raw: Mapping[str, str],
    now: datetime,
    language: str,
    answered_at: datetime | None = None,
) -> Saved:
    """Keep what was answered; a value that is stored already adds nothing, a bad one is returned as a fault.

    The visitor must hold the participant's lock (`access.signed_in(lock=True)`). Refuses an occasion that is
    not open and a response that has been sent.
    """
    found = responses.questionnaire(
        session, visitor=visitor, occasion_id=occasion_id, instrument=instrument, language=language, now=now
    )
    if found.submitted_at is not None:
        raise Refusal(Code.ALREADY_SENT, found.receipt or "")
    return _save(session, visitor, found, raw, answered_at=answered_at or now, now=now)


def _save(
    session: Session,
    visitor: Visitor,
    found: Questionnaire,
    raw: Mapping[str, str],
    *,
    answered_at: datetime,
    now: datetime,
) -> Saved:
    if found.state not in ANSWERABLE:
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
    changed, faults = _changes(found, raw)
    if not changed:
        return Saved(found.answers, faults)
    response_id = found.response_id or _begin(session, found, now)
    rows = [
        {
            "response_id": response_id,
            "item": item,
            "value": value,
            "answered_at": answered_at,
            "received_at": now,
            "wording_id": found.wording_id,
        }
        for item, value in changed.items()
    ]
    session.connection().execute(_ADD_ANSWER, rows if len(rows) > 1 else rows[0])
    audit.record(
        session,
        chain=Chain("participant", visitor.participant_id),
        actor=visitor.actor,
        action="answers.save",
        subject=f"response:{response_id}",
        now=now,
        old={item: found.answers.get(item) for item in changed},
        new=changed,
        locked=True,
    )
    return Saved(found.answers | changed, faults)


def _changes(
    found: Questionnaire, raw: Mapping[str, str]
) -> tuple[dict[str, AnswerValue], dict[str, BadAnswer]]:
    changed: dict[str, AnswerValue] = {}
    faults: dict[str, BadAnswer] = {}
    for item, text in raw.items():
        try:
            value = read_answer(found.instrument, item, text)
        except BadAnswer as fault:
            faults[item] = fault
            continue
        if value != found.answers.get(item):
            changed[item] = value
    return changed, faults


def _begin(session: Session, found: Questionnaire, now: datetime) -> int:
    response = Response(
        occasion_id=found.occasion_id,
        instrument=found.name,
        instrument_version_id=found.instrument_version_id,
        wording_id=found.wording_id,
        respondent="patient",
        mode="phone",
        started_at=now,
    )
    session.add(response)
    session.flush()
    return response.id


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
) -> Submitted:
    """Save what came along and send the response, once: a second sending gives the same receipt.

    Answers that a second sending brings and that differ from what was sent are kept in the audit trail.
    """
    found = responses.questionnaire(
        session, visitor=visitor, occasion_id=occasion_id, instrument=instrument, language=language, now=now
    )
    if found.submitted_at is not None:
        return _sent_again(session, visitor, found, raw, now=now)
    saved = _save(session, visitor, found, raw, answered_at=now, now=now)
    if saved.faults:
        return Submitted(None, again=False, saved=saved)
    if session.scalar(select(Response.id).where(Response.submission_id == submission_id)):
        raise Refusal(Code.ALREADY_RECORDED, f"submission {submission_id} is of another questionnaire")
    response_id = found.response_id or responses.response_id(
        session, occasion_id=occasion_id, instrument=instrument
    )
    if response_id is None:
        response_id = _begin(session, found, now)
    receipt = new_receipt()
    session.execute(
        update(Response)
        .where(Response.id == response_id)
        .values(submitted_at=now, submission_id=submission_id, receipt=receipt, wording_id=found.wording_id)
    )
    audit.record(
        session,
        chain=Chain("participant", visitor.participant_id),
        actor=visitor.actor,
        action="response.submit",
        subject=f"response:{response_id}",
        now=now,
        new={"receipt": receipt, "instrument": instrument, "visit": found.visit.code},
        locked=True,
    )
    return Submitted(receipt, again=False, saved=saved)


def new_receipt() -> str:
    """Return a receipt that no one can guess and everyone can read out."""
    return "".join(secrets.choice(SPOKEN) for _ in range(8))


def _sent_again(
    session: Session, visitor: Visitor, found: Questionnaire, raw: Mapping[str, str], *, now: datetime
) -> Submitted:
    changed, _ = _changes(found, raw)
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
