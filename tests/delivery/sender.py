"""What a sender needs in tests: settings for a study's database, and a clock that stands still."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app import config, database
from app.config import Config
from app.models import Reminder
from app.operations.reminders import plan
from app.queries.worklist import reminder_state
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy


def settings(tiny: TinyStudy) -> Config:
    """Return the run's settings, for one study's database and keys."""
    return replace(config.load(), database_url=tiny.url, link_keys=LINK_KEYS, contact_keys=CONTACT_KEYS)


def clock() -> datetime:
    """Return the morning on which the first visit is due."""
    return MORNING


def plan_all(tiny: TinyStudy) -> int:
    """Plan what is owed in the study that morning."""
    with database.writing(tiny.url) as session:
        return plan(session, study_id=tiny.study_id, now=MORNING, actor=COMMAND)


def ends(tiny: TinyStudy) -> list[tuple[str, str | None]]:
    """Return every message's state and failure, in the order of planning."""
    with database.reading(tiny.url) as session:
        found = session.scalars(select(Reminder).order_by(Reminder.id)).all()
        return [(reminder_state(each)[1], each.failure) for each in found]
