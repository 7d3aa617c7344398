"""Very many participants with all that their outcomes rest on, put into PostgreSQL by the database itself.

Enrolled over ten years and followed until the cut-off: of each hundred some 20 have died (the arms with
hazards 1 to 0.85), 10 been transplanted, 9 withdrawn from follow-up and 19 been in hospital. Half have had
an infusion. All have been seen in records near the end of their time, a third before that in a call, where
one of a hundred told of a transplant. Of 50 events one was never read, two were refuted and two need
information; one of 20 was read twice. Events, readings and sightings lie in the order of their days, not of
participants. No one has answered a questionnaire. The same seed gives the same data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Index, UniqueConstraint, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from app import database
from app.domain.actor import Actor
from app.formats import study_folder
from app.models import Base
from app.operations.studies import load_study
from bench.crowd import FOLDER

CUTOFF_ON = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
ACTOR = Actor("command", name="bench")
TABLES = ("participant", "treatment", "event", "reading", "withdrawal", "sighting")

COURSES = """
CREATE TEMPORARY TABLE course AS
SELECT n AS id, arm, began_on, least(died, withdrew, CAST(:cutoff AS date) - began_on) AS until,
       died, transplanted, withdrew, random() AS one, random() AS two, random() AS three
FROM (SELECT n, n % 2 AS arm, date '2016-01-01' + CAST(n * 3650.0 / :rows AS int) AS began_on,
             CAST(-ln(1 - random()) * 365 / (0.05 - 0.0075 * (n % 2)) AS int) AS died,
             CAST(-ln(1 - random()) * 365 / 0.025 AS int) AS transplanted,
             CAST(-ln(1 - random()) * 365 / 0.02 AS int) AS withdrew
      FROM generate_series(1, :rows) AS n) AS drawn
"""
PARTICIPANTS = """
INSERT INTO participant (id, study_id, code, site, language, time_zone, enrolled_at, enrolled_on, arm,
                         randomised_on)
SELECT id, :study_id, 'P' || id, 'S' || id % 200, 'en', 'Europe/Madrid', began_on, began_on,
       CASE WHEN arm = 0 THEN :one ELSE :other END, began_on
FROM course ORDER BY id
"""
TREATMENTS = """
INSERT INTO treatment (participant_id, lot, route, given_on, recorded_at, recorded_by)
SELECT id, 'LOT-1', 'peripheral vein', began_on + CAST(one * 5 AS int), :now, 'account:1'
FROM course WHERE arm = 0 ORDER BY id
"""
EVENTS = """
INSERT INTO event (participant_id, kind, started, ongoing, reported_at, reported_by, reason, place, report_id)
SELECT id, kind, to_char(began_on + day, 'YYYY-MM-DD'), false, :now, 'account:1', '', '', kind
FROM (SELECT id, began_on, 'death' AS kind, died AS day, until FROM course
      UNION ALL SELECT id, began_on, 'transplant', transplanted, until FROM course
      UNION ALL SELECT id, began_on, 'hospital stay', CAST(one * 1500 AS int), until FROM course
                WHERE two < 0.25) AS happened
WHERE day <= until ORDER BY began_on + day
"""
# One of twenty was first said to need information; what is decided then, the rest of a division decides.
FIRST_READINGS = """
INSERT INTO reading (event_id, decision, note, read_at, read_by)
SELECT id, 'needs information', '', :now, 'account:2' FROM event WHERE id % 20 = 3
"""
READINGS = """
INSERT INTO reading (event_id, decision, agreed_started_on, note, read_at, read_by)
SELECT id, decision, CASE decision WHEN 'confirmed' THEN CAST(started AS date) END, '', :now, 'account:1'
FROM (SELECT id, started, CASE WHEN id % 50 IN (7, 19) THEN 'refuted' WHEN id % 50 IN (11, 31)
                               THEN 'needs information' ELSE 'confirmed' END AS decision
      FROM event WHERE id % 50 <> 5) AS decided ORDER BY id
"""
WITHDRAWALS = """
INSERT INTO withdrawal (participant_id, scope, withdrawn_on, reason, recorded_at, recorded_by)
SELECT id, 'follow-up', began_on + withdrew, '', :now, 'account:1'
FROM course WHERE withdrew = until ORDER BY id
"""
SIGHTINGS = """
INSERT INTO sighting (participant_id, seen_on, how, untransplanted, recorded_at, recorded_by)
SELECT id, began_on + day, how, untransplanted, :now, 'account:1'
FROM (SELECT id, began_on, CAST(until * (1 - 0.2 * one) AS int) AS day, 'records' AS how,
             CAST(NULL AS boolean) AS untransplanted
      FROM course
      UNION ALL SELECT id, began_on, CAST(until * 0.5 * two AS int), 'call', three >= 0.01
      FROM course WHERE one < 0.33) AS seen ORDER BY began_on + day
"""


def followed(url: str, rows: int, *, seed: float = 0.5) -> str:
    """Load the demo study with so many participants; return its code. The tables are analysed afterwards."""
    found = study_folder.read(FOLDER)
    with database.writing(url) as session:
        study_id = load_study(session, folder=found, actor=ACTOR, now=NOW).study_id
    one, other = (arm.code for arm in found.study.arms[:2])
    given = {
        "study_id": study_id,
        "rows": rows,
        "cutoff": CUTOFF_ON,
        "now": NOW,
        "one": one,
        "other": other,
    }
    with database.engine(url).begin() as connection:
        connection.execute(
            text("SELECT setseed(:seed), set_config('maintenance_work_mem', '512MB', true)"), {"seed": seed}
        )
        with bare(connection):
            for statement in (
                COURSES,
                PARTICIPANTS,
                TREATMENTS,
                EVENTS,
                FIRST_READINGS,
                READINGS,
                WITHDRAWALS,
                SIGHTINGS,
            ):
                connection.execute(text(statement), given)
    with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return found.study.code


@contextmanager
def bare(connection: Connection) -> Iterator[None]:
    """Take indexes, uniqueness and the look for parents away while rows come in by the million."""
    tables = [Base.metadata.tables[name] for name in TABLES]
    unique = [each for table in tables for each in table.constraints if isinstance(each, UniqueConstraint)]
    indexes: list[Index] = [each for table in tables for each in table.indexes]
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for constraint in unique:
        connection.execute(DropConstraint(constraint))
    for index in indexes:
        index.drop(connection)
    yield
    for constraint in unique:
        connection.execute(AddConstraint(constraint))
    for index in indexes:
        index.create(connection)
