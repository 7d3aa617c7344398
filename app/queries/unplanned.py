"""Which occasions may lack a message: found without working out where each of them stands."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.reminders import step_in_force, wanted_steps
from app.domain.schedule import Window
from app.domain.study import Study
from app.models import Occasion, Participant, Reminder
from app.queries import studies
from app.queries.contact_preferences import channels

AT_ONCE = 5000
"""Occasions read by one statement."""


def unplanned(
    session: Session, *, study_id: int, now: datetime, ids: Collection[int] | None = None
) -> list[int]:
    """Return the occasions, all or of these, for which a message may have to be added or freed to go again.

    Some may be owed nothing; none that is owed something is left out.
    """
    study = studies.current(session, study_id=study_id).study
    day = now.astimezone(UTC).date()
    somewhere_today = [day + timedelta(days=days) for days in (-1, 0, 1)]
    about_open = and_(
        Participant.study_id == study_id,
        Occasion.opens_on <= somewhere_today[-1],
        Occasion.closes_on >= somewhere_today[0],
    )
    possible = cache(lambda visit, window: _possible_steps(study, visit, window, somewhere_today))
    query = (
        select(Occasion.id, Occasion.visit, Occasion.opens_on, Occasion.due_on, Occasion.closes_on)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(about_open)
        .order_by(Occasion.id)
        .limit(AT_ONCE)
    )
    if ids is not None:
        query = query.where(Occasion.id.in_(ids))
    found: list[int] = []
    last = 0
    while rows := session.execute(query.where(Occasion.id > last)).all():
        settled, open_again = _messages(session, [row.id for row in rows])
        for key, visit, opens_on, due_on, closes_on in rows:
            steps = possible(visit, Window(opens_on, due_on, closes_on))
            if key in open_again or not steps <= settled[key]:
                found.append(key)
        last = rows[-1].id
    return found


def _possible_steps(study: Study, visit: str, window: Window, days: Collection[date]) -> frozenset[str]:
    """Return the steps that may be in force on some of these days, whatever channel someone has chosen."""
    choices = [wanted_steps(study.reminders_of(visit), channel) for channel in (None, *channels(study))]
    steps = (step_in_force(steps, window, day) for steps in choices for day in days)
    return frozenset(step.code for step in steps if step is not None)


def _messages(session: Session, occasion_ids: Collection[int]) -> tuple[defaultdict[int, set[str]], set[int]]:
    """Return the steps that have their message, and the occasions of which one may have to go again."""
    settled: defaultdict[int, set[str]] = defaultdict(set)
    open_again: set[int] = set()
    for key, step, failed_at, dropped_at in session.execute(
        select(Reminder.occasion_id, Reminder.step, Reminder.failed_at, Reminder.dropped_at).where(
            Reminder.occasion_id.in_(occasion_ids)
        )
    ):
        settled[key].add(step)
        if failed_at is not None or dropped_at is not None:
            open_again.add(key)
    return settled, open_again
