"""A study of many sites, with a past of years, put into PostgreSQL by the database itself.

Days 0 lie evenly over the last three years. Four of five questionnaires that were due are there, a few of
them late; one participant of twelve has died, one of fourteen withdrawn, one of three was in hospital; every
visit that came due was reminded of. The same numbers give the same data.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.study import Site
from app.domain.visit import Visit
from app.formats import study_folder
from app.formats.study_folder import StudyFolder
from app.operations.studies import load_study
from app.queries import studies
from bench.crowd import FOLDER

ACTOR = Actor("command", name="bench")
YEARS = (1, 2, 3, 4)
PAST_DAYS = 1095

# Chance that is the same each time: a number from 0 to 999 from a row's id and a number for what it decides.
CHANCE = r"CAST(mod(abs(hashint8extended(\1, CAST(\2 AS bigint))), 1000) AS int)"


@dataclass(frozen=True)
class Registry:
    """What was loaded."""

    study_id: int
    sites: tuple[str, ...]
    participants: int
    occasions: int


def folder(sites: int) -> StudyFolder:
    """Return the demo study with many sites, and with a visit in each of four years."""
    found = study_folder.read(FOLDER)
    pattern, languages = found.study.sites[0], found.study.languages
    yearly = tuple(
        Visit(
            code=f"year-{year}",
            day=365 * year + 30,
            opens=42,
            closes=60,
            title=dict.fromkeys(languages, f"Year {year}"),
            instruments=found.study.instruments[:1],
        )
        for year in YEARS
    )
    many = tuple(_site(pattern, number) for number in range(sites))
    study = replace(found.study, sites=many, visits=(*found.study.visits, *yearly))
    return replace(found, study=study)


def _site(pattern: Site, number: int) -> Site:
    return replace(pattern, code=f"s{number:03}", name=f"Hospital {number:03}")


def registry(url: str, *, participants: int, per_site: int, now: datetime) -> Registry:
    """Load the study and everyone who takes part; the tables are analysed afterwards."""
    sites = max(1, participants // per_site)
    with database.writing(url) as session:
        study_id = load_study(session, folder=folder(sites), actor=ACTOR, now=now).study_id
        _people(session, study_id, participants, sites, now.date())
        _occasions(session, study_id)
        _responses(session, study_id, now)
        _events(session, now)
        _messages(session, now)
        occasions = session.scalar(text("SELECT count(*) FROM occasion")) or 0
    with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    codes = tuple(f"s{number:03}" for number in range(sites))
    return Registry(study_id, codes, participants, occasions)


def _run(session: Session, statement: str, **values: object) -> None:
    """Run a statement in which `CHANCE(id, 1)` stands for chance."""
    session.execute(text(re.sub(r"CHANCE\((\w+), ([:\w]+)\)", CHANCE, statement)), values)


def _people(session: Session, study_id: int, participants: int, sites: int, today: date) -> None:
    zone = folder(1).study.sites[0].time_zone
    _run(
        session,
        """
        INSERT INTO participant (study_id, code, site, language, time_zone, enrolled_at, enrolled_on, arm,
                                 randomised_on)
        SELECT :study_id,
               'S' || lpad((n % :sites)::text, 3, '0') || '-' || lpad((n / :sites + 1)::text, 4, '0'),
               's' || lpad((n % :sites)::text, 3, '0'), 'en', :zone, day::timestamptz, day,
               CASE WHEN n % 97 <> 0 THEN CASE WHEN n % 2 = 0 THEN :one ELSE :other END END,
               CASE WHEN n % 97 <> 0 THEN day END
        FROM (SELECT n, CAST(:today AS date) - (n * 7919 % :past)::int AS day
              FROM generate_series(0, :participants - 1) AS n) AS drawn
        """,
        study_id=study_id,
        sites=sites,
        zone=zone,
        one=folder(1).study.arms[0].code,
        other=folder(1).study.arms[1].code,
        today=today,
        past=PAST_DAYS,
        participants=participants,
    )
    _run(session, "INSERT INTO contact (participant_id, sealed) SELECT id, 'sealed' FROM participant")


def _occasions(session: Session, study_id: int) -> None:
    for visit in studies.current(session, study_id=study_id).study.schedule:
        _run(
            session,
            """
            INSERT INTO occasion (participant_id, visit, opens_on, due_on, closes_on)
            SELECT id, :visit, randomised_on + :day - :opens, randomised_on + :day,
                   randomised_on + :day + :closes
            FROM participant WHERE randomised_on IS NOT NULL
            """,
            visit=visit.code,
            day=visit.day,
            opens=visit.opens,
            closes=visit.closes,
        )


def _responses(session: Session, study_id: int, now: datetime) -> None:
    current = studies.current(session, study_id=study_id)
    (name,) = current.study.instruments
    offered = current.offered[name, current.study.languages[0]]
    _run(
        session,
        """
        INSERT INTO response (occasion_id, instrument, instrument_version_id, wording_id, respondent, mode,
                              started_at, submitted_at, submission_id, receipt)
        SELECT id, :name, :version, :wording, 'patient', 'phone', sent, sent, 'b' || id, 'B' || id
        FROM (SELECT id, (due_on + CHANCE(id, 1) * (closes_on - due_on + 2) / 1000 - 1)
                         + interval '10 hours' AS sent
              FROM occasion WHERE due_on <= :today AND CHANCE(id, 2) < 800) AS given
        WHERE sent <= :now
        """,
        name=name,
        version=offered.instrument_version_id,
        wording=offered.wording_id,
        today=now.date(),
        now=now,
    )


def _events(session: Session, now: datetime) -> None:
    for kind, salt, share in (("death", 3, 83), ("hospital stay", 4, 333), ("transplant", 5, 60)):
        _run(
            session,
            """
            INSERT INTO event (participant_id, kind, started, ongoing, reason, place, reported_at,
                               reported_by, report_id)
            SELECT id, :kind, to_char(randomised_on + (:today - randomised_on) / 2, 'YYYY-MM-DD'), false,
                   '', '', :now, 'participant:' || id, 'bench-' || CAST(:salt AS int)
            FROM participant
            WHERE randomised_on IS NOT NULL AND CHANCE(id, :salt) < :share
            """,
            kind=kind,
            salt=salt,
            share=share,
            today=now.date(),
            now=now,
        )
    _run(
        session,
        """
        INSERT INTO reading (event_id, decision, agreed_started_on, note, read_at, read_by)
        SELECT id, 'confirmed', started::date, '', :now, 'account:1' FROM event
        WHERE CHANCE(id, 6) < 950
        """,
        now=now,
    )
    _run(
        session,
        """
        INSERT INTO withdrawal (participant_id, scope, withdrawn_on, reason, recorded_at, recorded_by)
        SELECT id, 'answers', enrolled_on + (:today - enrolled_on) / 2, '', :now, 'account:1'
        FROM participant WHERE CHANCE(id, 7) < 70
        """,
        today=now.date(),
        now=now,
    )


def _messages(session: Session, now: datetime) -> None:
    """A reminder of everything that came due: one of a thousand failed, one of ten thousand is unclear."""
    _run(
        session,
        """
        INSERT INTO reminder (occasion_id, step, channel, planned_at, claimed_at, sent_at, failed_at)
        SELECT id, 'ready', 'email', due_on, due_on,
               CASE WHEN CHANCE(id, 8) > 0 AND id % 10007 <> 0 THEN due_on::timestamptz END,
               CASE WHEN CHANCE(id, 8) = 0 AND id % 10007 <> 0 THEN due_on::timestamptz END
        FROM occasion WHERE due_on < :today
        """,
        today=now.date(),
    )
    _run(
        session,
        """
        WITH made AS (
            INSERT INTO link (participant_id, issued_at, expires_at, revoked_at)
            SELECT id, at - interval '90 days', at + interval '90 days',
                   at - interval '1 day'
            FROM participant, (SELECT CAST(:now AS timestamptz) AS at) AS clock WHERE CHANCE(id, 9) < 4
            RETURNING id, participant_id
        )
        INSERT INTO link_request (participant_id, link_id, asked_at)
        SELECT participant_id, id, CAST(:now AS timestamptz) - interval '1 hour' FROM made
        """,
        now=now,
    )
