"""What the demo's staff did about alarming answers: most ended within hours, the newest still wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import database
from app.cli.demo.story import STAFF
from app.config import Config
from app.models import Alert, AlertStep, Participant
from app.operations.alert_steps import close_alert

STILL_WAITING = timedelta(days=2)
ENDS = (
    ("no-action", ""),
    ("sent-to-care", ""),
    ("no-action", ""),
    ("in-care", ""),
    ("not-reached", "Rang twice and wrote to the family doctor."),
    ("false-alarm", "Had mixed up the ends of the scale."),
)


def end_alerts(settings: Config, *, study_id: int, made_at: datetime) -> None:
    """End what was raised some days before the demo was made, some hours after it was raised."""
    with database.reading(settings.database_url) as session:
        waiting = list(_waiting(session, study_id, made_at - STILL_WAITING))
    for alert_id, raised_at in waiting:
        disposition, note = ENDS[alert_id % len(ENDS)]
        with database.writing(settings.database_url) as session:
            close_alert(
                session,
                alert_id=alert_id,
                disposition=disposition,
                note=note,
                actor=STAFF,
                now=raised_at + timedelta(hours=1 + alert_id % 30, minutes=alert_id % 60),
            )


def _waiting(session: Session, study_id: int, until: datetime) -> Iterator[tuple[int, datetime]]:
    rows = session.execute(
        select(Alert.id, Alert.raised_at)
        .join(Participant, Participant.id == Alert.participant_id)
        .where(
            Participant.study_id == study_id,
            Alert.raised_at < until,
            ~exists().where(AlertStep.alert_id == Alert.id),
        )
        .order_by(Alert.id)
    )
    return ((alert_id, raised_at) for alert_id, raised_at in rows)
