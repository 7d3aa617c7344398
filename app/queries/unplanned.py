"""Which occasions may lack a message: found without working out where each of them stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ScalarSelect, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.domain.reminders import MOST_TRIES, TEMPORARY, step_in_force, wanted_steps
from app.domain.schedule import Window
from app.domain.study import Study
from app.models import Occasion, Participant, Reminder
from app.models.reminder import LAST_BY_HAND
from app.queries import studies
from app.queries.contact_preferences import channels

WINDOWS_AT_ONCE = 200

_NOTHING_WRONG = and_(
    Reminder.failed_at.is_(None), Reminder.bounced_at.is_(None), Reminder.dropped_at.is_(None)
)
_PLANNED = (Occasion.visit, Occasion.opens_on, Occasion.due_on, Occasion.closes_on)


def unplanned(
    session: Session, *, study_id: int, now: datetime, ids: Collection[int] | None = None
) -> list[int]:
    """Return the occasions, all or of these, for which a message may have to be added or freed to go again.

    Some may be owed nothing; none that is owed something is left out.
    """
    study = studies.current(session, study_id=study_id).study
    day = now.astimezone(UTC).date()
    somewhere_today = [day + timedelta(days=days) for days in (-1, 0, 1)]
    query = (
        select(Occasion.id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(
            Participant.study_id == study_id,
            Occasion.opens_on <= somewhere_today[-1],
            Occasion.closes_on >= somewhere_today[0],
        )
    )
    if ids is not None:
        query = query.where(Occasion.id.in_(ids))
    # Many occasions have one and the same window: the database tells which there are, and compares.
    windows: defaultdict[frozenset[str], list[tuple[str, date, date, date]]] = defaultdict(list)
    for visit, opens_on, due_on, closes_on in session.execute(query.with_only_columns(*_PLANNED).distinct()):
        steps = _possible_steps(study, visit, Window(opens_on, due_on, closes_on), somewhere_today)
        windows[steps].append((visit, opens_on, due_on, closes_on))
    found: list[int] = []
    for steps, planned in windows.items():
        for start in range(0, len(planned) if steps else 0, WINDOWS_AT_ONCE):
            some = tuple_(*_PLANNED).in_(planned[start : start + WINDOWS_AT_ONCE])
            found += session.scalars(query.where(some, _settled(steps) < len(steps)))
    return sorted(found)


def _settled(steps: Collection[str]) -> ScalarSelect[int]:
    """Return the query for how many of these steps have a message of an occasion that need not go again."""
    return (
        select(func.count(Reminder.step.distinct()))
        .where(
            Reminder.occasion_id == Occasion.id,
            Reminder.step.in_(steps),
            or_(Reminder.settled_at.is_not(None), _NOTHING_WRONG),
        )
        .scalar_subquery()
    )


def failed_by_hand(
    session: Session, *, study_id: int, now: datetime, ids: Collection[int] | None = None
) -> dict[int, str]:
    """Return by occasion, of all or of these, the step of a message sent by hand that may be tried again.

    Only the last one of each: whoever sent another one since has not waited for it.
    """
    query = (
        select(Reminder.occasion_id, Reminder.step)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(
            Participant.study_id == study_id,
            Occasion.closes_on >= now.astimezone(UTC).date() - timedelta(days=1),
            Reminder.failed_at.is_not(None),
            Reminder.bounced_at.is_(None),
            Reminder.settled_at.is_(None),
            Reminder.failure.startswith(TEMPORARY),
            Reminder.tries < MOST_TRIES,
            LAST_BY_HAND,
        )
    )
    if ids is not None:
        query = query.where(Reminder.occasion_id.in_(ids))
    return dict(session.execute(query).all())


def told(session: Session, *, occasion_ids: Collection[int]) -> Mapping[int, Collection[str]]:
    """Return by occasion the steps whose message left, may have left, or was settled by somebody."""
    left = and_(or_(Reminder.sent_at.is_not(None), Reminder.claimed_at.is_not(None)), _NOTHING_WRONG)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for occasion_id, step in session.execute(
        select(Reminder.occasion_id, Reminder.step).where(
            Reminder.occasion_id.in_(occasion_ids), or_(Reminder.settled_at.is_not(None), left)
        )
    ):
        found[occasion_id].add(step)
    return found


def _possible_steps(study: Study, visit: str, window: Window, days: Collection[date]) -> frozenset[str]:
    """Return the steps that may be in force on some of these days, whatever channel someone has chosen."""
    choices = [wanted_steps(study.reminders_of(visit), channel) for channel in (None, *channels(study))]
    steps = (step_in_force(steps, window, day) for steps in choices for day in days)
    return frozenset(step.code for step in steps if step is not None)
