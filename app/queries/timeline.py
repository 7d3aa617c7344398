"""Everything that is recorded of one participant, in the order in which it happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.schedule import civil_date
from app.models import (
    Consent,
    Link,
    Occasion,
    Reminder,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
)
from app.queries import events, participants, stored_answers, studies
from app.queries.participants import ParticipantRow
from app.queries.worklist import reminder_state


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened: `kind` names it (`event.read`), `details` holds what a page may say of it."""

    on: date
    at: datetime | None
    kind: str
    details: Mapping[str, object] = field(default_factory=dict)


def timeline(session: Session, *, actor: Actor, participant_id: int) -> list[TimelineEntry]:
    """Return a participant's entries, oldest first; no arm and no lot where blinded."""
    participant = participants.one(session, actor=actor, participant_id=participant_id)
    blinded = studies.current(session, study_id=participant.study_id).study.blinding != "none"
    entries = [
        *_way_into_the_study(session, participant, blinded),
        *_given(session, participant, blinded),
        *_answered(session, participant),
        *_happened(session, participant, actor),
        *_written(session, participant),
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.at.isoformat() if entry.at else "", entry.kind))


def _way_into_the_study(
    session: Session, participant: ParticipantRow, blinded: bool
) -> Iterator[TimelineEntry]:
    yield TimelineEntry(participant.enrolled_on, None, "participant.enrol")
    for consent in session.scalars(select(Consent).where(Consent.participant_id == participant.id)):
        yield TimelineEntry(consent.consented_on, None, "consent.record", {"version": consent.version})
    if participant.randomised_on:
        details: Mapping[str, object] = {} if blinded else {"arm": participant.arm}
        yield TimelineEntry(participant.randomised_on, None, "participant.randomise", details)
    for withdrawal in session.scalars(select(Withdrawal).where(Withdrawal.participant_id == participant.id)):
        details = {"scope": withdrawal.scope, "reason": withdrawal.reason}
        yield TimelineEntry(withdrawal.withdrawn_on, None, "withdrawal.record", details)


def _given(session: Session, participant: ParticipantRow, blinded: bool) -> Iterator[TimelineEntry]:
    for treatment in session.scalars(select(Treatment).where(Treatment.participant_id == participant.id)):
        details: dict[str, object] = {"treatment_id": treatment.id}
        if not blinded:
            details |= {"lot": treatment.lot, "route": treatment.route}
        yield TimelineEntry(treatment.given_on, None, "treatment.record", details)


def _answered(session: Session, participant: ParticipantRow) -> Iterator[TimelineEntry]:
    differing = stored_answers.differing(session, participant_id=participant.id)
    for occasion, response in session.execute(
        select(Occasion, Response)
        .join(Response, Response.occasion_id == Occasion.id)
        .where(Occasion.participant_id == participant.id)
    ):
        at = response.submitted_at or response.started_at
        kind = "response.submit" if response.submitted_at else "response.begin"
        details = {
            "visit": occasion.visit,
            "instrument": response.instrument,
            "respondent": response.respondent,
            "mode": response.mode,
            "response_id": response.id,
            "differs": response.id in differing,
        }
        yield TimelineEntry(civil_date(at, participant.time_zone), at, kind, details)


def _happened(session: Session, participant: ParticipantRow, actor: Actor) -> Iterator[TimelineEntry]:
    zone: ZoneInfo = participant.time_zone
    for event in events.of_participant(session, participant_id=participant.id, actor=actor):
        details: Mapping[str, object] = {
            "event_id": event.id,
            "kind": event.kind,
            "started": event.started,
            "ended": event.ended,
            "ongoing": event.ongoing,
            "term": event.term,
            "reported_by": event.reported_by,
        }
        yield TimelineEntry(event.started.earliest, None, "event.report", details)
        for reading in event.readings:
            details = {"event_id": event.id, "decision": reading.decision, "note": reading.note}
            yield TimelineEntry(civil_date(reading.read_at, zone), reading.read_at, "event.read", details)
    for sighting in session.scalars(select(Sighting).where(Sighting.participant_id == participant.id)):
        details = {
            "sighting_id": sighting.id,
            "how": sighting.how,
            "untransplanted": sighting.untransplanted,
        }
        yield TimelineEntry(sighting.seen_on, None, "sighting.record", details)


def _written(session: Session, participant: ParticipantRow) -> Iterator[TimelineEntry]:
    for reminder, visit in session.execute(
        select(Reminder, Occasion.visit)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .where(Occasion.participant_id == participant.id)
    ):
        at, state = reminder_state(reminder)
        details: Mapping[str, object] = {
            "visit": visit,
            "channel": reminder.channel,
            "failure": reminder.failure,
        }
        yield TimelineEntry(civil_date(at, participant.time_zone), at, f"reminder.{state}", details)
    for link in session.scalars(select(Link).where(Link.participant_id == participant.id)):
        details = {"expires_at": link.expires_at, "revoked_at": link.revoked_at}
        yield TimelineEntry(
            civil_date(link.issued_at, participant.time_zone), link.issued_at, "link.issue", details
        )
