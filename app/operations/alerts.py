"""Alerts: answers that someone must look at, recorded as soon as they are saved."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.alerts import looked_at, met
from app.domain.answer import AnswerValue
from app.domain.instrument import Instrument
from app.models import Alert
from app.operations import audit
from app.operations.audit import Chain
from app.queries import studies


def raise_alerts(
    session: Session,
    *,
    study_id: int,
    participant_id: int,
    response_id: int,
    instrument: Instrument,
    answers: Mapping[str, AnswerValue],
    actor: Actor,
    now: datetime,
) -> None:
    """Raise an alert for each rule of the study that a response's answers meet, once for each response.

    The caller holds the participant's lock. Every saved answer comes by here: where no rule is met, nothing
    is asked of the database.
    """
    rules = met(studies.current(session, study_id=study_id).study.alerts, instrument, answers)
    if not rules:
        return
    raised = set(session.scalars(select(Alert.rule).where(Alert.response_id == response_id)))
    for rule in rules:
        if rule.code in raised:
            continue
        alert = Alert(
            participant_id=participant_id,
            response_id=response_id,
            rule=rule.code,
            answers=looked_at(rule, instrument, answers),
            raised_at=now,
        )
        session.add(alert)
        session.flush()
        audit.record(
            session,
            chain=Chain("participant", participant_id),
            actor=actor,
            action="alert.raise",
            subject=f"alert:{alert.id}",
            now=now,
            new={"rule": rule.code, "response": response_id, "answers": alert.answers},
            locked=True,
        )
