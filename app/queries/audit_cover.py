"""Facts without an entry: what stands in the database although the trail does not tell of it."""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, Row, Select, String, case, cast, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import (
    Alert,
    AlertStep,
    AuditEntry,
    Correction,
    DataQuery,
    DataQueryStep,
    Document,
    Event,
    MissedReason,
    Occasion,
    Reading,
    Reply,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
)

IMPORTED = "import:%"
"""What an import brings has one entry for each participant, not one for each row."""

ALERT_ACTIONS = {
    "assigned": "alert.assign",
    "note": "alert.note",
    "escalated": "alert.escalate",
    "disposition": "alert.close",
}
QUERY_ACTIONS = {
    "asked": "query.ask",
    "assigned": "query.assign",
    "answered": "query.answer",
    "closed": "query.close",
    "reopened": "query.reopen",
}

_Key = InstrumentedAttribute[int]


def without_entry(session: Session) -> Iterator[str]:
    """Give a sentence for every alert, event, reading, infusion and so on of which no entry tells.

    An entry cut from the end of a trail leaves no gap there; what it told of is still in its own table.
    """
    for name, found in _facts().items():
        rows: list[Row[int, int]] = list(session.execute(found))
        for participant_id, key in rows:
            yield f"participant:{participant_id}: no entry tells of {name} {key}"


def _facts() -> Mapping[str, Select[int, int]]:
    told_at = AuditEntry.at == Reading.read_at
    event = _untold(Event.id, Event.participant_id, "event", Event.id, "event.report")
    reading = _untold(Reading.id, Event.participant_id, "event", Event.id, "event.read", told_at)
    response = _untold(Response.id, Occasion.participant_id, "response", Response.id, "response.submit")
    missed = _untold(
        MissedReason.id,
        Occasion.participant_id,
        "missed_reason",
        MissedReason.id,
        "missed_reason.record",
    )
    facts = {
        "correction": _untold(
            Correction.id, Occasion.participant_id, "correction", Correction.id, "correction.request"
        )
        .join(Response, Response.id == Correction.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id),
        "alert": _untold(Alert.id, Alert.participant_id, "alert", Alert.id, "alert.raise"),
        "alert step": _untold(
            AlertStep.id,
            Alert.participant_id,
            "alert",
            AlertStep.alert_id,
            case(ALERT_ACTIONS, value=AlertStep.kind),
            AuditEntry.at == AlertStep.done_at,
        ).join(Alert, Alert.id == AlertStep.alert_id),
        "query step": _untold(
            DataQueryStep.id,
            DataQuery.participant_id,
            "query",
            DataQueryStep.query_id,
            case(QUERY_ACTIONS, value=DataQueryStep.kind),
            AuditEntry.at == DataQueryStep.done_at,
        ).join(DataQuery, DataQuery.id == DataQueryStep.query_id),
        "reply": _untold(Reply.id, Reply.participant_id, "reply", Reply.id, "reply.receive"),
        "event": event.where(Event.reported_by.not_like(IMPORTED)),
        "reading": reading.join(Event, Event.id == Reading.event_id).where(
            Reading.read_by.not_like(IMPORTED)
        ),
        "missed_reason": missed.join(Occasion, Occasion.id == MissedReason.occasion_id),
        # an import knows no submission
        "response": response.join(Occasion, Occasion.id == Response.occasion_id).where(
            Response.submission_id.is_not(None)
        ),
    }
    document = _untold(Document.id, Event.participant_id, "document", Document.id, "document.attach")
    facts["document"] = document.join(Event, Event.id == Document.event_id)
    for table in (Treatment, Sighting, Withdrawal):
        name = table.__tablename__
        untold = _untold(table.id, table.participant_id, name, table.id, f"{name}.record")
        facts[name] = untold.where(table.recorded_by.not_like(IMPORTED))
    return facts


def _untold(
    key: _Key,
    participant_id: _Key,
    subject: str,
    subject_id: _Key,
    action: str | ColumnElement[str],
    also: ColumnElement[bool] | None = None,
) -> Select[int, int]:
    entry = select(AuditEntry.id).where(
        AuditEntry.chain == literal("participant:") + cast(participant_id, String),
        AuditEntry.subject == literal(f"{subject}:") + cast(subject_id, String),
        AuditEntry.action == action,
        true() if also is None else also,
    )
    return (
        select(participant_id, key)
        .select_from(key.class_)
        .where(~entry.correlate_except(AuditEntry).exists())
        .order_by(key)
    )
