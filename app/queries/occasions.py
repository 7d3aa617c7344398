"""A participant's occasions, each with the state that today gives it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.schedule import (
    NotExpected,
    OccasionState,
    Window,
    civil_date,
    occasion_state,
    why_not_expected,
)
from app.domain.study import Visit
from app.models import Occasion, Participant, Response
from app.queries import studies
from app.queries.endings import ending


@dataclass(frozen=True)
class InstrumentStatus:
    """Whether one questionnaire of an occasion was begun, and sent."""

    name: str
    response_id: int | None = None
    submitted_at: datetime | None = None
    receipt: str | None = None


@dataclass(frozen=True)
class OccasionStatus:
    """A visit for one participant: its window, where it stands today, and its questionnaires.

    `staff_forms` are what staff fill in at it: whether they have changes nothing of the state. `not_expected`
    says why, where that is its state.
    """

    occasion_id: int
    visit: Visit
    window: Window
    state: OccasionState
    instruments: tuple[InstrumentStatus, ...]
    not_expected: NotExpected | None = None
    staff_forms: tuple[InstrumentStatus, ...] = ()


def of_participant(session: Session, *, participant_id: int, now: datetime) -> list[OccasionStatus]:
    """Return the occasions of one participant in the order of their due days."""
    participant = session.get_one(Participant, participant_id)
    zone = ZoneInfo(participant.time_zone)
    study = studies.current(session, study_id=participant.study_id).study
    ends = ending(session, participant_id=participant_id).ends
    today = civil_date(now, zone)
    progress = _progress(session, participant_id)
    found = session.scalars(
        select(Occasion)
        .where(Occasion.participant_id == participant_id)
        .order_by(Occasion.due_on, Occasion.id)
    )
    statuses = []
    for occasion in found:
        visit = study.visit(occasion.visit)
        window = Window(occasion.opens_on, occasion.due_on, occasion.closes_on)
        instruments, staff_forms = (
            tuple(progress[occasion.id].get(name, InstrumentStatus(name)) for name in names)
            for names in (visit.instruments, visit.staff_forms)
        )
        state = occasion_state(
            window,
            completed_on=completed_on({each.name: each.submitted_at for each in instruments}, visit, zone),
            ends=ends,
            today=today,
        )
        why = why_not_expected(window, ends, today=today) if state == "not expected" else None
        statuses.append(OccasionStatus(occasion.id, visit, window, state, instruments, why, staff_forms))
    return statuses


def _progress(session: Session, participant_id: int) -> Mapping[int, dict[str, InstrumentStatus]]:
    rows = session.execute(
        select(
            Response.occasion_id,
            Response.instrument,
            Response.id,
            Response.submitted_at,
            Response.receipt,
        )
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Occasion.participant_id == participant_id)
    )
    progress: dict[int, dict[str, InstrumentStatus]] = defaultdict(dict)
    for occasion_id, instrument, response_id, submitted_at, receipt in rows:
        progress[occasion_id][instrument] = InstrumentStatus(instrument, response_id, submitted_at, receipt)
    return progress


def completed_on(submitted: Mapping[str, datetime | None], visit: Visit, zone: ZoneInfo) -> date | None:
    """Return the civil day on which the last questionnaire was sent, or None while one is missing."""
    instants = [submitted.get(name) for name in visit.instruments]
    sent = [instant for instant in instants if instant is not None]
    if not sent or len(sent) < len(instants):
        return None
    return civil_date(max(sent), zone)


def next_due_on(statuses: Iterable[OccasionStatus]) -> date | None:
    """Return the next day on which something opens that is not open yet, or None."""
    return min((each.window.opens_on for each in statuses if each.state == "not open"), default=None)
