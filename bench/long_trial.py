"""A large trial with a past of years, put into a database in bulk: the demo study's plan with twelve visits.

Everything is drawn with a seed: the same numbers give the same data on every machine and day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.domain.visit import Visit
from app.formats import study_folder
from app.formats.study_folder import StudyFolder
from app.models import (
    Answer,
    Consent,
    Event,
    Participant,
    Reading,
    Response,
    Treatment,
    Withdrawal,
)
from app.operations.studies import load_study
from app.queries import studies
from app.queries.studies import CurrentStudy
from bench.bulk import Courses, Days, add, day_of, instant_of
from bench.crowd import FOLDER
from bench.long_answers import questionnaires

ACTOR = Actor("command", name="bench")
TODAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
FIRST_WEEKS = (0, 4, 8, 12, 16, 24, 36, 48, 60, 72, 84, 96)
PAST_DAYS = (180, 1095)
"""How long ago the last and the first participant were randomised."""
STAYS_EACH = 10


@dataclass(frozen=True)
class LongTrial:
    """What was loaded."""

    participants: int
    visits: int
    responses: int
    answers: int
    stays: int


def folder() -> StudyFolder:
    """Return the demo study with twelve visits; models of several visits use all of them."""
    found = study_folder.read(FOLDER)
    languages, instruments = found.study.languages, found.study.instruments[:1]
    visits = tuple(
        Visit(
            code=f"week-{week}" if week else "day-0",
            day=7 * week,
            opens=7 if week else 0,
            closes=14,
            title=dict.fromkeys(languages, f"Week {week}" if week else "Start"),
            instruments=instruments,
        )
        for week in FIRST_WEEKS
    )
    later = tuple(visit.code for visit in visits[1:])
    analyses = tuple(
        replace(each, visits=later) if len(each.visits) > 1 else each for each in found.study.analyses
    )
    return replace(found, study=replace(found.study, visits=visits, analyses=analyses))


def long_trial(url: str, *, participants: int, seed: int) -> LongTrial:
    """Load the study and everyone's whole course."""
    random = np.random.default_rng(seed)
    with database.writing(url) as session:
        load_study(session, folder=folder(), actor=ACTOR, now=NOW)
        current = studies.current(session)
        courses = _people(session, current, participants, random)
        _treatments(session, current, courses)
        _events(session, courses, random)
        questionnaires(session, current, courses, random)
        return LongTrial(
            participants=participants,
            visits=len(FIRST_WEEKS),
            responses=session.scalar(select(func.count(Response.id))) or 0,
            answers=session.scalar(select(func.count(Answer.id))) or 0,
            stays=session.scalar(select(func.count(Event.id)).where(Event.kind == "hospital stay")) or 0,
        )


def _people(
    session: Session, current: CurrentStudy, participants: int, random: np.random.Generator
) -> Courses:
    """Who takes part, from when until when: a twelfth a year dies, fewer are transplanted or withdraw."""
    study, today = current.study, (TODAY - date(1970, 1, 1)).days
    ids = np.arange(1, participants + 1)
    treated = ids % 2 == 0
    day_0 = today - random.integers(*PAST_DAYS, size=participants)
    death = day_0 + np.ceil(random.exponential(365 * np.where(treated, 11.0, 8.0)))
    left = day_0 + np.ceil(random.exponential(365 * 25.0, size=participants))
    transplant = day_0 + np.ceil(random.exponential(365 * np.where(treated, 16.0, 12.0)))
    until = np.minimum(np.minimum(death, left), today).astype(np.int64)
    sites = study.sites
    add(
        session,
        Participant,
        (
            {
                "id": int(key),
                "study_id": current.study_id,
                "code": f"BIG-{key:06}",
                "site": (site := sites[int(key) % len(sites)]).code,
                "language": site.language,
                "time_zone": site.time_zone,
                "enrolled_at": instant_of(day),
                "enrolled_on": day_of(day),
                "arm": study.arms[0 if infused else 1].code,
                "randomised_on": day_of(day),
            }
            for key, day, infused in zip(ids, day_0, treated, strict=True)
        ),
    )
    add(
        session,
        Consent,
        (
            _written(key, day) | {"version": study.consent_versions[0], "consented_on": day_of(day)}
            for key, day in zip(ids, day_0, strict=True)
        ),
    )
    gone = (left == until) & (left < np.minimum(death, today))
    add(
        session,
        Withdrawal,
        (
            _written(key, day) | {"scope": "follow-up", "withdrawn_on": day_of(day), "reason": ""}
            for key, day in zip(ids[gone], until[gone], strict=True)
        ),
    )
    return Courses(
        ids=ids,
        day_0=day_0,
        until=until,
        treated=treated,
        died=(death == until) & ~gone,
        transplanted_on=np.where(transplant < until, transplant, -1).astype(np.int64),
    )


