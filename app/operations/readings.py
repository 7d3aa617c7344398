"""Readings: what a reviewer decided about a reported event, beside the report and earlier readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import LASTING_KINDS, Decision, Rule, may_read, outcome, shown_to
from app.domain.study import Adjudication
from app.errors import Code, Refusal
from app.models import Event, Participant, Reading
from app.operations import audit, signatures
from app.operations.audit import Chain
from app.operations.participants import held, not_in_future
from app.operations.signatures import Signing
from app.queries import made_readings, studies


@dataclass(frozen=True)
class _Said:
    """What one reading says, and by whom."""

    decision: Decision
    agreed_started_on: date | None
    agreed_ended_on: date | None
    duplicate_of_id: int | None
    note: str
    read_by: str


def read_event(
    session: Session,
    *,
    event_id: int,
    decision: Decision,
    actor: Actor,
    now: datetime,
    agreed_started_on: date | None = None,
    agreed_ended_on: date | None = None,
    duplicate_of: int | None = None,
    note: str = "",
    seen: int | None = None,
    signing: Signing | None = None,
) -> int:
    """Record a reviewer's decision beside the report and return its id; to confirm needs dates.

    `seen` is how many readings the reviewer knew of: refuses where there are more by now, unless the newest
    is this very one, sent twice. Refuses who is not asked to read it, and who would be heard twice. Where the
    study wants readings signed, `signing` holds what the signature means and by what it was confirmed; the
    caller has made sure that it is the account's owner who signs.
    """
    event = session.get(Event, event_id)
    if event is None:
        raise Refusal(Code.NOT_FOUND, f"event {event_id}")
    participant = held(session, participant_id=event.participant_id, actor=actor)
    if decision != "confirmed":
        agreed_started_on = agreed_ended_on = None
    said = _Said(decision, agreed_started_on, agreed_ended_on, duplicate_of, note, actor.label)
    _check_dates(participant, event, said, now)
    there = session.scalars(select(Reading).filter_by(event_id=event_id).order_by(Reading.id)).all()
    asked = studies.current(session, study_id=participant.study_id).study.adjudication
    _check_duplicate(session, event, said, asked.rule(event.kind))
    if seen is not None:
        sent_before = _sent_before(there, said, asked.rule(event.kind), seen)
        if sent_before is not None:
            return sent_before
    _check_reader(event, there, asked, actor, signed=signing is not None)
    reading = Reading(event_id=event_id, read_at=now, **said.__dict__)
    session.add(reading)
    session.flush()
    signed: dict[str, object] = {}
    if signing is not None:
        signature = signatures.sign(
            session, event=event, reading=reading, signing=signing, actor=actor, now=now
        )
        signed = {"signature": signature, "confirmed_by": signing.confirmed_by}
    _record(session, event, said, signed, actor, now)
    return reading.id


def _check_dates(participant: Participant, event: Event, said: _Said, now: datetime) -> None:
    started_on, ended_on = said.agreed_started_on, said.agreed_ended_on
    if said.decision == "confirmed" and started_on is None:
        raise Refusal(Code.FAULTY_INPUT, "a confirmed event needs the agreed date")
    for day in filter(None, (started_on, ended_on)):
        not_in_future(participant, day, now)
    if started_on and ended_on and ended_on < started_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"from {started_on} to {ended_on}")
    if event.kind not in LASTING_KINDS and ended_on is not None:
        raise Refusal(Code.FAULTY_INPUT, f"{event.kind}: it has no end")


def _check_duplicate(session: Session, event: Event, said: _Said, rule: Rule) -> None:
    """Refuse what would leave nothing to count: the duplicate of a duplicate, or of something else.

    What the other event is settled as counts, and what its reader said of it: a colleague's reading that they
    are not shown would be told by a refusal.
    """
    key = said.duplicate_of_id
    if (said.decision == "duplicate") != (key is not None):
        raise Refusal(Code.FAULTY_INPUT, "a duplicate names the other event, and nothing else does")
    if key is None:
        return
    other = session.get(Event, key)
    alike = other is not None and (other.participant_id, other.kind) == (event.participant_id, event.kind)
    if not alike or key == event.id:
        raise Refusal(Code.UNKNOWN_CODE, f"event {key} is no duplicate of event {event.id}")
    stored = session.scalars(select(Reading).filter_by(event_id=key).order_by(Reading.id))
    made = [made_readings.made(each) for each in stored]
    own = [each.decision for each in made if each.read_by == said.read_by][-1:]
    if "duplicate" in (outcome(made, rule), *own):
        raise Refusal(Code.IN_USE, f"event {key} is read as a duplicate itself")
    if "refuted" in (outcome(made, rule), *own):  # or a death that was told twice would stop counting
        raise Refusal(Code.UNKNOWN_CODE, f"event {key} is refuted")


def _sent_before(there: Sequence[Reading], said: _Said, rule: Rule, seen: int) -> int | None:
    """Return the id of this very reading, if it was sent before; refuse it beside others that were not seen.

    What an independent reader cannot see, another's reading, is nothing that they should have seen.
    """
    made = [made_readings.made(each) for each in there]
    mine = [place for place, each in enumerate(there) if each.read_by == said.read_by]
    own = mine[-1] if mine else None

    def shown(to: int) -> int:
        return len(shown_to(made[:to], reader=said.read_by, rule=rule))

    if own is not None and _of(there[own]) == said and shown(own) == seen:
        return there[own].id
    if shown(len(made)) != seen:
        raise Refusal(Code.CHANGED_MEANWHILE, f"the event has other readings than {seen}")
    return None


def _check_reader(
    event: Event, there: Sequence[Reading], asked: Adjudication, actor: Actor, *, signed: bool
) -> None:
    made = [made_readings.made(each) for each in there]
    if not may_read(made, reader=actor.label, rule=asked.rule(event.kind)):
        raise Refusal(Code.NOT_ALLOWED, f"event {event.id} needs no reading by {actor.label}")
    if actor.kind != "account":
        return
    if actor.role not in asked.readers(event.kind):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.role} does not read a {event.kind}")
    if asked.is_signed(event.kind) and not signed:
        raise Refusal(Code.SIGNATURE_NEEDED, f"event {event.id}")


def _of(reading: Reading) -> _Said:
    return _Said(
        reading.decision,
        reading.agreed_started_on,
        reading.agreed_ended_on,
        reading.duplicate_of_id,
        reading.note,
        reading.read_by,
    )


def _record(
    session: Session,
    event: Event,
    said: _Said,
    signed: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> None:
    """Add the entry; what is new since readings were first recorded stands in it only where it is said."""
    new: dict[str, object] = {
        "decision": said.decision,
        "agreed_started_on": said.agreed_started_on.isoformat() if said.agreed_started_on else None,
        "agreed_ended_on": said.agreed_ended_on.isoformat() if said.agreed_ended_on else None,
        "note": said.note,
    }
    if said.duplicate_of_id is not None:
        new["duplicate_of"] = said.duplicate_of_id
    audit.record(
        session,
        chain=Chain("participant", event.participant_id),
        actor=actor,
        action="event.read",
        subject=f"event:{event.id}",
        now=now,
        new=new | dict(signed),
        locked=True,
    )
