"""Two independent readers and a third: who may read, who is refused, and what the analysis then counts."""

from dataclasses import replace
from datetime import date

import pytest

from app import database
from app.domain.actor import Actor, Role
from app.domain.adjudication import Decision
from app.domain.partial_date import PartialDate
from app.domain.study import Adjudication
from app.errors import Code, Refusal
from app.models import Account
from app.operations.accounts import add_account
from app.operations.events import report_event
from app.operations.readings import read_event
from app.operations.studies import load_study
from app.queries import audit_veil, event_queue, events, exports, outcomes, studies
from app.queries.audit import Search
from app.queries.audit_veil import Veil
from app.queries.endings import ending
from app.queries.event_queue import Wish
from app.queries.timeline import timeline
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY, TinyStudy

DAY, NEXT = date(2026, 1, 2), date(2026, 1, 3)


class Committee:
    """The tiny study where two adjudicators read each event, and one event."""

    def __init__(self, tiny: TinyStudy, asked: Adjudication) -> None:
        self.tiny = tiny
        with database.writing(tiny.url) as session:
            folder = replace(FOLDER, study=replace(STUDY, adjudication=asked))
            load_study(session, folder=folder, actor=COMMAND, now=MORNING)
        self.participant_id = tiny.enrol("P-1")
        with database.writing(tiny.url) as session:
            self.event_id = report_event(
                session,
                participant_id=self.participant_id,
                kind="death",
                started=PartialDate(2026, 1),
                report_id="r",
                actor=COMMAND,
                now=MORNING,
            )

    def member(self, name: str, role: Role = "adjudicator") -> Actor:
        """Add an account; return who acts with it."""
        with database.writing(self.tiny.url) as session:
            key = add_account(
                session,
                email=f"{name}@example.org",
                name=name,
                role=role,
                study_id=self.tiny.study_id,
                site="mad" if role == "coordinator" else None,
                password="correct horse battery staple",
                actor=COMMAND,
                now=MORNING,
            )
            assert session.get_one(Account, key).name == name
        site = "mad" if role == "coordinator" else None
        return Actor("account", key, role=role, study_id=self.tiny.study_id, site=site)

    def read(
        self, actor: Actor, decision: Decision, on: date | None = None, seen: int | None = 0
    ) -> Code | None:
        """Read the event; return why it was refused, if it was."""
        try:
            with database.writing(self.tiny.url) as session:
                read_event(
                    session,
                    event_id=self.event_id,
                    decision=decision,
                    agreed_started_on=on,
                    seen=seen,
                    actor=actor,
                    now=MORNING,
                )
        except Refusal as refusal:
            return refusal.code
        return None

    def row(self, actor: Actor) -> events.EventRow:
        """Return the event as someone sees it."""
        with database.reading(self.tiny.url) as session:
            return events.one(session, actor=actor, event_id=self.event_id)

    def waiting(self, actor: Actor) -> int:
        """Return how many events wait for someone."""
        with database.reading(self.tiny.url) as session:
            return event_queue.waiting(session, actor=actor, study_id=self.tiny.study_id)


@pytest.fixture
def committee(tiny: TinyStudy) -> Committee:
    """Two adjudicators read each event; their dates may differ by one day."""
    return Committee(tiny, Adjudication(readings=2, by="adjudicator", tolerance_days=1))


def test_each_reads_without_the_other_and_their_agreement_settles(committee: Committee) -> None:
    one, two, three = (committee.member(name) for name in ("one", "two", "three"))
    assert committee.read(one, "confirmed", DAY) is None
    assert (len(committee.row(one).readings), len(committee.row(two).readings)) == (1, 0)
    assert [committee.waiting(each) for each in (one, two, three)] == [0, 1, 1]
    with database.reading(committee.tiny.url) as session:
        told = timeline(session, actor=two, participant_id=committee.participant_id)
        assert "event.read" not in {entry.kind for entry in told}
    assert committee.read(one, "confirmed", DAY) is None  # the button pressed twice
    assert committee.row(one).made == 1
    assert committee.read(two, "confirmed", NEXT) is None
    assert committee.row(two).outcome == "confirmed"
    assert len(committee.row(two).readings) == 2
    assert committee.read(three, "refuted", seen=2) == Code.NOT_ALLOWED
    assert committee.waiting(three) == 0
    with database.reading(committee.tiny.url) as session:
        course = outcomes.courses(session, study_id=committee.tiny.study_id)[0]
        assert [each.started_on for each in course.settled_events("confirmed")] == [DAY]
        assert ending(session, participant_id=committee.participant_id).dead_on == DAY
        row = exports.study_tables(session, study_id=committee.tiny.study_id).events[0]
        assert (row.decision, row.agreed_started_on) == ("confirmed", DAY)


def test_a_disagreement_goes_to_a_third_who_sees_both(committee: Committee) -> None:
    one, two, three, four = (committee.member(name) for name in ("one", "two", "three", "four"))
    committee.read(one, "confirmed", DAY)
    committee.read(two, "refuted")
    assert committee.row(three).outcome == "disagreement"
    assert [committee.waiting(each) for each in (one, two, three)] == [0, 0, 1]
    assert committee.read(two, "confirmed", DAY, seen=2) == Code.NOT_ALLOWED
    with database.reading(committee.tiny.url) as session:
        assert ending(session, participant_id=committee.participant_id).dead_on == date(2026, 1, 1)
    assert len(committee.row(three).readings) == 2
    assert committee.read(three, "refuted", seen=1) == Code.CHANGED_MEANWHILE
    assert committee.read(three, "refuted", seen=2) is None
    assert committee.row(four).outcome == "refuted"
    assert committee.read(four, "confirmed", DAY, seen=3) == Code.NOT_ALLOWED
    with database.reading(committee.tiny.url) as session:
        assert ending(session, participant_id=committee.participant_id).dead_on is None
        assert outcomes.courses(session, study_id=committee.tiny.study_id)[0].settled_events("all") == []