def _written(key: int | np.int64, day: int | np.int64) -> dict[str, Any]:
    return {"participant_id": int(key), "recorded_at": instant_of(day, 12), "recorded_by": ACTOR.label}


def _treatments(session: Session, current: CurrentStudy, courses: Courses) -> None:
    lots = current.study.product_lots
    infused = zip(courses.ids[courses.treated], courses.day_0[courses.treated], strict=True)
    add(
        session,
        Treatment,
        (
            _written(key, day)
            | {
                "lot": (lot := lots[int(key) // 2 % len(lots)]).code,
                "route": lot.route,
                "given_on": day_of(day),
            }
            for key, day in infused
        ),
    )


def _events(session: Session, courses: Courses, random: np.random.Generator) -> None:
    """Ten stays for each participant, more for some, and the other events; all but a few are confirmed."""
    length = courses.until - courses.day_0
    weights = length * random.gamma(1.0, size=len(length)) * np.where(courses.treated, 0.85, 1.0)
    whose = random.choice(len(length), size=STAYS_EACH * len(length), p=weights / weights.sum())
    began = courses.day_0[whose] + (random.random(len(whose)) * length[whose]).astype(np.int64)
    ended = np.minimum(began + 1 + random.poisson(4.0, len(whose)), courses.until[whose])
    dead, moved = np.flatnonzero(courses.died), np.flatnonzero(courses.transplanted_on >= 0)
    tumour, harmed = (np.flatnonzero(random.random(len(length)) < share) for share in (0.01, 0.2))
    some_day = courses.day_0 + (random.random(len(length)) * length).astype(np.int64)
    rows = [
        *_rows("hospital stay", whose, began, ended=ended),
        *_rows("death", dead, courses.until[dead]),
        *_rows("transplant", moved, courses.transplanted_on[moved]),
        *_rows("tumour", tumour, some_day[tumour], term="Hepatocellular carcinoma"),
        *_rows("adverse event", harmed, some_day[harmed], term="Infection", criteria="hospitalisation"),
    ]
    for number, row in enumerate(rows, start=1):
        row |= {
            "id": number,
            "report_id": f"bench-{number}",
            "participant_id": int(row["participant_id"]) + 1,
        }
    add(session, Event, rows)
    read = random.random(len(rows)) < 0.97
    add(
        session,
        Reading,
        (
            {
                "event_id": row["id"],
                "decision": "confirmed",
                "agreed_started_on": row["started"].earliest,
                "agreed_ended_on": row["ended"].earliest if row["ended"] else None,
                "read_at": row["reported_at"],
                "read_by": "account:1",
            }
            for row, decided in zip(rows, read, strict=True)
            if decided
        ),
    )


def _rows(
    kind: str, whose: Days, began: Days, *, ended: Days | None = None, term: str = "", criteria: str = ""
) -> Iterator[dict[str, Any]]:
    ends: Sequence[int | None] = [None] * len(whose) if ended is None else [int(day) for day in ended]
    for person, day, end in zip(whose, began, ends, strict=True):
        yield {
            "participant_id": int(person),
            "kind": kind,
            "started": PartialDate.parse(day_of(day).isoformat()),
            "ended": None if end is None else PartialDate.parse(day_of(end).isoformat()),
            "ongoing": False,
            "term": term,
            "criteria": criteria,
            "reported_at": instant_of(day if end is None else end, 15),
            "reported_by": f"participant:{int(person) + 1}",
        }
