"""A query has a question, an owner, answers and an end, each a step of its own and an entry in the trail."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from app import database
from app.cli.queries import checked
from app.domain.actor import Actor, Role
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.models import AuditEntry, DataQuery, Event
from app.operations import data_queries as operations
from app.operations.accounts import add_account
from app.operations.events import read_event, report_event
from app.operations.sightings import record_sighting
from app.operations.studies import load_study
from app.queries import data_queries as queries
from app.queries.audit import verify
from app.queries.data_queries import QueryRow
from tests.fixtures.phone import Clock, configured
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, MORNING, STUDY, TinyStudy


def account(tiny: TinyStudy, role: Role, site: str | None = None) -> Actor:
    with database.writing(tiny.url) as session:
        account_id = add_account(
            session,
            email=f"{role}-{site}@example.org",
            name=f"{role} {site}",
            role=role,
            study_id=tiny.study_id,
            site=site,
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )
    return Actor("account", account_id, "", role, tiny.study_id, site)


@pytest.fixture
def monitor(tiny: TinyStudy) -> Actor:
    return account(tiny, "monitor")


@pytest.fixture
def coordinator(tiny: TinyStudy) -> Actor:
    return account(tiny, "coordinator", "mad")


@pytest.fixture
def query_id(tiny: TinyStudy, monitor: Actor) -> int:
    """A monitor's question about the day of somebody's randomisation."""
    participant_id = tiny.enrol("M-1")
    with database.writing(tiny.url) as session:
        return operations.raise_query(
            session,
            participant_id=participant_id,
            subject="participant",
            subject_id=participant_id,
            field="randomised_on",
            text="The source says the 6th.",
            actor=monitor,
            now=MORNING,
        )


def one(tiny: TinyStudy, query_id: int) -> QueryRow:
    with database.reading(tiny.url) as session:
        return queries.one(session, actor=COMMAND, study_id=tiny.study_id, query_id=query_id)


def test_asked_answered_opened_again_and_closed(
    tiny: TinyStudy, query_id: int, monitor: Actor, coordinator: Actor
) -> None:
    assert (one(tiny, query_id).state, one(tiny, query_id).value) == ("open", "2026-01-05")
    with database.writing(tiny.url) as session:
        operations.answer_query(session, query_id=query_id, text="No.", actor=coordinator, now=MORNING)
    assert one(tiny, query_id).state == "answered"
    with database.writing(tiny.url) as session:
        operations.reopen_query(session, query_id=query_id, text="See page 2.", actor=monitor, now=MORNING)
        operations.answer_query(session, query_id=query_id, text="Right.", actor=coordinator, now=MORNING)
        operations.close_query(session, query_id=query_id, actor=monitor, now=MORNING)
    found = one(tiny, query_id)
    assert found.state == "closed"
    assert [(step.kind, step.text) for step in found.steps] == [
        ("asked", "The source says the 6th."),
        ("answered", "No."),
        ("reopened", "See page 2."),
        ("answered", "Right."),
        ("closed", ""),
    ]
    with database.reading(tiny.url) as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == f"query:{query_id}").order_by(AuditEntry.id)
        ).all()
        assert actions == ["query.ask", "query.answer", "query.reopen", "query.answer", "query.close"]
        assert list(verify(session)) == []


def refused(tiny: TinyStudy, operation: str, **given: object) -> Code:
    with pytest.raises(Refusal) as refusal, database.writing(tiny.url) as session:
        getattr(operations, operation)(session, now=MORNING, **given)
    return refusal.value.code


def test_who_may_do_what(tiny: TinyStudy, query_id: int, monitor: Actor, coordinator: Actor) -> None:
    elsewhere = account(tiny, "coordinator", "cai")
    participant_id = one(tiny, query_id).participant_id
    about = {"participant_id": participant_id, "subject_id": participant_id, "subject": "participant"}
    ask = about | {"field": "enrolled_on", "text": "?"}
    assert refused(tiny, "raise_query", actor=coordinator, **ask) == Code.NOT_ALLOWED
    assert refused(tiny, "answer_query", query_id=query_id, text="x", actor=monitor) == Code.NOT_ALLOWED
    assert refused(tiny, "close_query", query_id=query_id, actor=coordinator) == Code.NOT_ALLOWED
    assert refused(tiny, "answer_query", query_id=query_id, text="x", actor=elsewhere) == Code.NOT_FOUND
    assert refused(tiny, "answer_query", query_id=query_id, text="", actor=coordinator) == Code.REASON_NEEDED
    assert refused(tiny, "reopen_query", query_id=query_id, text="x", actor=monitor) == Code.CHANGED_MEANWHILE
    wrong = {"query_id": query_id, "account_id": elsewhere.id, "actor": coordinator}
    assert refused(tiny, "assign_query", **wrong) == Code.UNKNOWN_CODE
    assert [step.kind for step in one(tiny, query_id).steps] == ["asked"]


def test_only_values_that_there_are(tiny: TinyStudy, query_id: int, monitor: Actor) -> None:
    participant_id = one(tiny, query_id).participant_id
    for subject, subject_id, field in (
        ("participant", participant_id, "arm"),
        ("participant", participant_id + 1, "enrolled_on"),
        ("event", 1, "started"),
        ("answer", 1, "itch"),
        ("treatment", 1, "given_on"),  # arms are hidden, and an infusion tells one
    ):
        asked = {"subject": subject, "subject_id": subject_id, "field": field, "text": "?"}
        assert (
            refused(tiny, "raise_query", participant_id=participant_id, actor=monitor, **asked)
            == Code.NOT_FOUND
        )


def test_given_to_someone_and_found_by_them(tiny: TinyStudy, query_id: int, coordinator: Actor) -> None:
    assert coordinator.id is not None
    with database.writing(tiny.url) as session:
        operations.assign_query(
            session, query_id=query_id, account_id=coordinator.id, actor=coordinator, now=MORNING
        )
    asked: queries.Asked = {
        "actor": coordinator,
        "study_id": tiny.study_id,
        "state": None,
        "site": None,
        "owner_id": coordinator.id,
        "search": "m-",
    }
    with database.reading(tiny.url) as session:
        found = queries.listed(session, **asked)
        assert [row.id for row in found.rows] == [query_id]
        assert found.counts == {"open": 1, "answered": 0, "closed": 0}
        assert queries.listed(session, **(asked | {"owner_id": 99})).rows == []
        assert queries.listed(session, **(asked | {"state": "closed"})).total == 0


def contradicting(tiny: TinyStudy) -> int:
    """Someone with two stays at once, seen after a reported death; return the id of the death."""
    participant_id = tiny.enrol("M-1")
    later = MORNING + timedelta(days=40)
    with database.writing(tiny.url) as session:
        for number, (first, last) in enumerate(((5, 9), (8, 12))):
            report_event(
                session,
                participant_id=participant_id,
                kind="hospital stay",
                started=PartialDate.of(DAY_0 + timedelta(days=first)),
                ended=PartialDate.of(DAY_0 + timedelta(days=last)),
                report_id=f"s{number}",
                actor=COMMAND,
                now=later,
            )
        death = report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate.of(date(2026, 1, 20)),
            report_id="d",
            actor=COMMAND,
            now=later,
        )
        record_sighting(
            session,
            participant_id=participant_id,
            seen_on=date(2026, 2, 1),
            how="call",
            untransplanted=None,
            actor=COMMAND,
            now=later,
        )
    return death


def test_a_check_asks_once_also_after_its_query_was_closed(
    tiny: TinyStudy, time: Clock, monitor: Actor
) -> None:
    contradicting(tiny)
    time.pass_by(days=40)
    config = configured(tiny.url)
    assert checked(config) == 2
    assert checked(config, "tiny") == 0
    with database.writing(tiny.url) as session:
        found = {row.finding: row.id for row in session.execute(select(DataQuery.finding, DataQuery.id))}
        assert set(found) == {"stays-overlap:2:1", "alive-after-death:3"}
        for query_id in found.values():
            operations.close_query(session, query_id=query_id, actor=monitor, now=time.at)
    assert checked(config) == 0


def test_a_refuted_event_contradicts_nothing(tiny: TinyStudy, time: Clock) -> None:
    death = contradicting(tiny)
    time.pass_by(days=40)
    with database.writing(tiny.url) as session:
        for event_id in session.scalars(select(Event.id)).all():
            if event_id in (death, death - 1):
                read_event(session, event_id=event_id, decision="refuted", actor=COMMAND, now=time.at)
    assert checked(configured(tiny.url)) == 0
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count(DataQuery.id))) == 0


def test_an_age_that_the_study_does_not_allow_is_asked_about_and_told_nowhere(
    tiny: TinyStudy, time: Clock
) -> None:
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, youngest_age=18, oldest_age=70))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    tiny.enrol("M-1", birth_year=1958)  # 67 or 68 on 5 January 2026
    child, old = tiny.enrol("M-2", birth_year=2010), tiny.enrol("M-3", birth_year=1951)
    elsewhere = replace(configured(tiny.url), contact_keys=(Fernet.generate_key().decode(),))
    assert checked(elsewhere) == 0  # with the keys of another installation nobody's year is known
    assert [checked(configured(tiny.url)) for _ in range(2)] == [2, 0]
    with database.reading(tiny.url) as session:
        asked = session.scalars(select(DataQuery).order_by(DataQuery.id)).all()
        told = [str(each.new) for each in session.scalars(select(AuditEntry)) if each.action == "query.ask"]
    assert [(each.participant_id, each.field, each.value, each.finding) for each in asked] == [
        (child, "enrolled_on", "2026-01-05", f"age:{child}"),
        (old, "enrolled_on", "2026-01-05", f"age:{old}"),
    ]
    assert len(told) == 2
    assert not any("2010" in each or "1951" in each for each in told)
