"""Answers saved as they are given, and the response sent once."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue, BadAnswer, read_answer
from app.domain.codes import SPOKEN
from app.domain.response import GivenAnswer, Mode, Respondent, placed
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.models import Answer, Response
from app.operations import alerts, audit
from app.operations.audit import Chain
from app.queries import responses
from app.queries.access import Visitor
from app.queries.responses import Questionnaire

_ADD_ANSWER = insert(Answer).inline()  # built once: every answer runs it
NO_ENTRIES: Mapping[str, "Entry"] = {}
NOTHING_MORE: Mapping[str, str] = {}
CAME_LATE = "came from a phone after the response had been sent"


@dataclass(frozen=True)
class Entry:
    """What a phone said of one answer: when it was given, its name, and its place in the order there."""

    given_at: datetime
    entry_id: str | None = None
    device: str | None = None
    sequence: int | None = None


@dataclass(frozen=True)
class Saved:
    """All answers that count now, what could not be taken, by item, and the receipt if it was sent before."""

    answers: dict[str, AnswerValue]
    faults: dict[str, BadAnswer] = field(default_factory=dict)
    receipt: str | None = None


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
    entries: Mapping[str, Entry] = NO_ENTRIES,
    respondent: Respondent | None = None,
) -> Saved:
    """Keep what was answered; a bad value is returned as a fault.

    An answer that a phone kept until now comes with its entry: it is stored once under the entry's name, with
    the time at which it was given, and the one given last counts, whichever arrives last. Of an answer
    without an entry a value that counts already adds nothing.

    The visitor must hold the participant's lock (`access.signed_in(lock=True)`). Refuses what was not given
    while the occasion was open. After the response has been sent, only entries of another phone are kept:
    those given before the sending still count by their time (docs/decisions/0009). Other answers are refused.
    """
    found = responses.questionnaire(
        session, visitor=visitor, occasion_id=occasion_id, instrument=instrument, language=language, now=now
    )
    if found.submitted_at is not None and not entries:
        raise Refusal(Code.ALREADY_SENT, found.receipt or "")
    return _save(session, visitor, found, raw, entries=entries, respondent=respondent, now=now)


def _save(
    session: Session,
    visitor: Visitor,
    found: Questionnaire,
    raw: Mapping[str, str],
    *,
    entries: Mapping[str, Entry],
    respondent: Respondent | None,
    now: datetime,
) -> Saved:
    changed, faults = judged(found, raw, entries)
    _check_open(visitor, found, [entries[item].given_at for item in changed if item in entries], now)
    answers = store_answers(
        session,
        visitor=visitor,
        found=found,
        changed=changed,
        entries=entries,
        respondent=respondent,
        now=now,
    )
    return Saved(answers, faults, found.receipt)


def store_answers(
    session: Session,
    *,
    visitor: Visitor,
    found: Questionnaire,
    changed: Mapping[str, AnswerValue],
    entries: Mapping[str, Entry],
    respondent: Respondent | None,
    now: datetime,
    mode: Mode = "phone",
) -> dict[str, AnswerValue]:
    """Add values that were judged, the visitor's actor as who typed them; return what counts now.

    The caller has checked that they may be given, and holds the participant's lock.
    """
    if respondent is not None and found.response_id is not None:
        note_respondent(session, visitor=visitor, found=found, respondent=respondent, now=now)
    if not changed:
        return found.answers
    response_id = found.response_id or _begin(session, found, respondent or "patient", mode, now)
    new = [
        placed(_given(item, value, entries.get(item), now), found.given) for item, value in changed.items()
    ]
    rows = [
        {
            "response_id": response_id,
            "item": each.item,
            "value": each.value,
            "answered_at": each.given_at,
            "received_at": now,
            "wording_id": found.wording_id,
            "entry_id": each.entry_id,
            "device": each.device or visitor.device or None,
            "sequence": each.sequence,
            "entered_by": visitor.actor.label,
        }
        for each in new
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
        reason="" if found.submitted_at is None else CAME_LATE,
        locked=True,
    )
    answers = found.counting_with(new)
    alerts.raise_alerts(
        session,
        study_id=visitor.study_id,
        participant_id=visitor.participant_id,
        response_id=response_id,
        instrument=found.name,
        answers=answers,
        actor=visitor.actor,
        now=now,
    )
    return answers


def _given(item: str, value: AnswerValue, entry: Entry | None, now: datetime) -> GivenAnswer:
    if entry is None:
        return GivenAnswer(item, value, now)
    return GivenAnswer(item, value, entry.given_at, entry.entry_id, entry.device, entry.sequence)


def judged(
    found: Questionnaire, raw: Mapping[str, str], entries: Mapping[str, Entry]
) -> tuple[dict[str, AnswerValue], dict[str, BadAnswer]]:
    """Return what is new of the answers that came, and what cannot be taken, by item."""
    changed: dict[str, AnswerValue] = {}
    faults: dict[str, BadAnswer] = {}
    for item, text in raw.items():
        try:
            value = read_answer(found.instrument, item, text)
        except BadAnswer as fault:
            faults[item] = fault
            continue
        entry_id = entries[item].entry_id if item in entries else None
        if value != found.answers.get(item) if entry_id is None else entry_id not in found.entry_ids:
            changed[item] = value
    return changed, faults


def _check_open(
    visitor: Visitor, found: Questionnaire, given_at: Collection[datetime], now: datetime
) -> None:
    """Refuse what was not given while the occasion was open; what waited on a phone was given earlier."""
    if found.state == "not expected":
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
    days = [civil_date(instant, visitor.time_zone) for instant in given_at or [now]]
    if not all(found.window.opens_on <= day <= found.window.closes_on for day in days):
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)


def _begin(session: Session, found: Questionnaire, respondent: Respondent, mode: Mode, now: datetime) -> int:
    response = Response(
        occasion_id=found.occasion_id,
        instrument=found.name,
        instrument_version_id=found.instrument_version_id,
        wording_id=found.wording_id,
        respondent=respondent,
        mode=mode,
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
            saved = _save(session, visitor, found, raw, entries=entries, respondent=None, now=now)
            return Submitted(found.receipt, again=True, saved=saved)
        return _sent_again(session, visitor, found, raw, now=now)
    _check_open(visitor, found, [sent_at or now], now)
    saved = _save(session, visitor, found, raw, entries=entries, respondent=respondent, now=now)
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
        response_id = _begin(session, found, respondent or "patient", mode, now)
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


def note_respondent(
    session: Session, *, visitor: Visitor, found: Questionnaire, respondent: Respondent, now: datetime
) -> None:
    """Keep who answers, where that changes before the response is sent."""
    if found.submitted_at is not None or respondent == found.respondent:
        return
    session.execute(update(Response).where(Response.id == found.response_id).values(respondent=respondent))
    audit.record(
        session,
        chain=Chain("participant", visitor.participant_id),
        actor=visitor.actor,
        action="response.respondent",
        subject=f"response:{found.response_id}",
        now=now,
        old={"respondent": found.respondent},
        new={"respondent": respondent},
        locked=True,
    )


def new_receipt() -> str:
    """Return a receipt that no one can guess and everyone can read out."""
    return "".join(secrets.choice(SPOKEN) for _ in range(8))


def _sent_again(
    session: Session, visitor: Visitor, found: Questionnaire, raw: Mapping[str, str], *, now: datetime
) -> Submitted:
    changed, _ = judged(found, raw, NO_ENTRIES)
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