def trail(committee: Committee) -> list[dict[str, object]]:
    """Return what the trail tells of each reading, newest first."""
    with database.reading(committee.tiny.url) as session:
        study_id = committee.tiny.study_id
        veil = Veil.of(session, study_id=study_id, study=studies.current(session, study_id=study_id).study)
        search = Search(study_id=study_id, action="event.read")
        found = audit_veil.newest(session, search=search, veil=veil, limit=10)
        assert {(entry.position, entry.hash) for entry in found} <= {(0, "")}
        return [dict(entry.new or {}) for entry in found]


def test_the_trail_tells_readings_when_the_event_is_settled(tiny: TinyStudy) -> None:
    committee = Committee(tiny, Adjudication(readings=2, by="coordinator"))
    one, two, three = (committee.member(name, "administrator") for name in ("one", "two", "three"))
    committee.read(one, "confirmed", DAY)
    (confirmed,) = trail(committee)
    said = ("decision", "agreed_started_on", "agreed_ended_on", "note")
    assert confirmed == dict.fromkeys(said, "(blinded)")
    committee.read(two, "refuted")
    assert trail(committee) == [confirmed] * 2  # neither an empty date nor a decision tells them apart
    committee.read(three, "refuted", seen=2)
    told = trail(committee)
    assert [each["decision"] for each in told] == ["refuted", "refuted", "confirmed"]
    assert told[-1]["agreed_started_on"] == "2026-01-02"


def test_the_duplicate_of_what_a_hidden_colleague_calls_one_is_not_refused(committee: Committee) -> None:
    one, two, three = (committee.member(name) for name in ("one", "two", "three"))
    with database.writing(committee.tiny.url) as session:
        other = report_event(
            session,
            participant_id=committee.participant_id,
            kind="death",
            started=PartialDate(2026, 1, 2),
            report_id="r-2",
            actor=COMMAND,
            now=MORNING,
        )

    def duplicate(actor: Actor, event_id: int, of: int) -> Code | None:
        try:
            with database.writing(committee.tiny.url) as session:
                read_event(
                    session,
                    event_id=event_id,
                    decision="duplicate",
                    duplicate_of=of,
                    actor=actor,
                    now=MORNING,
                )
        except Refusal as refusal:
            return refusal.code
        return None

    first = committee.event_id
    assert duplicate(one, other, first) is None
    assert duplicate(one, first, other) == Code.IN_USE  # by their own reading
    assert duplicate(two, first, other) is None  # as if nobody had read the other one
    assert duplicate(three, other, first) is None
    assert duplicate(three, first, other) == Code.IN_USE  # by what is settled


def test_others_than_adjudicators_look_on(committee: Committee) -> None:
    coordinator = committee.member("c", "coordinator")
    assert committee.read(coordinator, "refuted") == Code.NOT_ALLOWED
    assert not committee.row(coordinator).may_read
    assert committee.waiting(coordinator) == 1
    committee.read(committee.member("one"), "refuted")
    assert len(committee.row(coordinator).readings) == 1


def test_the_rule_is_for_the_kinds_that_the_study_names(tiny: TinyStudy) -> None:
    committee = Committee(tiny, Adjudication(readings=2, by="adjudicator", kinds=("tumour",)))
    assert committee.read(committee.member("c", "coordinator"), "confirmed", DAY) is None
    assert committee.row(COMMAND).outcome == "confirmed"


def test_the_queue_is_cut_into_pages_and_narrowed(tiny: TinyStudy) -> None:
    committee = Committee(tiny, Adjudication())
    cairo = tiny.enrol("C-1", site="cai")
    with database.writing(tiny.url) as session:
        for number in range(5):
            report_event(
                session,
                participant_id=cairo,
                kind="hospital stay",
                started=PartialDate(2025, 12, 1 + 6 * number),
                ended=PartialDate(2025, 12, 2 + 6 * number),
                report_id=f"s-{number}",
                actor=COMMAND,
                now=MORNING,
            )
    admin = committee.member("a", "administrator")

    def queue(**wish: str) -> tuple[int, int, list[str]]:
        with database.reading(tiny.url) as session:
            found = event_queue.queue(
                session, actor=admin, study_id=tiny.study_id, wish=Wish(**wish), page=2, per_page=4
            )
        return found.total, found.page, [each.event.participant_code for each in found.rows]

    assert queue() == (6, 2, ["C-1", "C-1"])
    assert queue(site="cai") == (5, 2, ["C-1"])
    assert queue(kind="death") == (1, 1, ["P-1"])
    assert queue(show="confirmed") == (0, 1, [])
    with database.reading(tiny.url) as session:
        every = event_queue.everything(
            session, actor=admin, study_id=tiny.study_id, wish=Wish(show="all", site="cai")
        )
        assert len(list(every)) == 5
