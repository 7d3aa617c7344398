"""Alarming answers as staff read them: whose, when, and what was answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.response import Respondent
from app.queries import alerts
from app.queries.alerts import RaisedAlert
from app.web.speech import said
from app.web.staff.asked import Asked
from app.web.staff.desk import Desk

LATEST = timedelta(days=14)


@dataclass(frozen=True)
class ShownAlert:
    """An alert in words; `answers` are questions with what was answered."""

    participant: str
    time_zone: ZoneInfo
    rule: str
    visit: str
    respondent: Respondent
    raised_at: datetime
    answers: tuple[tuple[str, str], ...]


def latest(desk: Desk) -> list[ShownAlert]:
    """Return those of the last two weeks that the desk may see, newest first."""
    found = alerts.raised(desk.session, actor=desk.actor, study_id=desk.study_id, since=desk.now - LATEST)
    return [_shown(desk, alert) for alert in found]


def of_participant(desk: Desk, participant_id: int) -> list[ShownAlert]:
    """Return all of one participant's, newest first."""
    found = alerts.raised(
        desk.session, actor=desk.actor, study_id=desk.study_id, participant_id=participant_id
    )
    return [_shown(desk, alert) for alert in found]


def _shown(desk: Desk, alert: RaisedAlert) -> ShownAlert:
    asked = Asked.of(desk.session, alert.instrument_version_id, alert.wording_id)
    visits = {visit.code: said(visit.title) for visit in desk.study.schedule}
    return ShownAlert(
        participant=alert.participant,
        time_zone=alert.time_zone,
        rule=alert.rule,
        visit=visits.get(alert.visit, alert.visit),
        respondent=alert.respondent,
        raised_at=alert.raised_at,
        answers=tuple(
            (asked.question(item), asked.answer(item, value)) for item, value in alert.answers.items()
        ),
    )
