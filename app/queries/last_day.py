"""The first and the last date in the data of a study, as its outcomes see it."""

from datetime import date
from typing import Any

from sqlalchemy import Date, func, select, union_all
from sqlalchemy.orm import Session

from app import database
from app.domain.study import Adjudication
from app.models import Consent, Participant, Withdrawal
from app.queries.asked_outcome import AskedOutcome
from app.queries.civil_days import lend_civil_date
from app.queries.known_events import known_events


def first_enrolment(session: Session, *, study_id: int) -> date | None:
    """Return the first day on which someone was enrolled, or None where no one was."""
    first = func.min(Participant.enrolled_on)
    return session.scalar(select(first).where(Participant.study_id == study_id))


def last_day(session: Session, *, study_id: int, adjudication: Adjudication) -> date | None:
    """Return the last date (`Course.last_day`) of all participants, or None where there are none."""
    dialect = session.get_bind().dialect.name
    asked = AskedOutcome(
        dialect=dialect, study_id=study_id, adjudication=adjudication, endpoint="OS", events="all"
    )
    known = known_events(asked)
    days: list[tuple[Any, Any]] = [
        (Participant.id, Participant.enrolled_on),
        (Consent.participant_id, Consent.consented_on),
        (Withdrawal.participant_id, Withdrawal.withdrawn_on),
        (known.c.participant_id, known.c.started_on),
        (known.c.participant_id, known.c.ended_on),
    ]
    for source in (asked.randomisations(), asked.sightings(), asked.infusions(), asked.answers()):
        rows = source.only().subquery()
        days.append((rows.c.participant_id, rows.c.on))
    own = select(Participant.id).where(Participant.study_id == study_id)
    last = [select(func.max(day, type_=Date()).label("on")).where(who.in_(own)) for who, day in days]
    lend_civil_date(session)
    database.merge_in_order(session)
    every = union_all(*last).subquery()
    last_on: date | None = session.scalar(select(func.max(every.c.on, type_=Date())))
    return last_on
