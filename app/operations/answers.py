"""Answers saved as they are given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue, BadAnswer, read_answer
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
    return take_answers(session, visitor, found, raw, entries=entries, respondent=respondent, now=now)


def take_answers(
    session: Session,
    visitor: Visitor,
    found: Questionnaire,
    raw: Mapping[str, str],
    *,
    entries: Mapping[str, Entry],
    respondent: Respondent | None,
    now: datetime,
) -> Saved:
    """Judge what came, refuse what was not given while the questionnaire was open, and store the rest."""
    opened_at = opening(visitor, found, now)
    entries = {
        item: replace(entry, given_at=max(entry.given_at, opened_at)) for item, entry in entries.items()
    }
    changed, faults = judged(visitor, found, raw, entries=entries, now=now)
    check_open(visitor, found, [entries[item].given_at for item in changed if item in entries], now)
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
    response_id = found.response_id or begin_response(session, found, respondent or "patient", mode, now)
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
        instrument=found.instrument,
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
    visitor: Visitor,
    found: Questionnaire,
    raw: Mapping[str, str],
    *,
    entries: Mapping[str, Entry] = NO_ENTRIES,
    now: datetime,
) -> tuple[dict[str, AnswerValue], dict[str, BadAnswer]]:
    """Return what is new of the answers that came, and what cannot be taken, by item.

    What may be answered today is judged by the day on which it was given, not by that of its arrival.
    """
    changed: dict[str, AnswerValue] = {}
    faults: dict[str, BadAnswer] = {}
    for item, text in raw.items():
        try:
            given_at = entries[item].given_at if item in entries else now
            given_on = civil_date(given_at, visitor.time_zone)
            value = read_answer(found.instrument, item, text, given_on=given_on)
        except BadAnswer as fault:
            faults[item] = fault
            continue
        entry_id = entries[item].entry_id if item in entries else None
        if value != found.answers.get(item) if entry_id is None else entry_id not in found.entry_ids:
            changed[item] = value
    return changed, faults


def opening(visitor: Visitor, found: Questionnaire, now: datetime) -> datetime:
    """Return the instant before which nobody saw the questions, so that nothing was given; now at most.

    A phone whose clock was put right in between says that it was answered on earlier.
    """
    opens_at = datetime.combine(found.window.opens_on, time(), visitor.time_zone).astimezone(UTC)
    return min(opens_at, now)


def check_open(visitor: Visitor, found: Questionnaire, given_at: Collection[datetime], now: datetime) -> None:
    """Refuse what was not given while the occasion was open; what waited on a phone was given earlier."""
    if found.state == "not expected":
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
    days = [civil_date(instant, visitor.time_zone) for instant in given_at or [now]]
    if not all(found.window.opens_on <= day <= found.window.closes_on for day in days):
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)


def begin_response(
    session: Session, found: Questionnaire, respondent: Respondent, mode: Mode, now: datetime
) -> int:
    """Add the response that the first answer, or a sending without any, opens; return its id."""
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
