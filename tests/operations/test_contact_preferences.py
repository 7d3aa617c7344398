"""What participants choose about reminders holds when these are planned, and again when they leave."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.domain.contact_preference import NONE_CHOSEN, Preference
from app.errors import Code, Refusal
from app.models import AuditEntry, Reminder
from app.operations.consents import record_withdrawal
from app.operations.contact_preferences import change_preferences, start_reminders, stop_reminders
from app.operations.reminder_claims import claim
from app.operations.reminders import plan, plan_by_hand
from app.queries import occasions
from app.queries.contact_preferences import preference
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, MORNING, TinyStudy

CLOSES = DAY_0 + timedelta(days=7)


def choose(
    tiny: TinyStudy,
    participant_id: int,
    *,
    hour: int | None = None,
    paused_until: date | None = None,
    channel: str | None = None,
    now: datetime = MORNING,
) -> None:
    with database.writing(tiny.url) as session:
        change_preferences(
            session,
            participant_id=participant_id,
            channel=channel,
            hour=hour,
            paused_until=paused_until,
            actor=Actor("participant", participant_id),
            now=now,
        )


def press(
    tiny: TinyStudy, change: Callable[..., None], participant_id: int, *, now: datetime = MORNING
) -> None:
    with database.writing(tiny.url) as session:
        change(session, participant_id=participant_id, actor=Actor("participant", participant_id), now=now)


def chosen(tiny: TinyStudy, participant_id: int) -> Preference:
    with database.reading(tiny.url) as session:
        return preference(session, participant_id=participant_id)


def entries(tiny: TinyStudy) -> list[tuple[str, object, object]]:
    with database.reading(tiny.url) as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("preference.")).order_by(AuditEntry.id)
        )
        return [(entry.action, entry.old, entry.new) for entry in found]


def planned(tiny: TinyStudy, now: datetime = MORNING) -> int:
    with database.writing(tiny.url) as session:
        return plan(session, study_id=tiny.study_id, now=now, actor=COMMAND)


def left(tiny: TinyStudy, now: datetime) -> int:
    with database.writing(tiny.url) as session:
        return len(claim(session, now=now, limit=10, contact_keys=CONTACT_KEYS))


def fates(tiny: TinyStudy) -> list[str | None]:
    with database.reading(tiny.url) as session:
        return list(session.scalars(select(Reminder.failure).order_by(Reminder.id)))


def leaves(tiny: TinyStudy) -> datetime:
    with database.reading(tiny.url) as session:
        return session.scalars(select(Reminder.planned_at)).one()


def test_what_changed_is_recorded_and_the_same_again_is_not(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    assert chosen(tiny, participant_id) == NONE_CHOSEN
    for _ in range(2):
        choose(tiny, participant_id, hour=17, paused_until=DAY_0 + timedelta(days=3), channel="email")
    choose(tiny, participant_id, hour=9, channel="email")
    assert chosen(tiny, participant_id) == Preference(channel="email", hour=9)
    assert entries(tiny) == [
        (
            "preference.change",
            {"channel": None, "hour": None, "paused_until": None},
            {"channel": "email", "hour": 17, "paused_until": "2026-01-08"},
        ),
        ("preference.change", {"hour": 17, "paused_until": "2026-01-08"}, {"hour": 9, "paused_until": None}),
    ]


def test_stopped_and_started_once_each(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    for change in (start_reminders, stop_reminders, stop_reminders):
        press(tiny, change, participant_id)
    assert chosen(tiny, participant_id).stopped_at == MORNING
    for _ in range(2):
        press(tiny, start_reminders, participant_id)
    assert not chosen(tiny, participant_id).stopped
    assert [action for action, _, _ in entries(tiny)] == ["preference.stop", "preference.start"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"channel": "pigeon"}, Code.UNKNOWN_CODE),
        ({"hour": 3}, Code.UNKNOWN_CODE),
        ({"hour": 20}, Code.UNKNOWN_CODE),
        ({"paused_until": DAY_0}, Code.DATE_OUT_OF_ORDER),
    ],
)
def test_what_is_not_offered_is_refused(tiny: TinyStudy, wrong: dict[str, object], code: Code) -> None:
    participant_id = tiny.enrol("P-1")
    with pytest.raises(Refusal) as refused:
        choose(tiny, participant_id, **wrong)  # type: ignore[arg-type]  # each a wrong one
    assert refused.value.code is code
    assert chosen(tiny, participant_id) == NONE_CHOSEN


def test_a_pause_ends_on_its_day_where_the_participant_is(tiny: TinyStudy) -> None:
    until = DAY_0 + timedelta(days=3)
    choose(tiny, tiny.enrol("P-1"), paused_until=until)
    midnight = datetime(2026, 1, 7, 23, tzinfo=UTC)  # in Madrid
    assert (planned(tiny), planned(tiny, midnight - timedelta(minutes=1))) == (0, 0)
    assert planned(tiny, midnight) == 1


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_what_was_planned_before_does_not_leave_and_comes_back_afterwards(tiny: TinyStudy, how: str) -> None:
    participant_id = tiny.enrol("P-1")
    assert planned(tiny) == 1
    if how == "pause":
        choose(tiny, participant_id, paused_until=DAY_0 + timedelta(days=2))
    else:
        press(tiny, stop_reminders, participant_id)
    assert left(tiny, MORNING) == 0
    assert fates(tiny) == ["paused" if how == "pause" else "stopped"]
    assert planned(tiny, MORNING + timedelta(days=1)) == 0
    if how == "stop":
        press(tiny, start_reminders, participant_id)
    later = MORNING + timedelta(days=2)
    assert (planned(tiny, later), planned(tiny, later)) == (1, 0)
    assert left(tiny, later) == 1
    assert fates(tiny) == [None]


def test_nobody_gets_one_by_hand_who_stopped_them(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    press(tiny, stop_reminders, participant_id)
    with database.writing(tiny.url) as session:
        found = occasions.of_participant(session, participant_id=participant_id, now=MORNING)
        ids = [each.occasion_id for each in found]
        assert plan_by_hand(session, occasion_ids=ids, now=MORNING, actor=COMMAND) == []


def test_starting_again_does_not_undo_a_withdrawal_of_contact(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    press(tiny, stop_reminders, participant_id)
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=participant_id,
            scope="contact",
            withdrawn_on=DAY_0,
            reason="",
            actor=COMMAND,
            now=MORNING,
        )
    press(tiny, start_reminders, participant_id)
    assert planned(tiny) == 0


def test_it_waits_for_the_chosen_hour(tiny: TinyStudy) -> None:
    choose(tiny, tiny.enrol("P-1"), hour=17)
    assert planned(tiny) == 1
    at_17 = datetime(2026, 1, 5, 16, tzinfo=UTC)  # in Madrid
    assert leaves(tiny) == at_17
    assert (left(tiny, MORNING), left(tiny, at_17 - timedelta(minutes=1)), left(tiny, at_17)) == (0, 0, 1)


def test_another_hour_moves_what_waits_but_nothing_that_was_asked_for_by_hand(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    assert planned(tiny) == 1
    choose(tiny, participant_id, hour=15)
    assert leaves(tiny) == datetime(2026, 1, 5, 14, tzinfo=UTC)
    choose(tiny, participant_id)
    assert leaves(tiny) == MORNING
    choose(tiny, participant_id, hour=15)
    with database.writing(tiny.url) as session:
        found = occasions.of_participant(session, participant_id=participant_id, now=MORNING)
        [by_hand] = plan_by_hand(session, occasion_ids=[found[0].occasion_id], now=MORNING, actor=COMMAND)
    choose(tiny, participant_id, hour=16)
    with database.writing(tiny.url) as session:
        owed = claim(session, now=MORNING, limit=10, contact_keys=CONTACT_KEYS)
    assert [each.reminder_id for each in owed] == [by_hand]


@pytest.mark.parametrize(
    ("day_0", "at_9"),
    [  # week 4 falls on the day on which Madrid's clock changes: 29 March and 25 October 2026
        (date(2026, 3, 1), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (date(2026, 9, 27), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ],
)
def test_the_hour_is_the_clocks_own_on_the_day_it_changes(
    tiny: TinyStudy, day_0: date, at_9: datetime
) -> None:
    enrolled = datetime(day_0.year, day_0.month, day_0.day, 9, tzinfo=UTC)
    choose(tiny, tiny.enrol("P-1", day_0=day_0, now=enrolled), hour=9, now=enrolled)
    assert planned(tiny, at_9.replace(hour=1)) == 1
    assert leaves(tiny) == at_9
    assert (left(tiny, at_9 - timedelta(minutes=1)), left(tiny, at_9)) == (0, 1)
