"""Which occasions may lack a message: none that is owed one is left out, and few that are not are in it."""

from datetime import timedelta

from sqlalchemy import update

from app import database
from app.models import Occasion, Reminder
from app.operations.reminders import plan
from app.queries.reminders import standings
from app.queries.unplanned import unplanned
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy


def test_only_what_has_no_message_or_one_that_ended_badly(tiny: TinyStudy) -> None:
    for number in range(6):
        tiny.enrol(
            f"P-{number}", site="mad" if number % 2 else "cai", day_0=DAY_0 - timedelta(days=number % 3)
        )
    with database.writing(tiny.url) as session:
        owed = {
            each.occasion_id
            for each in standings(session, where=Occasion.id.is_not(None), now=MORNING)
            if each.step is not None and each.not_owed is None
        }
        lacking = unplanned(session, study_id=tiny.study_id, now=MORNING)
        assert owed == set(lacking)
        assert unplanned(session, study_id=tiny.study_id, now=MORNING, ids=lacking[:2]) == lacking[:2]
        assert plan(session, study_id=tiny.study_id, now=MORNING, actor=COMMAND) == 6
        assert unplanned(session, study_id=tiny.study_id, now=MORNING) == []
        for key, ended in zip(lacking, ({"failed_at": MORNING}, {"dropped_at": MORNING}), strict=False):
            session.execute(update(Reminder).where(Reminder.occasion_id == key).values(ended))
        assert unplanned(session, study_id=tiny.study_id, now=MORNING) == lacking[:2]
