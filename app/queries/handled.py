"""Alerts and queries of a study as an analysis counts them: when they were raised and how they ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.data_queries import QueryState, QuerySubject, query_state
from app.models import Alert, AlertStep, DataQuery, DataQueryStep, Participant


@dataclass(frozen=True)
class HandledAlert:
    """An alert with the disposition that counts; `first_ended_at` is when the first was recorded."""

    alert_id: int
    participant_id: int
    rule: str
    raised_at: datetime
    escalated: bool
    first_ended_at: datetime | None
    disposition: str | None


@dataclass(frozen=True)
class HandledQuery:
    """A query: when it was raised, where it stands, and when something was last done about it."""

    query_id: int
    participant_id: int
    subject: QuerySubject
    field: str
    by_check: bool
    raised_at: datetime
    state: QueryState
    last_at: datetime


def alerts(session: Session, *, study_id: int) -> list[HandledAlert]:
    """Return every alert of a study, oldest first."""
    steps: dict[int, list[AlertStep]] = {}
    for step in session.scalars(
        select(AlertStep)
        .join(Alert, Alert.id == AlertStep.alert_id)
        .join(Participant, Participant.id == Alert.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(AlertStep.id)
    ):
        steps.setdefault(step.alert_id, []).append(step)
    found = []
    for alert in session.scalars(
        select(Alert).join(Participant).where(Participant.study_id == study_id).order_by(Alert.id)
    ):
        own = steps.get(alert.id, [])
        ends = [step for step in own if step.kind == "disposition"]
        found.append(
            HandledAlert(
                alert_id=alert.id,
                participant_id=alert.participant_id,
                rule=alert.rule,
                raised_at=alert.raised_at,
                escalated=any(step.kind == "escalated" for step in own),
                first_ended_at=ends[0].done_at if ends else None,
                disposition=ends[-1].disposition if ends else None,
            )
        )
    return found


def queries(session: Session, *, study_id: int) -> list[HandledQuery]:
    """Return every query of a study, oldest first."""
    steps: dict[int, list[DataQueryStep]] = {}
    for step in session.scalars(
        select(DataQueryStep)
        .join(DataQuery, DataQuery.id == DataQueryStep.query_id)
        .join(Participant, Participant.id == DataQuery.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(DataQueryStep.id)
    ):
        steps.setdefault(step.query_id, []).append(step)
    return [
        HandledQuery(
            query_id=query.id,
            participant_id=query.participant_id,
            subject=query.subject,
            field=query.field,
            by_check=query.finding is not None,
            raised_at=steps[query.id][0].done_at,
            state=query_state([step.kind for step in steps[query.id]]),
            last_at=steps[query.id][-1].done_at,
        )
        for query in session.scalars(
            select(DataQuery).join(Participant).where(Participant.study_id == study_id).order_by(DataQuery.id)
        )
    ]
