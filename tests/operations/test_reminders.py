"""A reminder is planned once, goes to one sender, and stops when it is no longer owed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.domain.study import Channel, ReminderStep
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.models import AuditEntry, InstrumentVersion, Occasion, Participant, Reminder, Response, Wording
from app.operations.consents import record_withdrawal
from app.operations.contact_hashes import mark_bounced
from app.operations.contact_preferences import change_preferences
from app.operations.contacts import change_contact
from app.operations.events import report_event
from app.operations.hooks import Report, take_report
from app.operations.reminder_claims import OwedReminder, claim
from app.operations.reminder_decisions import leave_reminder, send_again
from app.operations.reminder_fates import End, Fate, record_fate
from app.operations.reminders import plan, plan_by_hand
from app.operations.studies import load_study
from app.queries import reminders as queries
from app.queries.troubled_reminders import troubled
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

NIGHT = datetime(2026, 1, 5, 22, tzinfo=UTC)
BY_COMMAND: dict[str, Any] = {"actor": COMMAND, "now": MORNING}


def planned(tiny: TinyStudy, now: datetime = MORNING) -> int:
    with database.writing(tiny.url) as session:
        return plan(session, study_id=tiny.study_id, now=now, actor=COMMAND)


def claimed(tiny: TinyStudy, now: datetime = MORNING, *, limit: int = 10) -> list[OwedReminder]:
    with database.writing(tiny.url) as session:
        return claim(session, now=now, limit=limit, contact_keys=CONTACT_KEYS)


def end(
    session: Session,
    owed: OwedReminder,
    how: End,
    *,
    reason: str = "",
    temporary: bool = False,
    now: datetime = MORNING,
) -> None:
    """Record what became of a claimed message."""
    fate = Fate(message=owed.by(), end=how, reason=reason, temporary=temporary)
    record_fate(session, fate, now=now, actor=COMMAND)


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
    assert status.counts == {
        "planned": 0,
        "unknown": 1,
        "sent": 0,
        "delivered": 0,
        "failed": 0,
        "bounced": 0,
        "dropped": 0,
    }
    assert [(row.participant_code, row.visit, row.at) for row in status.in_flight] == [("P-1", "d0", MORNING)]


def test_an_end_is_recorded_once(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    planned(tiny)
    [owed] = claimed(tiny)
    with database.writing(tiny.url) as session:
        end(session, owed, "sent")
    with pytest.raises(Refusal) as refused, database.writing(tiny.url) as session:
        end(session, owed, "failed", reason="x")
    assert refused.value.code is Code.ALREADY_RECORDED
    assert rows(tiny) == [("due", "sent", None)]


def test_what_failed_for_a_while_is_tried_again_and_what_was_refused_is_not(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    tiny.enrol("P-2")
    planned(tiny)
    for owed, temporary in zip(claimed(tiny), (True, False), strict=True):
        with database.writing(tiny.url) as session:
            end(session, owed, "failed", reason="451", temporary=temporary)
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


def choose(tiny: TinyStudy, participant_id: int, channel: Channel) -> None:
    with database.writing(tiny.url) as session:
        change_preferences(
            session,
            participant_id=participant_id,
            channel=channel,
            hour=None,
            paused_until=None,
            actor=COMMAND,
            now=MORNING,
        )


def load(tiny: TinyStudy, *steps: ReminderStep) -> None:
    with database.writing(tiny.url) as session:
        load_study(session, folder=replace(FOLDER, study=replace(STUDY, reminders=steps)), **BY_COMMAND)


def correct(tiny: TinyStudy, participant_id: int) -> None:
    with database.writing(tiny.url) as session:
        change_contact(
            session,
            participant_id=participant_id,
            details=ContactDetails("Name", "right@example.org", None, 1958),
            contact_keys=CONTACT_KEYS,
            **BY_COMMAND,
        )


def bounce(tiny: TinyStudy, participant_id: int, *, sent: bool) -> int:
    """Let the one message bounce when it is handed over, or be sent and come back later; return its id."""
    [owed] = claimed(tiny)
    with database.writing(tiny.url) as session:
        if sent:
            end(session, owed, "sent")
            report = Report("email", "bounce", "someone@example.org")
            take_report(session, report=report, signature="s", contact_keys=CONTACT_KEYS, **BY_COMMAND)
        else:
            end(session, owed, "bounced", reason="550")
            mark_bounced(session, participant_id=participant_id, kind="email", **BY_COMMAND)
    return owed.reminder_id


def sent_in_a_round(tiny: TinyStudy, now: datetime = MORNING) -> list[str]:
    """Plan and send as a worker does, and return the steps that left."""
    planned(tiny, now)
    with database.writing(tiny.url) as session:
        left = claim(
            session, now=now, limit=10, contact_keys=CONTACT_KEYS, configured=("email", "sms"), actor=COMMAND
        )
        for owed in left:
            end(session, owed, "sent", now=now)
    return [owed.step for owed in left]


def two_ways(tiny: TinyStudy) -> int:
    """Let a study write by e-mail and by text message on one and the same day."""
    mail = STUDY.reminders[0]
    short = {"en": "Ready: {link}", "ar": "جاهزة: {link}"}
    load(tiny, mail, replace(mail, code="due-sms", channel="sms", text=short))
    return tiny.enrol("P-1", phone="+34 600-111-222")


@pytest.mark.parametrize("sent", [True, False])
def test_what_somebody_sends_again_goes_once(tiny: TinyStudy, sent: bool) -> None:
    participant_id = tiny.enrol("P-1")
    planned(tiny)
    key = bounce(tiny, participant_id, sent=sent)
    with database.writing(tiny.url) as session:
        send_again(session, reminder_id=key, reason="the mailbox was full", **BY_COMMAND)
    assert sent_in_a_round(tiny) == ["by-hand:2026-01-05"]
    assert sent_in_a_round(tiny, MORNING + timedelta(days=1)) == []


@pytest.mark.parametrize("sent", [True, False])
def test_what_somebody_leaves_is_left_also_with_another_address(tiny: TinyStudy, sent: bool) -> None:
    participant_id = tiny.enrol("P-1")
    planned(tiny)
    key = bounce(tiny, participant_id, sent=sent)
    with database.writing(tiny.url) as session:
        leave_reminder(session, reminder_id=key, reason="they were called", **BY_COMMAND)
    correct(tiny, participant_id)
    assert sent_in_a_round(tiny) == []


@pytest.mark.parametrize("sent", [True, False])
def test_what_bounced_goes_again_to_another_address_however_late_it_came_back(
    tiny: TinyStudy, sent: bool
) -> None:
    participant_id = tiny.enrol("P-1")
    planned(tiny)
    bounce(tiny, participant_id, sent=sent)
    assert sent_in_a_round(tiny) == []
    correct(tiny, participant_id)
    later = MORNING + timedelta(days=1)
    assert [sent_in_a_round(tiny, later), sent_in_a_round(tiny, later)] == [["due"], []]
    assert rows(tiny) == [("due", "sent", None)]


def fail_by_hand(tiny: TinyStudy, occasion_id: int, now: datetime) -> None:
    with database.writing(tiny.url) as session:
        ids = plan_by_hand(session, occasion_ids=[occasion_id], now=now, actor=COMMAND)
        [owed] = claim(session, now=now, limit=1, contact_keys=CONTACT_KEYS, ids=ids)
        end(session, owed, "failed", reason="451", temporary=True, now=now)


def listed(tiny: TinyStudy, now: datetime) -> list[str]:
    with database.reading(tiny.url) as session:
        return [each.step for each in troubled(session, actor=COMMAND, study_id=tiny.study_id, now=now)]


def test_by_hand_is_tried_again_when_it_failed_for_a_while(tiny: TinyStudy) -> None:
    occasion_id = occasion(tiny, tiny.enrol("P-1"))
    assert sent_in_a_round(tiny) == ["due"]
    fail_by_hand(tiny, occasion_id, MORNING)
    assert listed(tiny, MORNING) == []
    assert sent_in_a_round(tiny, MORNING + timedelta(minutes=14)) == []
    assert sent_in_a_round(tiny, MORNING + timedelta(minutes=15)) == ["by-hand:2026-01-05"]
    assert planned(tiny, MORNING + timedelta(hours=5)) == 0


def test_by_hand_is_not_tried_again_beside_a_later_one_but_listed(tiny: TinyStudy) -> None:
    occasion_id = occasion(tiny, tiny.enrol("P-1"))
    assert sent_in_a_round(tiny) == ["due"]
    fail_by_hand(tiny, occasion_id, NIGHT)
    tomorrow = MORNING + timedelta(days=1)
    with database.writing(tiny.url) as session:
        plan_by_hand(session, occasion_ids=[occasion_id], now=tomorrow, actor=COMMAND)
    assert sent_in_a_round(tiny, tomorrow) == ["by-hand:2026-01-06"]
    assert sent_in_a_round(tiny, tomorrow + timedelta(hours=5)) == []
    assert listed(tiny, tomorrow) == ["by-hand:2026-01-05"]


def test_who_changes_the_channel_and_back_gets_the_step_once(tiny: TinyStudy) -> None:
    participant_id = two_ways(tiny)
    choose(tiny, participant_id, "email")
    planned(tiny)
    choose(tiny, participant_id, "sms")
    assert claimed(tiny) == []
    assert rows(tiny) == [("due", "dropped", "superseded")]
    assert [planned(tiny), planned(tiny)] == [1, 0]
    choose(tiny, participant_id, "email")
    assert [sent_in_a_round(tiny), sent_in_a_round(tiny)] == [["due"], []]
    assert rows(tiny) == [("due", "sent", None), ("due-sms", "dropped", "superseded")]
    assert planned(tiny) == 0


def test_another_channel_brings_no_second_message_of_the_same_day(tiny: TinyStudy) -> None:
    participant_id = two_ways(tiny)
    choose(tiny, participant_id, "email")
    assert sent_in_a_round(tiny) == ["due"]
    choose(tiny, participant_id, "sms")
    assert sent_in_a_round(tiny) == []
    last = replace(STUDY.reminders[0], code="last", days_after_due=3)
    load(
        tiny,
        *(
            replace(each, channel=None, channels=("sms", "email"), text=last.body)
            for each in (STUDY.reminders[0], last)
        ),
    )
    assert sent_in_a_round(tiny, MORNING + timedelta(days=3)) == ["last"]


def test_another_channel_brings_no_second_message_while_the_first_is_on_its_way(tiny: TinyStudy) -> None:
    participant_id = two_ways(tiny)
    choose(tiny, participant_id, "email")
    planned(tiny)
    assert [owed.step for owed in claimed(tiny)] == ["due"]
    choose(tiny, participant_id, "sms")
    assert planned(tiny) == 0


def test_what_lacked_words_is_sent_once_there_are_some(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    planned(tiny)
    whole = STUDY.reminders[0]
    load(tiny, replace(whole, subject={"ar": whole.subject["ar"]}, body={"ar": whole.body["ar"]}))
    assert claimed(tiny) == []
    assert rows(tiny) == [("due", "dropped", "no words")]
    assert [planned(tiny), planned(tiny)] == [0, 0]
    load(tiny, whole)
    assert [sent_in_a_round(tiny), sent_in_a_round(tiny)] == [["due"], []]
