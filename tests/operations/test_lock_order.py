"""A study is locked before its participants, and these before rows: nobody waits for one another.

SQLite has one lock for everything, so these races are run on PostgreSQL alone. One side holds what it has in
the test's own transaction until the other, in a thread, waits for it (or has ended without waiting).
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import database
from app.domain.study import Randomisation, Visit
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.formats.study_folder import StudyFolder
from app.models import Occasion, Participant, Study
from app.operations import audit
from app.operations.allocations import allocate_participant, generate_list
from app.operations.audit import Chain
from app.operations.contacts import change_contact
from app.operations.keys import reseal
from app.operations.participants import enrol_participant, randomise_participant
from app.operations.reminder_claims import claim
from app.operations.reminder_decisions import send_again
from app.operations.reminder_fates import Fate, record_fate
from app.operations.reminders import plan
from app.operations.reports import publish_report
from app.operations.studies import load_study
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

pytestmark = pytest.mark.postgresql

Act = Callable[[Session], Any]
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
CONTACT = ContactDetails("Name", "someone@example.org", None, 1958)
MORE = replace(STUDY, visits=(*STUDY.visits, replace(STUDY.visits[1], code="w12", day=84)))


@pytest.fixture
def tiny(postgresql_url: str) -> TinyStudy:
    """The tiny study on PostgreSQL."""
    with database.writing(postgresql_url) as session:
        loaded = load_study(session, folder=FOLDER, actor=COMMAND, now=MORNING)
    return TinyStudy(postgresql_url, loaded.study_id)


@contextmanager
def meanwhile(tiny: TinyStudy, session: Session, *acts: Act) -> Iterator[list[Future[Any]]]:
    """Let each act in a transaction of its own until it waits, and end the session's before they end."""

    def run(act: Act) -> object:
        with database.writing(tiny.url) as own:
            return act(own)

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(run, act) for act in acts]
        try:
            _until_waiting(tiny, running)
            yield running
            session.commit()
        finally:
            session.rollback()


