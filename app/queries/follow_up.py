"""What staff did about a study's answers, as rows of files: reasons for missed visits, alerts, queries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.answer import filed
from app.formats.follow_up_tables import (
    AlertAnswerRow,
    AlertRow,
    AlertStepRow,
    FollowUp,
    MissedReasonRow,
    QueryRow,
    QueryStepRow,
)
from app.models import Event, MissedReason, Occasion, Participant, Response
from app.queries import alerts, data_queries
from app.queries.alerts import RaisedAlert

EVERYONE = Actor("command", name="data export")


def follow_up(session: Session, *, study_id: int, with_arms: bool, now: datetime) -> FollowUp:
    """Return all of it; without arms, queries on infusions are left out, as infusions are."""
    raised = _alerts(session, study_id, now)
    asked = [row for row in _queries(session, study_id) if with_arms or row.subject != "treatment"]
    return FollowUp(
        missed_reasons=_missed_reasons(session, study_id),
        alerts=tuple(map(_alert, raised)),
        alert_answers=tuple(
            AlertAnswerRow(alert=str(one.id), item=item, value=filed(value) or None)
            for one in raised
            for item, value in sorted(one.answers.items())
        ),
        alert_steps=tuple(
            AlertStepRow(
                alert=str(one.id),
                kind=step.kind,
                done_at=step.at.astimezone(one.time_zone),
                done_by=step.by,
                owner=_account(step.owner_id),
                disposition=step.disposition or "",
                note=step.note,
            )
            for one in raised
            for step in one.steps
        ),
        queries=tuple(_told(session, study_id, asked)),
        query_steps=tuple(
            QueryStepRow(
                query=str(one.id),
                kind=step.kind,
                done_at=step.at.astimezone(UTC),
                done_by=step.by,
                owner=_account(step.owner_id),
                text=step.text,
            )
            for one in asked
            for step in one.steps
        ),
    )


def _account(account_id: int | None) -> str:
    """Return an account as the trail names it: its number, no name."""
    return "" if account_id is None else Actor("account", account_id).label


def _missed_reasons(session: Session, study_id: int) -> tuple[MissedReasonRow, ...]:
    found = session.execute(
        select(Participant.code, Participant.time_zone, Occasion.visit, MissedReason)
        .join(Occasion, Occasion.participant_id == Participant.id)
        .join(MissedReason, MissedReason.occasion_id == Occasion.id)
        .where(Participant.study_id == study_id)
        .order_by(MissedReason.id)
    )
    return tuple(
        MissedReasonRow(
            participant=code,
            visit=visit,
            reason=one.reason,
            note=one.note,
            recorded_at=one.recorded_at.astimezone(ZoneInfo(zone)),
            recorded_by=one.recorded_by,
        )
        for code, zone, visit, one in found
    )


def _alerts(session: Session, study_id: int, now: datetime) -> list[RaisedAlert]:
    found = (
        one
        for state in (None, "closed")
        for one in alerts.everything(
            session, actor=EVERYONE, study_id=study_id, now=now, state=state, site=None, owner_id=None
        )
    )
    return sorted(found, key=lambda one: one.id)


def _alert(one: RaisedAlert) -> AlertRow:
    return AlertRow(
        alert=str(one.id),
        participant=one.participant,
        visit=one.visit,
        instrument=one.instrument,
        rule=one.rule,
        raised_at=one.raised_at.astimezone(one.time_zone),
        deadline_at=one.deadline_at.astimezone(one.time_zone),
    )


def _queries(session: Session, study_id: int) -> list[data_queries.QueryRow]:
    found = (
        one
        for state in (None, "closed")
        for one in data_queries.everything(
            session,
            actor=EVERYONE,
            study_id=study_id,
            state=state,
            site=None,
            owner_id=None,
            search="",
        )
    )
    return sorted(found, key=lambda one: one.id)


def _told(session: Session, study_id: int, asked: list[data_queries.QueryRow]) -> Iterator[QueryRow]:
    """Give queries with what they are about named as the other files name it: by no key of this database."""
    about = {
        key: (visit, instrument)
        for key, visit, instrument in session.execute(
            select(Response.id, Occasion.visit, Response.instrument)
            .join(Occasion, Occasion.id == Response.occasion_id)
            .join(Participant, Participant.id == Occasion.participant_id)
            .where(Participant.study_id == study_id)
        )
    }
    found = session.execute(
        select(Event.id, Event.report_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(Participant.study_id == study_id)
    )
    reports = {key: report_id for key, report_id in found}  # noqa: C416 - a Result is no mapping
    for one in asked:
        visit, instrument = about[one.subject_id] if one.subject == "answer" else ("", "")
        yield QueryRow(
            query=str(one.id),
            participant=one.participant,
            subject=one.subject,
            visit=visit,
            instrument=instrument,
            report_id=reports[one.subject_id] if one.subject == "event" else "",
            asked_of=one.field,
            value=one.value,
            check=one.check,
        )
