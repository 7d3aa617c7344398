"""The statement that counts completion gives what the rules of the domain give, on both databases."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product, starmap
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session, outerjoin

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.domain.schedule import NO_END, Ends, NotExpected, Window, occasion_state, why_not_expected
from app.domain.study import Adjudication, AfterTransplant
from app.models import MissedReason, Occasion, Participant, Response
from app.operations.studies import load_study
from app.queries import completion, not_expected
from app.queries.completion import Completion
from app.queries.endings import endings
from tests.fixtures.study import COMMAND, FOLDER, INSTRUMENT, MORNING, STUDY, WORDINGS
from tests.queries.any_courses import DAY_0, AnyCourse, Row, courses, days, write
from tests.queries.any_visits import VISITS, AnyVisit, visits, write_visits

WAYS: tuple[tuple[Adjudication, AfterTransplant], ...] = (
    (Adjudication(), "stop"),
    (Adjudication(), "continue"),
    (Adjudication(readings=2, by="adjudicator", kinds=("death",), tolerance_days=3), "stop"),
)
STUDIES = [
    replace(
        STUDY,
        code=f"s{number}",
        visits=tuple(
            replace(STUDY.visits[0], code=code, instruments=asked) for code, asked in VISITS.items()
        ),
        adjudication=adjudication,
        after_transplant=after,
    )
    for number, (adjudication, after) in enumerate(WAYS)
]
COUNTED_AS: dict[NotExpected, str] = {"dead": "died", "withdrawn": "withdrew", "transplanted": "transplanted"}
Counts = Counter[tuple[str, str, str]]


@pytest.fixture(scope="module")
def study_ids(module_database_url: str) -> list[int]:
    """A study for each way in which deaths are decided, and for both things that a transplant can mean."""
    instruments = {name: replace(INSTRUMENT, name=name) for name in ("itch", "more")}
    wordings = {(name, language): each for name in instruments for (_, language), each in WORDINGS.items()}
    folder = replace(FOLDER, instruments=instruments, wordings=wordings)
    with database.writing(module_database_url) as session:
        return [
            load_study(session, folder=replace(folder, study=study), actor=COMMAND, now=MORNING).study_id
            for study in STUDIES
        ]


def known_ends(session: Session) -> dict[int, Ends]:
    return {key: each.ends for key, each in endings(session, participant_ids=select(Participant.id)).items()}


def words(session: Session, each: Occasion, instrument: str, end: Ends, today: date) -> Iterator[str]:
    """Say as what one form is counted."""
    sent = session.scalars(
        select(Response.id).where(
            Response.occasion_id == each.id,
            Response.instrument == instrument,
            Response.submitted_at.is_not(None),
        )
    ).all()
    window = Window(each.opens_on, each.due_on, each.closes_on)
    if sent:
        yield "available"
    if each.due_on <= today:
        yield "due"
        if sent:
            yield "completed"
        elif (why := why_not_expected(window, end, today=today)) is not None:
            yield COUNTED_AS[why]
        else:
            state = occasion_state(window, completed_on=None, ends=end, today=today)
            yield {"due": "open", "overdue": "open"}.get(state, state)
    noted = select(MissedReason.reason).where(MissedReason.occasion_id == each.id)
    because = session.scalars(noted.order_by(MissedReason.id.desc())).first()
    if because and not sent and each.closes_on < today:
        yield because


def one_by_one(session: Session, today: date) -> Counts:
    """Count form after form, by site and visit."""
    found: Counts = Counter()
    ends = known_ends(session)
    for person, each in session.execute(select(Participant, Occasion).join(Occasion)):
        for instrument in VISITS.get(each.visit, ()):
            for word in words(session, each, instrument, ends.get(person.id, NO_END), today):
                found[person.site, each.visit, word] += 1
    there = {(site, visit) for site, visit, word in found if word in ("due", "available")}
    for site, randomised_on in session.execute(select(Participant.site, Participant.randomised_on)):
        for visit, asked in VISITS.items():
            if randomised_on and (site, visit) in there:
                found[site, visit, "randomised"] += len(asked)
    return found


def counts(rows: Sequence[Completion]) -> Counts:
    found: Counts = Counter()
    for row in rows:
        for name in completion.NUMBERS:
            found[row.site, row.visit, name] += getattr(row, name)
        for reason, number in row.because.items():
            found[row.site, row.visit, reason] += number
    return +found


def summed(found: Counts, *, over: Literal["site", "visit"]) -> Counts:
    sums: Counts = Counter()
    for (site, visit, word), number in found.items():
        sums["" if over == "site" else site, "" if over == "visit" else visit, word] += number
    return sums


def ends_in_database(session: Session, which: int) -> dict[int, Ends]:
    dialect = session.get_bind().dialect.name
    found = not_expected.ends(STUDIES[which], participant_ids=select(Participant.id), dialect=dialect)
    return {
        key: Ends(dead_on=dead_on, withdrawn_on=withdrawn_on, transplanted_on=transplanted_on)
        for key, dead_on, withdrawn_on, transplanted_on in session.execute(select(found))
    }


@given(
    people=st.lists(st.tuples(courses, st.sampled_from(["mad", "cai"]), visits), min_size=1, max_size=15),
    which=st.integers(0, len(STUDIES) - 1),
    some_days=st.lists(days, min_size=2, max_size=2),
)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_form_is_counted_as_the_domain_says(
    module_database_url: str,
    study_ids: list[int],
    people: list[tuple[AnyCourse, str, list[AnyVisit]]],
    which: int,
    some_days: list[date],
) -> None:
    study_id = study_ids[which]
    with Session(database.engine(module_database_url), expire_on_commit=False) as session:
        written = [replace(course, person=course.person | {"site": site}) for course, site, _ in people]
        write(session, written, study_id=study_id)
        write_visits(session, [visits for _, _, visits in people])
        by_domain = {key: end for key, end in known_ends(session).items() if end != NO_END}
        assert ends_in_database(session, which) == by_domain
        for today in some_days:
            expected = one_by_one(session, today)
            rows = completion.completion(session, actor=COMMAND, study_id=study_id, today=today)
            assert counts(rows) == expected
            assert counts(completion.by_visit(rows)) == summed(expected, over="site")
            assert counts(completion.by_site(rows)) == summed(expected, over="visit")
            assert [(row.site, row.visit) for row in rows] == [
                (site, visit)
                for site, visit in product(("cai", "mad"), VISITS)
                if expected[site, visit, "due"] or expected[site, visit, "available"]
            ]
            madrid = {key: number for key, number in expected.items() if key[0] == "mad"}
            coordinator = Actor("account", 1, role="coordinator", study_id=study_id, site="mad")
            for actor, site in ((COMMAND, "mad"), (coordinator, None)):
                own = completion.completion(session, actor=actor, study_id=study_id, today=today, site=site)
                assert counts(own) == madrid
        session.rollback()


def course(dead_on: date | None, withdrawn_on: date | None, transplanted_on: date | None) -> AnyCourse:
    """Someone for whom this has ended, with one occasion that `write` plans for day 0."""
    person = {"site": "mad", "language": "en", "time_zone": "Europe/Madrid", "arm": None}
    withdrawal = {"scope": "answers", "withdrawn_on": withdrawn_on}
    events: list[Row] = [
        {"kind": kind, "started": PartialDate.of(on), "ended": None, "reported_at": MORNING, "readings": []}
        for kind, on in (("death", dead_on), ("transplant", transplanted_on))
        if on is not None
    ]
    return AnyCourse(
        person=person | {"enrolled_at": MORNING, "enrolled_on": DAY_0, "randomised_on": None},
        withdrawals=[withdrawal] if withdrawn_on else [],
        infusions=[],
        sightings=[],
        events=events,
        answers=[],
    )


def test_every_order_of_ends_gives_the_domains_reason(module_database_url: str, study_ids: list[int]) -> None:
    """Each end on no day or on one around each edge of the window, looked at from each of these days."""
    around = [DAY_0 + timedelta(days=number) for number in range(-1, 5)]
    window = Window(DAY_0, DAY_0 + timedelta(days=1), DAY_0 + timedelta(days=3))
    with Session(database.engine(module_database_url), expire_on_commit=False) as session:
        write(session, starmap(course, product([None, *around], repeat=3)), study_id=study_ids[0])
        session.execute(
            update(Occasion).values(
                opens_on=window.opens_on, due_on=window.due_on, closes_on=window.closes_on
            )
        )
        end = not_expected.ends(
            STUDIES[0],
            participant_ids=select(Participant.id),
            dialect=session.get_bind().dialect.name,
        )
        rows = outerjoin(Occasion, end, end.c.participant_id == Occasion.participant_id)
        by_domain = known_ends(session)
        for today in around:
            why = not_expected.why_not_expected(end, today=today)
            found = session.execute(select(Occasion.participant_id, why).select_from(rows)).all()
            assert dict(found) == {
                key: why_not_expected(window, by_domain.get(key, NO_END), today=today) for key, _ in found
            }
            assert len(found) == (len(around) + 1) ** 3
        session.rollback()
