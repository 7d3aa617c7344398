"""Whether anything is asked after a transplant is the study's choice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app import database
from app.domain.partial_date import PartialDate
from app.domain.schedule import NotExpected, OccasionState
from app.domain.study import AfterTransplant
from app.operations import reminders
from app.operations.events import report_event
from app.operations.readings import read_event
from app.operations.studies import load_study
from app.queries import occasions
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

WEEK_4 = MORNING + timedelta(days=28)


def week_4(tiny: TinyStudy, participant_id: int) -> tuple[OccasionState, NotExpected | None, int]:
    """Return where week 4 stands on its due day, why, and how many messages are planned for it."""
    with database.writing(tiny.url) as session:
        found = occasions.of_participant(session, participant_id=participant_id, now=WEEK_4)
        planned = reminders.plan(session, study_id=tiny.study_id, now=WEEK_4, actor=COMMAND)
    return found[1].state, found[1].not_expected, planned


@pytest.mark.parametrize(
    ("choice", "day", "expected"),
    [
        ("continue", 5, ("due", None, 1)),
        ("stop", 5, ("not expected", "transplanted", 0)),
        # week 4 was open by then
        ("stop", 21, ("due", None, 1)),
    ],
)
def test_what_opens_after_it_is_expected_or_not(
    tiny: TinyStudy,
    choice: AfterTransplant,
    day: int,
    expected: tuple[OccasionState, NotExpected | None, int],
) -> None:
    folder = replace(FOLDER, study=replace(STUDY, after_transplant=choice))
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="transplant",
            started=PartialDate.of(DAY_0 + timedelta(days=day)),
            report_id="r",
            actor=COMMAND,
            now=WEEK_4,
        )
    assert week_4(tiny, participant_id) == expected
    with database.writing(tiny.url) as session:
        read_event(session, event_id=event_id, decision="refuted", actor=COMMAND, now=WEEK_4)
    assert week_4(tiny, participant_id) == ("due", None, 1 - expected[2])
