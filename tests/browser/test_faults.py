"""A small campaign of faults, always the same: everything that was seen as saved is there, once.

It is on SQLite; the one with a server that forgets is on PostgreSQL, where `make bench-faults` has its 1,000
surveys. What failed is told by the diaries in out/failed-tests/.
"""

from pathlib import Path

import pytest
from sqlalchemy import text

from app import database
from bench.campaign.run import Outcome, Plan, campaign
from tests.fixtures import event_loop
from tests.fixtures.browser import CHROMIUM, INSTALL, PICTURES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SURVEYS = 12
FORGETFUL = (
    "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER forgetful BEFORE INSERT ON answer FOR EACH ROW WHEN (NEW.item = 'three')"
    " EXECUTE FUNCTION forget()",
)


def _run(plan: Plan) -> Outcome:
    if not CHROMIUM.exists():
        pytest.fail(INSTALL, pytrace=False)
    return event_loop.run(campaign(plan, lambda _: None))


def test_what_was_seen_as_saved_is_there_once(sqlite_url: str, tmp_path: Path) -> None:
    plan = Plan(
        url=sqlite_url,
        directory=tmp_path,
        seed="test",
        surveys=SURVEYS,
        browsers=3,
        each=4,
        between_kills=(3, 8),
        settings={"WEB_CONCURRENCY": "1"},
    )
    outcome = _run(plan)
    for diary in outcome.diaries:
        if any(objection.startswith(f"{diary.name} ") for objection in outcome.verdict.objections):
            diary.write(PICTURES)
    assert outcome.verdict.objections == []
    assert outcome.exceptions == []
    assert outcome.broken_trail == []
    figures = outcome.figures()
    assert figures["surveys"] == SURVEYS
    assert figures["answers"] > SURVEYS * 3  # most were seen as saved, so that there was something to judge
    assert sum(figures["faults"].values()) > SURVEYS
    assert figures["kills"]["worker"] + figures["kills"]["server"] > 0


@pytest.mark.postgresql
def test_a_server_that_forgets_is_found_out(postgresql_url: str, tmp_path: Path) -> None:
    with database.writing(postgresql_url) as session:
        for statement in FORGETFUL:
            session.execute(text(statement))
    outcome = _run(Plan(url=postgresql_url, directory=tmp_path, seed="test", surveys=1, browsers=1, each=1))
    assert len(outcome.verdict.lost) == 1
    assert " three: " in outcome.verdict.lost[0]
    assert outcome.verdict.received_not_stored
    assert all(" three=" in objection for objection in outcome.verdict.received_not_stored)
    assert outcome.verdict.duplicated == []
