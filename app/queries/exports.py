"""All facts of a study as the rows of its import files, without contact details, in an order of their own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import ActorKind
from app.domain.adjudication import Rule, counting
from app.domain.answer import filed
from app.formats.tables import (
    ConsentRow,
    EventRow,
    ParticipantRow,
    ResponseRow,
    SightingRow,
    Tables,
    TreatmentRow,
    WithdrawalRow,
)
from app.models import (
    Answer,
    Consent,
    Event,
    InstrumentVersion,
    Occasion,
    Participant,
    Reading,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
    Wording,
)
from app.queries import made_readings, studies

PARTICIPANT: ActorKind = "participant"
Told = TypeVar("Told", Consent, Treatment, Sighting, Withdrawal)


@dataclass(frozen=True)
class PublishedWording:
    """A wording of a study, named as the files name it; `version` covers the instrument and its words."""

    wording_id: int
    instrument_version_id: int
    instrument: str
    language: str
    version: str


def study_tables(session: Session, *, study_id: int) -> Tables:
    """Return everything that is stored of a study's participants.

    The order depends on nothing but the facts themselves, so that two databases with the same facts give the
    same files. Of an event's readings the one that counts is told; of an item every value ever given.
    """
    return Tables(
        participants=_participants(session, study_id),
        consents=_consents(session, study_id),
        treatments=_treatments(session, study_id),
        events=_events(session, study_id),
        sightings=_sightings(session, study_id),
        withdrawals=_withdrawals(session, study_id),
        responses=_responses(session, study_id),
    )


def wordings(session: Session, *, study_id: int) -> Mapping[int, PublishedWording]:
    """Return every wording that any version of the study ever offered, by its id."""
    rows = session.execute(
        select(
            Wording.id,
            InstrumentVersion.id.label("instrument_version_id"),
            InstrumentVersion.name,
            Wording.language,
            InstrumentVersion.content_hash.label("instrument_hash"),
            Wording.content_hash,
        )
        .join(InstrumentVersion, InstrumentVersion.id == Wording.instrument_version_id)
        .where(InstrumentVersion.study_id == study_id)
    )
    return {
        row.id: PublishedWording(
            row.id,
            row.instrument_version_id,
            row.name,
            row.language,
            f"{row.instrument_hash[:12]}-{row.content_hash[:12]}",
        )
        for row in rows
    }


def _participants(session: Session, study_id: int) -> tuple[ParticipantRow, ...]:
    rows = [
        ParticipantRow(
            code=one.code,
            site=one.site,
            enrolled_on=one.enrolled_on,
            language=one.language,
            time_zone=one.time_zone,
            randomised_on=one.randomised_on,
            arm=one.arm,
        )
        for one in session.scalars(select(Participant).where(Participant.study_id == study_id))
    ]
    return tuple(sorted(rows, key=lambda row: row.key))


def _told(session: Session, study_id: int, kind: type[Told]) -> Iterable[tuple[str, Told]]:
    """Return the rows of one table with the codes of their participants."""
    return session.execute(
        select(Participant.code, kind)
        .join(kind, kind.participant_id == Participant.id)
        .where(Participant.study_id == study_id)
    )


def _consents(session: Session, study_id: int) -> tuple[ConsentRow, ...]:
    found = _told(session, study_id, Consent)
    rows = [
        ConsentRow(participant=code, version=one.version, consented_on=one.consented_on)
        for code, one in found
    ]
    return tuple(sorted(rows, key=lambda row: row.key))


def _treatments(session: Session, study_id: int) -> tuple[TreatmentRow, ...]:
    found = _told(session, study_id, Treatment)
    rows = [
        TreatmentRow(participant=code, given_on=one.given_on, lot=one.lot, route=one.route)
        for code, one in found
    ]
    return tuple(sorted(rows, key=lambda row: row.key))


def _events(session: Session, study_id: int) -> tuple[EventRow, ...]:
    found = session.execute(
        select(Participant.code, Participant.time_zone, Event)
        .join(Event, Event.participant_id == Participant.id)
        .where(Participant.study_id == study_id)
    )
    readings = session.scalars(
        select(Reading)
        .join(Event, Event.id == Reading.event_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Reading.id)
    )
    asked = studies.current(session, study_id=study_id).study.adjudication
    made: defaultdict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        made[reading.event_id].append(reading)
    stored = found.all()
    report_ids = {event.id: event.report_id for _, _, event in stored}
    rows = [
        _event(code, ZoneInfo(zone), event, _counting(made[event.id], asked.rule(event.kind)), report_ids)
        for code, zone, event in stored
    ]
    return tuple(sorted(rows, key=lambda row: (row.participant, str(row.started), row.report_id)))


def _counting(readings: Sequence[Reading], rule: Rule) -> Reading | None:
    found = counting([made_readings.made(each) for each in readings], rule)
    return next((each for each in readings if found is not None and each.id == found.id), None)


def _event(
    code: str, zone: ZoneInfo, event: Event, reading: Reading | None, report_ids: Mapping[int, str]
) -> EventRow:
    other = reading.duplicate_of_id if reading else None
    return EventRow(
        participant=code,
        report_id=event.report_id,
        kind=event.kind,
        started=event.started,
        ended=event.ended,
        ongoing=event.ongoing,
        reason=event.reason,
        place=event.place,
        reported_at=event.reported_at.astimezone(zone),
        decision=reading.decision if reading else None,
        agreed_started_on=reading.agreed_started_on if reading else None,
        agreed_ended_on=reading.agreed_ended_on if reading else None,
        note=reading.note if reading else "",
        read_at=reading.read_at.astimezone(zone) if reading else None,
        duplicate_of=None if other is None else report_ids[other],
        term=event.term,
        criteria=event.criteria,
        recovery=event.recovery,
    )


def _sightings(session: Session, study_id: int) -> tuple[SightingRow, ...]:
    found = _told(session, study_id, Sighting)
    rows = [
        SightingRow(participant=code, seen_on=one.seen_on, how=one.how, untransplanted=one.untransplanted)
        for code, one in found
    ]
    return tuple(sorted(rows, key=lambda row: row.key))


def _withdrawals(session: Session, study_id: int) -> tuple[WithdrawalRow, ...]:
    found = _told(session, study_id, Withdrawal)
    rows = [
        WithdrawalRow(participant=code, scope=one.scope, withdrawn_on=one.withdrawn_on, reason=one.reason)
        for code, one in found
    ]
    return tuple(sorted(rows, key=lambda row: row.key))


def _responses(session: Session, study_id: int) -> tuple[ResponseRow, ...]:
    published = wordings(session, study_id=study_id)
    study = studies.current(session, study_id=study_id).study
    order = {visit.code: position for position, visit in enumerate(study.schedule)}
    # An answer has no wording of its own only where there is no answer: then the response's stands for it.
    wording_id = func.coalesce(Answer.wording_id, Response.wording_id).label("wording_id")
    found = session.execute(
        select(
            Participant.code,
            Participant.time_zone,
            Occasion.visit,
            Response.instrument,
            Answer.item,
            Answer.value,
            Answer.answered_at,
            Answer.received_at,
            wording_id,
            Response.respondent,
            Response.mode,
            Response.submitted_at,
            Answer.entered_by,
        )
        .join(Occasion, Occasion.participant_id == Participant.id)
        .join(Response, Response.occasion_id == Occasion.id)
        .outerjoin(Answer, Answer.response_id == Response.id)
        .where(Participant.study_id == study_id)
        .order_by(Answer.id)
    )
    rows = []
    for one in found:
        zone, words = ZoneInfo(one.time_zone), published[one.wording_id]
        rows.append(
            ResponseRow(
                participant=one.code,
                visit=one.visit,
                instrument=one.instrument,
                item=one.item,
                value=None if one.value is None else filed(one.value),
                answered_at=_there(one.answered_at, zone),
                received_at=_there(one.received_at, zone),
                language=words.language,
                respondent=one.respondent,
                mode=one.mode,
                sent_at=_there(one.submitted_at, zone),
                version=words.version,
                entered_by=_origin(one.entered_by),
            )
        )
    # Sorting keeps equals in order: the values of one response stay as they were given one after another.
    rows.sort(key=lambda row: (row.participant, order.get(row.visit, len(order)), row.visit, row.instrument))
    return tuple(rows)


def _origin(entered_by: str | None) -> str | None:
    """Return who typed an answer; of participants no key, which means nothing elsewhere."""
    return PARTICIPANT if entered_by and entered_by.startswith(f"{PARTICIPANT}:") else entered_by


def _there(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone)
