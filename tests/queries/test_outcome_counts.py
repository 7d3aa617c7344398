"""The statement that counts outcomes gives what the rule of the domain gives, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import database
from app.domain.adjudication import EventChoice
from app.domain.estimand import ENDPOINTS, STRATEGIES, Endpoint, Origin, Strategy
from app.domain.outcomes import time_to_event
from app.domain.study import Adjudication
from app.operations.studies import load_study
from app.queries.asked_outcome import OUTCOMES, AskedOutcome
from app.queries.civil_days import lend_civil_date
from app.queries.last_day import last_day
from app.queries.outcome_counts import outcomes
from app.queries.outcomes import Course
from app.queries.outcomes import courses as read_courses
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY
from tests.queries.any_courses import DAY_0, AnyCourse, courses, write

ADJUDICATIONS = (
    Adjudication(),
    Adjudication(readings=2, by="adjudicator", kinds=("death", "transplant"), tolerance_days=3),
    Adjudication(readings=2, by="adjudicator"),
)
ESTIMANDS = [
    (endpoint, transplant, death)
    for endpoint in ENDPOINTS
    for transplant in STRATEGIES[endpoint].transplant
    for death in STRATEGIES[endpoint].death
]


def asked_of(
    estimand: tuple[Endpoint, Strategy, Strategy],
    origin: Origin,
    events: EventChoice,
    cutoff_on: date | None,
    as_known: bool,
) -> AskedOutcome:
    endpoint, transplant, death = estimand
    return AskedOutcome(
        dialect="",
        study_id=0,
        adjudication=ADJUDICATIONS[0],
        endpoint=endpoint,
        transplant=transplant,
        death=death,
        origin=origin,
        events=events,
        cutoff_on=cutoff_on,
        as_known=as_known and cutoff_on is not None,
    )


questions = st.builds(
    asked_of,
    st.sampled_from(ESTIMANDS),
    st.sampled_from(["randomisation", "randomisation", "first-infusion"]),
    st.sampled_from(["confirmed", "all"]),
    st.none() | st.integers(-10, 25).map(lambda number: DAY_0 + timedelta(days=number)),
    st.booleans(),
)


@pytest.fixture(scope="module")
def study_ids(module_database_url: str) -> list[int]:
    """A study for each way in which events are read."""
    with database.writing(module_database_url) as session:
        return [
            load_study(
                session,
                folder=replace(FOLDER, study=replace(STUDY, code=f"s{number}", adjudication=adjudication)),
                actor=COMMAND,
                now=MORNING,
            ).study_id
            for number, adjudication in enumerate(ADJUDICATIONS)
        ]


Outcomes = dict[int, tuple[object, ...]]


def by_the_domain(known: Sequence[Course], asked: AskedOutcome) -> Outcomes:
    """The arm, days and outcome of each participant, as ADTTE has them."""
    cutoff_on = asked.cutoff_on or max(each.last_day() for each in known)
    found: Outcomes = {}
    for each in known:
        course = each.as_known_on(cutoff_on) if asked.as_known else each.until(cutoff_on)
        follow_up = course.follow_up(origin=asked.origin, events=asked.events, cutoff_on=cutoff_on)
        if each.enrolled_on > cutoff_on or follow_up is None:
            continue
        one = time_to_event(asked.endpoint, follow_up, transplant=asked.transplant, death=asked.death)
        found[each.participant_id] = (course.arm or "", one.days, OUTCOMES[one.censoring])
    return found


def by_the_database(session: Session, asked: AskedOutcome) -> Outcomes:
    return {row[0]: tuple(row[1:]) for row in session.execute(outcomes(asked))}


@given(
    written=st.lists(courses, min_size=1, max_size=20),
    which=st.integers(0, len(ADJUDICATIONS) - 1),
    asked=st.lists(questions, min_size=3, max_size=3),
)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_outcome_is_the_domains(
    module_database_url: str,
    study_ids: list[int],
    written: list[AnyCourse],
    which: int,
    asked: list[AskedOutcome],
) -> None:
    with Session(database.engine(module_database_url), expire_on_commit=False) as session:
        write(session, written, study_id=study_ids[which])
        lend_civil_date(session)
        known, adjudication = read_courses(session, study_id=study_ids[which]), ADJUDICATIONS[which]
        last_on = last_day(session, study_id=study_ids[which], adjudication=adjudication)
        assert last_on == max(course.last_day() for course in known)
        for each in asked:
            exact = replace(
                each,
                dialect=session.get_bind().dialect.name,
                study_id=study_ids[which],
                adjudication=adjudication,
            )
            assert by_the_database(session, exact) == by_the_domain(known, exact)
        session.rollback()
