"""Alerts that were raised: for the staff who look at them, and for the participant who reads what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.alerts import TOLD_FOR, met
from app.domain.answer import AnswerValue
from app.domain.response import GivenAnswer, Respondent, counting
from app.domain.study import AlertRule
from app.models import Alert, Answer, Occasion, Participant, Response
from app.queries import studies


@dataclass(frozen=True)
class RaisedAlert:
    """An alert as staff see it: whose answers, which, who gave them and when; never the arm."""

    id: int
    participant: str
    site: str
    time_zone: ZoneInfo
    rule: str
    visit: str
    instrument: str
    response_id: int
    instrument_version_id: int
    wording_id: int
    respondent: Respondent
    answers: Mapping[str, AnswerValue]
    raised_at: datetime


def raised(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    participant_id: int | None = None,
    since: datetime | None = None,
) -> list[RaisedAlert]:
    """Return the alerts that the actor may see, newest first: of one participant, or since an instant."""
    if actor.study_id not in (None, study_id):
        return []
    statement = (
        select(Alert, Participant, Occasion.visit, Response)
        .join(Participant, Participant.id == Alert.participant_id)
        .join(Response, Response.id == Alert.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Participant.study_id == study_id)
        .order_by(Alert.raised_at.desc(), Alert.id.desc())
    )
    if actor.site is not None:
        statement = statement.where(Participant.site == actor.site)
    if participant_id is not None:
        statement = statement.where(Participant.id == participant_id)
    if since is not None:
        statement = statement.where(Alert.raised_at >= since)
    return [
        RaisedAlert(
            id=alert.id,
            participant=participant.code,
            site=participant.site,
            time_zone=ZoneInfo(participant.time_zone),
            rule=alert.rule,
            visit=visit,
            instrument=response.instrument,
            response_id=response.id,
            instrument_version_id=response.instrument_version_id,
            wording_id=response.wording_id,
            respondent=response.respondent,
            answers=alert.answers,
            raised_at=alert.raised_at,
        )
        for alert, participant, visit, response in session.execute(statement)
    ]


def standing(session: Session, *, study_id: int, participant_id: int, now: datetime) -> tuple[AlertRule, ...]:
    """Return the rules that tell the participant what to do: met lately, and not taken back since."""
    rules = studies.current(session, study_id=study_id).study.alerts
    if not rules:
        return ()
    rows = session.execute(
        select(Alert.rule, Response)
        .join(Response, Response.id == Alert.response_id)
        .where(Alert.participant_id == participant_id, Alert.raised_at > now - TOLD_FOR)
    ).all()
    told = set()
    for code, response in rows:
        answers = _answers(session, response)
        told |= {rule.code for rule in met(rules, response.instrument, answers) if rule.code == code}
    return tuple(rule for rule in rules if rule.code in told)


def _answers(session: Session, response: Response) -> dict[str, AnswerValue]:
    rows = session.execute(
        select(Answer.item, Answer.value, Answer.answered_at)
        .where(Answer.response_id == response.id)
        .order_by(Answer.id)
    )
    return counting([GivenAnswer(*row) for row in rows], response.submitted_at)
