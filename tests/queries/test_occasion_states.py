"""What the database leaves out stands in no state that was asked for: compared with every row judged."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.domain.schedule import (
    OCCASION_STATES,
    OccasionState,
    Window,
    civil_date,
    occasion_state,
)
from app.models import Event, Occasion, Participant, Reading, Response, Withdrawal
from app.operations.studies import load_study
from app.queries import completion, occasion_states, studies
from app.queries.endings import NOTHING_ENDED, endings
from app.queries.occasion_states import Wanted, every, look
from app.queries.occasions import completed_on
from app.queries.worklist import worklist
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, MORNING, TinyStudy

ZONES = ("Pacific/Kiritimati", "Europe/Madrid", "Etc/GMT+12")
EVENING = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # the day after in Madrid and beyond, still the 10th west
DISTANCES = (-40, -15, -14, -13, -8, -7, -6, -2, -1, 0, 1, 2, 6, 7, 8, 13, 14, 15, 40)
"""From the day in UTC to the due day: around every edge of both windows of the tiny study."""
ENDS = ("nothing", "dead", "refuted", "withdrew", "contact", "transplanted")

ENDS_WITH_TRANSPLANT = replace(FOLDER, study=replace(FOLDER.study, after_transplant="stop"))


@dataclass(frozen=True)
class Many:
    url: str
    study_id: int


def fill(session: Session, study_id: int, distances: Sequence[int] = DISTANCES) -> None:
    """Put one participant for every zone, distance, ending and answer into the tables."""
    offered = studies.current(session, study_id=study_id).offered["itch", "en"]
    today = EVENING.date()
    for number, (zone, distance, end, sent) in enumerate(
        product(ZONES, distances, ENDS, (None, 0, 7, 8, 30))
    ):
        if end not in ("nothing", "dead") and sent is not None:
            continue
        due_on = today + timedelta(days=distance)
        participant_id = session.scalar(
            insert(Participant)
            .values(
                study_id=study_id,
                code=f"P-{number:04}",
                site=("mad", "cai")[number % 2],
                language="en",
                time_zone=zone,
                enrolled_at=MORNING,
                enrolled_on=DAY_0,
                arm="cells",
                randomised_on=due_on,
            )
            .returning(Participant.id)
        )
        assert participant_id is not None
        for visit, before, after in (("d0", 0, 7), ("w4", 7, 14)):
            occasion_id = session.scalar(
                insert(Occasion)
                .values(
                    participant_id=participant_id,
                    visit=visit,
                    opens_on=due_on - timedelta(days=before),
                    due_on=due_on,
                    closes_on=due_on + timedelta(days=after),
                )
                .returning(Occasion.id)
            )
            if sent is not None:
                at = datetime.combine(due_on, datetime.min.time(), ZoneInfo(zone)) + timedelta(
                    days=sent, hours=23
                )
                session.execute(
                    insert(Response).values(
                        occasion_id=occasion_id,
                        instrument="itch",
                        instrument_version_id=offered.instrument_version_id,
                        wording_id=offered.wording_id,
                        respondent="patient",
                        mode="phone",
                        started_at=at,
                        submitted_at=at if number % 7 else None,
                        receipt=f"R{occasion_id}" if number % 7 else None,
                    )
                )
        _end(session, participant_id, end, due_on + timedelta(days=(number % 5) * 4 - 8))


def _end(session: Session, participant_id: int, end: str, on: date) -> None:
    if end in ("withdrew", "contact"):
        scope = "answers" if end == "withdrew" else "contact"
        session.add(
            Withdrawal(
                participant_id=participant_id,
                scope=scope,
                withdrawn_on=on,
                recorded_at=MORNING,
                recorded_by=COMMAND.label,
            )
        )
    elif end in ("dead", "refuted", "transplanted"):
        reported = Event(
            participant_id=participant_id,
            kind="transplant" if end == "transplanted" else "death",
            started=PartialDate(on.year, on.month, on.day),
            reported_at=MORNING,
            reported_by=COMMAND.label,
            report_id="r",
        )
        session.add(reported)
        session.flush()
        if end == "refuted":
            session.add(
                Reading(event_id=reported.id, decision="refuted", read_at=MORNING, read_by=COMMAND.label)
            )
    session.flush()


@pytest.fixture(scope="module")
def many(module_database_url: str) -> Many:
    with database.writing(module_database_url) as session:
        study_id = load_study(session, folder=ENDS_WITH_TRANSPLANT, actor=COMMAND, now=MORNING).study_id
        fill(session, study_id)
        session.execute(text("ANALYZE"))  # PostgreSQL takes tables that were just filled for empty ones
    return Many(module_database_url, study_id)


def judged(session: Session, many: Many) -> dict[int, OccasionState]:
    """Judge every occasion on its own, with nothing left out before."""
    study = studies.current(session, study_id=many.study_id).study
    found = session.execute(select(Participant, Occasion).join(Occasion)).all()
    ended = endings(session, participant_ids=[participant.id for participant, _ in found])
    sent = {
        each.occasion_id: {each.instrument: each.submitted_at} for each in session.scalars(select(Response))
    }
    return {
        occasion.id: occasion_state(
            Window(occasion.opens_on, occasion.due_on, occasion.closes_on),
            completed_on=completed_on(
                sent.get(occasion.id, {}), study.visit(occasion.visit), ZoneInfo(participant.time_zone)
            ),
            ends=ended.get(participant.id, NOTHING_ENDED).ends,
            today=civil_date(EVENING, ZoneInfo(participant.time_zone)),
        )
        for participant, occasion in found
    }


def subsets() -> Iterator[tuple[OccasionState, ...]]:
    yield ()
    for size in (1, 2, 3, len(OCCASION_STATES)):
        yield from combinations(OCCASION_STATES, size)


def test_every_set_of_states_finds_just_what_stands_in_them(many: Many) -> None:
    with database.reading(many.url) as session:
        expected = judged(session, many)
        assert set(expected.values()) == set(OCCASION_STATES)
        for states in subsets():
            found = list(
                every(
                    session, actor=COMMAND, study_id=many.study_id, now=EVENING, wanted=Wanted(states=states)
                )
            )
            assert {each.occasion_id: each.state for each in found} == {
                key: state for key, state in expected.items() if not states or state in states
            }, states
            assert len({each.occasion_id for each in found}) == len(found)


@pytest.mark.parametrize("most", [1, 7, 4000])
def test_a_short_look_finds_the_beginning_of_the_whole(
    many: Many, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(occasion_states, "MOST", most)
    with database.reading(many.url) as session:
        for states, order in product(
            (("overdue", "due", "open"), ("completed late",)), ("due", "code", "visit")
        ):
            asked = {
                "actor": COMMAND,
                "study_id": many.study_id,
                "now": EVENING,
                "wanted": Wanted(states=states),  # type: ignore[arg-type]  # states, as tuples of words
                "order": order,
            }
            whole = [each.occasion_id for each in every(session, **asked)]  # type: ignore[arg-type]
            looked = look(session, **asked, at_least=20)  # type: ignore[arg-type]
            found = [each.occasion_id for each in looked.found]
            assert found == whole[: len(found)]
            assert len(found) >= 20
            assert looked.whole == (len(found) == len(whole) and most == 4000)


def test_a_site_a_visit_a_code_and_days_narrow_it(many: Many) -> None:
    madrid = Actor("account", 1, role="coordinator", study_id=many.study_id, site="mad")
    with database.reading(many.url) as session:
        for actor, wanted in (
            (madrid, Wanted()),
            (COMMAND, Wanted(site="mad")),
        ):
            found = list(every(session, actor=actor, study_id=many.study_id, now=EVENING, wanted=wanted))
            assert {each.site for each in found} == {"mad"}
        only = Wanted(
            visit="w4", search="p-000", due_from=EVENING.date() - timedelta(days=40), due_until=EVENING.date()
        )
        found = list(every(session, actor=COMMAND, study_id=many.study_id, now=EVENING, wanted=only))
        assert {each.visit for each in found} == {"w4"}
        assert {each.code[:5] for each in found} == {"P-000"}
        stranger = Actor("account", 2, role="monitor", study_id=many.study_id + 1)
        assert not look(session, actor=stranger, study_id=many.study_id, now=EVENING, wanted=Wanted()).found


@contextmanager
def counting(url: str) -> Iterator[list[str]]:
    """Give the statements that are run in the block."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        run.append(statement)

    engine = database.engine(url)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_more_rows_need_no_more_statements(tiny: TinyStudy) -> None:
    def ask(wanted: Wanted) -> int:
        with database.reading(tiny.url) as session, counting(tiny.url) as run:
            worklist(session, actor=COMMAND, study_id=tiny.study_id, now=EVENING, wanted=wanted)
        return len(run)

    def count() -> int:
        with database.reading(tiny.url) as session, counting(tiny.url) as run:
            completion.completion(session, actor=COMMAND, study_id=tiny.study_id, today=EVENING.date())
        return len(run)

    counts = []
    for part in (DISTANCES[3:9:3], DISTANCES[2:12]):
        with database.writing(tiny.url) as session:
            session.execute(update(Participant).values(code=Participant.code + "y"))
            fill(session, tiny.study_id, part)
        counts.append([ask(Wanted()), ask(Wanted(states=("overdue", "due", "open"))), count()])
    assert counts[0] == counts[1]
    assert max(counts[0]) < 25
