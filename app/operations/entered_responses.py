"""Answers that a participant gave by telephone or on paper, typed in by staff: sent as a response, once.

Forms that staff fill in, of which participants know nothing, come the same way.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.response import STAFF, Mode, Respondent
from app.domain.schedule import ANSWERABLE, civil_date
from app.errors import Code, Refusal
from app.models import Consent, Response
from app.operations.answers import Entry, Saved, judged, store_answers
from app.operations.participants import held, not_in_future
from app.operations.responses import Submitted, send
from app.queries import participants, responses, studies
from app.queries.access import Visitor
from app.queries.endings import ending
from app.queries.responses import Questionnaire

MIDDAY = time(12)
"""Paper tells the day on which it was filled in and not the hour."""


def enter_response(
    session: Session,
    *,
    participant_id: int,
    occasion_id: int,
    instrument: str,
    raw: Mapping[str, str],
    mode: Mode,
    respondent: Respondent,
    answered_on: date,
    language: str,
    reason: str,
    submission_id: str,
    actor: Actor,
    now: datetime,
) -> Submitted:
    """Keep what someone answered on a civil day, in the words of a language, and send it; a draft joins it.

    What a draft holds from the phone stays: of each item the answer given later counts, and an item left
    empty takes nothing back. With a faulty answer nothing is stored. The same again gives the same receipt.

    Refuses a day before the consent, after a death or a withdrawal of answers or follow-up, or in the future,
    and a questionnaire that has been sent. Outside the visit's window a reason is needed, for the trail. Of a
    form that staff fill in `respondent` is "staff", and of no other.
    """
    visitor = _visitor(session, participant_id=participant_id, language=language, actor=actor)
    if (instrument, language) not in studies.current(session, study_id=visitor.study_id).offered:
        raise Refusal(Code.LANGUAGE_NOT_OFFERED, language)
    found = responses.questionnaire(
        session,
        visitor=visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        language=language,
        now=now,
        by_staff=True,
    )
    if (respondent == STAFF) != found.is_staff_form:
        raise Refusal(Code.FAULTY_INPUT, f"{instrument} answered by {respondent}")
    if found.submitted_at is not None:
        return _sent_before(session, found, submission_id)
    _check_day(session, visitor, answered_on, now)
    _check_window(visitor, found, answered_on, reason, now)
    given_at = _given_at(visitor, answered_on, mode, now)
    there = {item: text for item, text in raw.items() if text.strip()}
    entries = {item: Entry(given_at, _entry_id(submission_id, item)) for item in there}
    changed, faults = judged(visitor, found, there, entries=entries, now=now)
    if faults:
        return Submitted(None, again=False, saved=Saved(found.answers, faults))
    answers = store_answers(
        session,
        visitor=visitor,
        found=found,
        changed={item: value for item, value in changed.items() if value is not None},
        entries=entries,
        respondent=respondent,
        mode=mode,
        now=now,
    )
    receipt = send(
        session,
        visitor=visitor,
        found=found,
        submission_id=submission_id,
        respondent=respondent,
        mode=mode,
        now=now,
        told={"mode": mode, "respondent": respondent, "answered_on": answered_on.isoformat()},
        reason=reason,
    )
    return Submitted(receipt, again=False, saved=Saved(answers))


def reason_needed(found: Questionnaire, answered_on: date) -> bool:
    """Return whether answers come outside the time of their visit: typed in after it, or given outside it."""
    return found.state not in ANSWERABLE or not _in_window(found, answered_on)


def _in_window(found: Questionnaire, day: date) -> bool:
    return found.window.opens_on <= day <= found.window.closes_on


def _visitor(session: Session, *, participant_id: int, language: str, actor: Actor) -> Visitor:
    """Return the participant as one who answers by the hand of staff."""
    held(session, participant_id=participant_id, actor=actor)
    row = participants.one(session, actor=actor, participant_id=participant_id)
    return Visitor(row.id, row.study_id, row.site, language, row.time_zone, actor)


def _sent_before(session: Session, found: Questionnaire, submission_id: str) -> Submitted:
    if (
        session.scalar(select(Response.submission_id).where(Response.id == found.response_id))
        == submission_id
    ):
        return Submitted(found.receipt, again=True, saved=Saved(found.answers, receipt=found.receipt))
    raise Refusal(Code.ALREADY_SENT, found.receipt or "")


def _check_day(session: Session, visitor: Visitor, day: date, now: datetime) -> None:
    participant_id = visitor.participant_id
    not_in_future(held(session, participant_id=participant_id, actor=visitor.actor), day, now)
    consented_on = session.scalar(
        select(func.min(Consent.consented_on)).where(Consent.participant_id == participant_id)
    )
    if consented_on is None:
        raise Refusal(Code.NO_CONSENT, f"participant {participant_id}")
    if day < consented_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"answered on {day}, consented on {consented_on}")
    ended = ending(session, participant_id=participant_id)
    if ended.dead_on is not None and day > ended.dead_on:
        raise Refusal(Code.DEAD, str(ended.dead_on))
    withdrawn = (ended.withdrawals.get("answers"), ended.withdrawals.get("follow-up"))
    if any(on is not None and day > on for on in withdrawn):
        raise Refusal(Code.WITHDRAWN, f"answered on {day}")


def _check_window(visitor: Visitor, found: Questionnaire, day: date, reason: str, now: datetime) -> None:
    if civil_date(now, visitor.time_zone) < found.window.opens_on:
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
    if reason_needed(found, day) and not reason.strip():
        raise Refusal(Code.REASON_NEEDED, f"answered on {day}, {found.state}")


def _given_at(visitor: Visitor, day: date, mode: Mode, now: datetime) -> datetime:
    """Return the instant that a day stands for: of a call today this one, otherwise midday there."""
    if mode == "telephone" and day == civil_date(now, visitor.time_zone):
        return now
    return min(now, datetime.combine(day, MIDDAY, visitor.time_zone))


def _entry_id(submission_id: str, item: str) -> str:
    return hashlib.sha256(f"{submission_id}:{item}".encode()).hexdigest()