def _until_waiting(tiny: TinyStudy, running: list[Future[Any]]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with database.reading(tiny.url) as session:
            waiting = session.scalars(WAITING).one()
        if waiting >= sum(not each.done() for each in running):
            return
        time.sleep(0.02)
    pytest.fail("nobody waits")


@contextmanager
def transaction(tiny: TinyStudy) -> Iterator[Session]:
    """Open the test's own transaction, which `meanwhile` ends."""
    with Session(database.engine(tiny.url), expire_on_commit=False) as session:
        yield session


def loading(folder: StudyFolder) -> Act:
    return lambda session: load_study(session, folder=folder, actor=COMMAND, now=MORNING)


def bounced(tiny: TinyStudy) -> int:
    """Return a message that came back from an address that is trusted all the same."""
    tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        plan(session, study_id=tiny.study_id, now=MORNING, actor=COMMAND)
    with database.writing(tiny.url) as session:
        [owed] = claim(session, now=MORNING, limit=1, contact_keys=CONTACT_KEYS)
        fate = Fate(message=owed.by(), end="bounced", reason="gone")
        record_fate(session, fate, now=MORNING, actor=COMMAND)
    return owed.reminder_id


def sending_again(reminder_id: int) -> Act:
    return lambda session: send_again(
        session, reminder_id=reminder_id, reason="looked", actor=COMMAND, now=MORNING
    )


def visits(tiny: TinyStudy) -> list[str]:
    with database.reading(tiny.url) as session:
        return sorted(session.scalars(select(Occasion.visit)))


def test_send_again_and_a_load_of_the_study_do_not_wait_for_one_another(tiny: TinyStudy) -> None:
    reminder_id = bounced(tiny)
    with transaction(tiny) as session:
        audit.lock(session, Chain("study", tiny.study_id))
        with meanwhile(tiny, session, sending_again(reminder_id)) as [again]:
            loading(replace(FOLDER, study=MORE))(session)
        assert len(again.result()) == 1
    assert visits(tiny) == ["d0", "w12", "w4"]


def test_send_again_and_planning_do_not_wait_for_one_another(tiny: TinyStudy) -> None:
    reminder_id = bounced(tiny)
    with transaction(tiny) as session:
        audit.lock(session, Chain("study", tiny.study_id))
        with meanwhile(tiny, session, sending_again(reminder_id)) as [again]:
            assert plan(session, study_id=tiny.study_id, now=MORNING, actor=COMMAND) == 1
        with pytest.raises(Refusal) as refused:  # planning was first: it waits already
            again.result()
    assert refused.value.code == Code.ALREADY_RECORDED


def test_a_draw_and_a_load_of_the_study_do_not_wait_for_one_another(tiny: TinyStudy) -> None:
    drawing = replace(STUDY, randomisation=Randomisation(blocks=(2, 4)))
    participant_id = tiny.enrol("P-1", arm=None)
    with database.writing(tiny.url) as session:
        loading(replace(FOLDER, study=drawing))(session)
        generate_list(
            session, study_id=tiny.study_id, seed=None, actor=COMMAND, now=MORNING, keys=CONTACT_KEYS
        )

    def draw(session: Session) -> None:
        allocate_participant(
            session, participant_id=participant_id, level="", actor=COMMAND, now=MORNING, keys=CONTACT_KEYS
        )

    with transaction(tiny) as session:
        audit.lock(session, Chain("study", tiny.study_id))
        with meanwhile(tiny, session, draw) as [drawn]:
            audit.lock_participants(session, study_id=tiny.study_id)  # as an import does, too
            loading(replace(FOLDER, study=replace(MORE, randomisation=drawing.randomisation)))(session)
        drawn.result()
    assert visits(tiny) == ["d0", "w12", "w4"]


def test_new_keys_and_changed_details_do_not_wait_for_one_another(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")

    def sealing(session: Session) -> dict[str, int]:
        return reseal(session, study_id=tiny.study_id, actor=COMMAND, now=MORNING, contact_keys=CONTACT_KEYS)

    with transaction(tiny) as session:
        audit.lock(session, Chain("study", tiny.study_id))
        with meanwhile(tiny, session, sealing) as [sealed]:
            change_contact(
                session,
                participant_id=participant_id,
                details=CONTACT,
                actor=COMMAND,
                now=MORNING,
                contact_keys=CONTACT_KEYS,
            )
        assert sealed.result()["contacts"] == 1


def test_two_reports_at_once_do_not_wait_for_one_another(tiny: TinyStudy) -> None:
    def publishing(session: Session) -> int:
        return publish_report(
            session,
            study_id=tiny.study_id,
            cutoff_on=DAY_0,
            data_sha256="0" * 64,
            page="",
            results={},
            actor=COMMAND,
            now=MORNING,
        )

    with transaction(tiny) as session:
        # What an inserted row that points to the study takes: it stops who locks it, not who points to it.
        session.execute(select(Study.id).with_for_update(read=True, key_share=True))
        with meanwhile(tiny, session, publishing, publishing) as reports:
            pass
        assert len({each.result() for each in reports}) == 2


def randomising(session: Session) -> None:
    randomise_participant(
        session,
        participant_id=session.scalars(select(Participant.id)).one(),
        arm="cells",
        randomised_on=DAY_0,
        actor=COMMAND,
        now=MORNING,
    )


def test_who_is_randomised_during_a_load_gets_the_new_visits(tiny: TinyStudy) -> None:
    tiny.enrol("P-1", arm=None)
    with transaction(tiny) as session:
        randomising(session)
        with meanwhile(tiny, session, loading(replace(FOLDER, study=MORE))) as [loaded]:
            pass
        assert loaded.result().number == 2
    assert visits(tiny) == ["d0", "w12", "w4"]


def test_who_is_randomised_after_a_load_began_gets_the_new_visits(tiny: TinyStudy) -> None:
    tiny.enrol("P-1", arm=None)
    with transaction(tiny) as session:
        loading(replace(FOLDER, study=MORE))(session)
        with meanwhile(tiny, session, randomising) as [randomised]:
            pass
        randomised.result()
    assert visits(tiny) == ["d0", "w12", "w4"]


def test_a_visit_that_is_just_being_planned_is_not_dropped(tiny: TinyStudy) -> None:
    tiny.enrol("P-1", arm=None)
    with transaction(tiny) as session:
        randomising(session)
        fewer = replace(FOLDER, study=replace(STUDY, visits=STUDY.visits[:1]))
        with meanwhile(tiny, session, loading(fewer)) as [loaded]:
            pass
        with pytest.raises(Refusal) as refused:
            loaded.result()
    assert (refused.value.code, refused.value.detail) == (Code.IN_USE, "visit w4")


SIGNED = Visit(
    code="signed",
    anchor="consent",
    day=0,
    opens=0,
    closes=7,
    title={"en": "Signed", "ar": "توقيع"},
    instruments=("itch",),
)
FROM_CONSENT = replace(STUDY, visits=(*STUDY.visits, SIGNED))


def enrolling(study_id: int) -> Act:
    return lambda session: enrol_participant(
        session,
        study_id=study_id,
        code="P-1",
        site="mad",
        language="en",
        contact=CONTACT,
        consent_version="1",
        consented_on=DAY_0,
        actor=COMMAND,
        now=MORNING,
        contact_keys=CONTACT_KEYS,
    )


def test_who_is_enrolled_during_a_load_gets_the_new_visits(tiny: TinyStudy) -> None:
    with transaction(tiny) as session:
        enrolling(tiny.study_id)(session)
        with meanwhile(tiny, session, loading(replace(FOLDER, study=FROM_CONSENT))) as [loaded]:
            pass
        assert loaded.result().number == 2
    assert visits(tiny) == ["signed"]


def test_who_is_enrolled_after_a_load_began_gets_the_new_visits(tiny: TinyStudy) -> None:
    with transaction(tiny) as session:
        loading(replace(FOLDER, study=FROM_CONSENT))(session)
        with meanwhile(tiny, session, enrolling(tiny.study_id)) as [enrolled]:
            pass
        enrolled.result()
    assert visits(tiny) == ["signed"]
