"""A reminder is planned once, goes to one sender, and stops when it is no longer owed."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.models import AuditEntry, InstrumentVersion, Occasion, Participant, Reminder, Response, Wording
from app.operations.consents import record_withdrawal
from app.operations.contacts import change_contact
from app.operations.events import report_event
from app.operations.reminder_claims import OwedReminder, claim
from app.operations.reminders import plan, plan_by_hand, record_failed, record_sent
from app.queries import reminders as queries
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, MORNING, TinyStudy

NIGHT = datetime(2026, 1, 5, 22, tzinfo=UTC)


def planned(tiny: TinyStudy, now: datetime = MORNING) -> int:
    with database.writing(tiny.url) as session:
        return plan(session, study_id=tiny.study_id, now=now, actor=COMMAND)


def claimed(tiny: TinyStudy, now: datetime = MORNING, *, limit: int = 10) -> list[OwedReminder]:
    with database.writing(tiny.url) as session:
        return claim(session, now=now, limit=limit, contact_keys=CONTACT_KEYS)


def rows(tiny: TinyStudy) -> list[tuple[str, str, str | None]]:
    with database.reading(tiny.url) as session:
        participants = session.scalars(select(Participant.id).order_by(Participant.id)).all()
        found = [row for each in participants for row in queries.of_participant(session, participant_id=each)]
        return [(row.step, row.state, row.failure) for row in found]


def occasion(tiny: TinyStudy, participant_id: int, visit: str = "d0") -> int:
    with database.reading(tiny.url) as session:
        found = select(Occasion.id).where(Occasion.participant_id == participant_id, Occasion.visit == visit)
        return session.scalars(found).one()


def complete(tiny: TinyStudy, participant_id: int) -> None:
    occasion_id = occasion(tiny, participant_id)
    with database.writing(tiny.url) as session:
        session.execute(
            insert(Response).values(
                occasion_id=occasion_id,
                instrument="itch",
                instrument_version_id=session.scalars(select(InstrumentVersion.id)).first(),
                wording_id=session.scalars(select(Wording.id)).first(),
                started_at=MORNING,
                submitted_at=MORNING,
                submission_id="s",
                receipt="ABCD2345",
            )
        )


def withdraw(scope: str) -> Callable[[TinyStudy, int], None]:
    def recorded(tiny: TinyStudy, participant_id: int) -> None:
        with database.writing(tiny.url) as session:
            record_withdrawal(
                session,
                participant_id=participant_id,
                scope=scope,  # type: ignore[arg-type]  # each of the three words
                withdrawn_on=DAY_0,
                reason="",
                actor=COMMAND,
                now=MORNING,
            )

    return recorded


def die(tiny: TinyStudy, participant_id: int) -> None:
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026),  # only the year is known yet: nobody is written to all the same
            report_id="r",
            actor=COMMAND,
            now=MORNING,
        )


def lose_address(tiny: TinyStudy, participant_id: int) -> None:
    with database.writing(tiny.url) as session:
        change_contact(
            session,
            participant_id=participant_id,
            details=ContactDetails("Name", None, "+34 1", 1958),
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )


STOPS = [
    pytest.param(complete, "completed", id="completed"),
    pytest.param(withdraw("contact"), "withdrawn", id="contact withdrawn"),
    pytest.param(withdraw("answers"), "withdrawn", id="answers withdrawn"),
    pytest.param(withdraw("follow-up"), "withdrawn", id="follow-up withdrawn"),
    pytest.param(die, "dead", id="dead"),
    pytest.param(lose_address, "no address", id="no address"),
]


def test_planned_once_however_often(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    assert [planned(tiny), planned(tiny), planned(tiny, MORNING + timedelta(days=1))] == [1, 0, 0]
    assert rows(tiny) == [("due", "planned", None)]


def test_not_planned_before_its_day_nor_after_the_visit_has_closed(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    week_4 = MORNING + timedelta(days=28)
    assert planned(tiny, MORNING + timedelta(days=8)) == 0  # d0 closed after 7 days
    assert planned(tiny, week_4 - timedelta(days=1)) == 0  # week 4 is open, its step comes on the due day
    assert planned(tiny, week_4) == 1


def test_the_day_is_the_participants_own(tiny: TinyStudy) -> None:
    tiny.enrol("P-1", site="mad", day_0=date(2026, 1, 4), now=datetime(2026, 1, 4, 12, tzinfo=UTC))
    before_midnight = datetime(
        2026, 1, 31, 22, 30, tzinfo=UTC
    )  # 23:30 in Madrid; week 4 is due on 1 February
    assert planned(tiny, before_midnight) == 0
    assert planned(tiny, before_midnight + timedelta(hours=1)) == 1


@pytest.mark.parametrize(("stop", "why"), STOPS)
def test_what_ends_it_before_planning(
    tiny: TinyStudy, stop: Callable[[TinyStudy, int], None], why: str
) -> None:
    stop(tiny, tiny.enrol("P-1"))
    assert planned(tiny) == 0


@pytest.mark.parametrize(("stop", "why"), STOPS)
def test_what_ends_it_between_planning_and_sending(
    tiny: TinyStudy, stop: Callable[[TinyStudy, int], None], why: str
) -> None:
    participant_id = tiny.enrol("P-1")
    assert planned(tiny) == 1
    stop(tiny, participant_id)
    assert claimed(tiny) == []
    assert rows(tiny) == [("due", "dropped", why)]
    with database.reading(tiny.url) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.chain, last.action, last.reason) == (
            f"participant:{participant_id}",
            "reminder.drop",
            why,
        )


def test_nothing_planned_leaves_at_night(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    tiny.enrol("P-2")
    planned(tiny)
    assert claimed(tiny, NIGHT) == []
    assert [state for _, state, _ in rows(tiny)] == ["planned", "planned"]
    assert len(claimed(tiny, NIGHT + timedelta(hours=10))) == 2


def test_what_is_claimed_is_claimed_once(tiny: TinyStudy) -> None:
    tiny.enrol("P-1", email="one@example.org")
    planned(tiny)
    [owed] = claimed(tiny)
    assert (owed.routes[0].address, owed.draft.visit, owed.draft.site) == (
        "one@example.org",
        "Start",
        "Madrid",
    )
    assert claimed(tiny) == []
    with database.reading(tiny.url) as session:
        status = queries.status(session, study_id=tiny.study_id)
    assert status.counts == {"planned": 0, "unknown": 1, "sent": 0, "failed": 0, "bounced": 0, "dropped": 0}
    assert [(row.participant_code, row.visit, row.at) for row in status.in_flight] == [("P-1", "d0", MORNING)]


def test_an_end_is_recorded_once(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    planned(tiny)
    [owed] = claimed(tiny)
    with database.writing(tiny.url) as session:
        record_sent(session, reminder_id=owed.reminder_id, now=MORNING, actor=COMMAND)
    with pytest.raises(Refusal) as refused, database.writing(tiny.url) as session:
        record_failed(session, reminder_id=owed.reminder_id, failure="x", now=MORNING, actor=COMMAND)
    assert refused.value.code is Code.ALREADY_RECORDED
    assert rows(tiny) == [("due", "sent", None)]


def test_what_failed_for_a_while_is_tried_again_and_what_was_refused_is_not(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    tiny.enrol("P-2")
    planned(tiny)
    for owed, temporary in zip(claimed(tiny), (True, False), strict=True):
        with database.writing(tiny.url) as session:
            record_failed(
                session,
                reminder_id=owed.reminder_id,
                failure="451",
                now=MORNING,
                actor=COMMAND,
                temporary=temporary,
            )
    assert planned(tiny, MORNING + timedelta(minutes=14)) == 0
    assert planned(tiny, MORNING + timedelta(minutes=15)) == 1
    assert rows(tiny) == [("due", "planned", None), ("due", "failed", "451")]


def test_by_hand_is_one_message_a_day_and_waits_for_no_morning(tiny: TinyStudy) -> None:
    occasion_id = occasion(tiny, tiny.enrol("P-1"))

    def pressed(now: datetime) -> list[int]:
        with database.writing(tiny.url) as session:
            return plan_by_hand(session, occasion_ids=[occasion_id], now=now, actor=COMMAND)

    assert pressed(NIGHT) == pressed(NIGHT)
    assert len(claimed(tiny, NIGHT)) == 1
    assert pressed(NIGHT) == []
    assert len(pressed(NIGHT + timedelta(days=1))) == 1
    assert [step for step, _, _ in rows(tiny)] == ["by-hand:2026-01-05", "by-hand:2026-01-06"]


def test_by_hand_skips_who_may_not_be_written_to_and_refuses_another_site(tiny: TinyStudy) -> None:
    done, open_ = tiny.enrol("P-1"), tiny.enrol("P-2")
    complete(tiny, done)
    ids = [occasion(tiny, done), occasion(tiny, open_)]
    elsewhere = Actor("account", 1, "c", "coordinator", tiny.study_id, "cai")
    with pytest.raises(Refusal) as refused, database.writing(tiny.url) as session:
        plan_by_hand(session, occasion_ids=ids, now=MORNING, actor=elsewhere)
    assert refused.value.code is Code.NOT_FOUND
    with database.writing(tiny.url) as session:
        [reminder_id] = plan_by_hand(session, occasion_ids=ids, now=MORNING, actor=COMMAND)
        assert session.get_one(Reminder, reminder_id).occasion_id == ids[1]


def test_several_planners_and_senders_at_once(tiny: TinyStudy) -> None:
    for number in range(12):
        tiny.enrol(f"P-{number}", email=f"p{number}@example.org")
    start = threading.Barrier(4)
    taken: list[str] = []
    faults: list[Exception] = []

    def work() -> None:
        try:
            start.wait(10)
            planned(tiny)
            while owed := claimed(tiny, limit=2):
                taken.extend(each.routes[0].address for each in owed)
        except Exception as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert sorted(taken) == sorted(f"p{number}@example.org" for number in range(12))
