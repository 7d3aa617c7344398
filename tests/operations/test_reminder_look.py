"""What a sender saw ahead holds only as long as nothing has changed; one message is claimed at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app import database
from app.operations import reminder_look
from app.operations.contact_preferences import change_preferences
from app.operations.reminder_claims import OwedReminder
from app.operations.reminder_fates import Fate
from app.operations.reminder_look import LASTS, Sight, claim_seen, look, places
from app.operations.reminders import plan_by_hand
from app.queries import reminders as queries
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING, TinyStudy
from tests.operations.test_reminders import NIGHT, STOPS, claimed, die, occasion, planned, rows


def seen(tiny: TinyStudy, now: datetime = MORNING, *, limit: int = 10) -> list[Sight]:
    with database.reading(tiny.url) as session:
        return look(session, now=now, limit=limit, contact_keys=CONTACT_KEYS, among=places(session))


def taken(
    tiny: TinyStudy, sight: Sight, now: datetime = MORNING, *, after: Fate | None = None
) -> OwedReminder | None:
    with database.writing(tiny.url) as session:
        return claim_seen(session, sight, now=now, contact_keys=CONTACT_KEYS, after=after)


def enrol(tiny: TinyStudy, number: int) -> list[int]:
    ids = [tiny.enrol(f"P-{each}", email=f"p{each}@example.org") for each in range(number)]
    assert planned(tiny) == number
    return ids


def test_looking_takes_nothing_and_a_message_is_claimed_once(tiny: TinyStudy) -> None:
    enrol(tiny, 2)
    first, second = seen(tiny)
    assert [state for _, state, _ in rows(tiny)] == ["planned", "planned"]
    owed = taken(tiny, first)
    assert owed is not None
    assert (owed.routes[0].address, owed.draft.visit) == ("p0@example.org", "Start")
    assert [state for _, state, _ in rows(tiny)] == ["unknown", "planned"]
    assert taken(tiny, first) is None
    assert taken(tiny, second) is not None
    assert seen(tiny) == []


def test_what_became_of_one_is_recorded_as_the_next_is_claimed(tiny: TinyStudy) -> None:
    enrol(tiny, 2)
    first, second = seen(tiny)
    owed = taken(tiny, first)
    assert owed is not None
    fate = Fate(message=owed.by(), end="sent")
    assert taken(tiny, second, after=fate) is not None
    assert [state for _, state, _ in rows(tiny)] == ["sent", "unknown"]


@pytest.mark.parametrize(("stop", "why"), STOPS)
def test_what_ends_it_between_looking_and_claiming(
    tiny: TinyStudy, stop: Callable[[TinyStudy, int], None], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [participant_id] = enrol(tiny, 1)
    [sight] = seen(tiny)
    stop(tiny, participant_id)
    if why == "completed":  # put into the tables by hand, with no entry in the trail
        monkeypatch.setattr(reminder_look, "LASTS", timedelta())
    assert taken(tiny, sight) is None
    assert rows(tiny) == [("due", "dropped", why)]


def test_who_is_not_to_be_written_to_is_dropped_without_a_second_look(tiny: TinyStudy) -> None:
    [participant_id] = enrol(tiny, 1)
    die(tiny, participant_id)
    [sight] = seen(tiny)
    assert sight.owed is None
    assert taken(tiny, sight) is None
    assert rows(tiny) == [("due", "dropped", "dead")]


def test_a_message_that_moved_to_another_hour_does_not_leave(tiny: TinyStudy) -> None:
    [participant_id] = enrol(tiny, 1)
    [sight] = seen(tiny)
    with database.writing(tiny.url) as session:
        change_preferences(
            session,
            participant_id=participant_id,
            channel=None,
            hour=18,
            paused_until=None,
            actor=COMMAND,
            now=MORNING,
        )
    assert taken(tiny, sight) is None
    assert rows(tiny) == [("due", "planned", None)]


def test_what_was_seen_counts_for_half_a_minute_and_for_the_day(tiny: TinyStudy) -> None:
    enrol(tiny, 1)
    [sight] = seen(tiny)
    assert sight.holds(MORNING + LASTS / 2)
    assert not sight.holds(MORNING + LASTS)
    assert not sight.holds(MORNING - timedelta(seconds=1))
    assert taken(tiny, sight, NIGHT) is None  # in the evening it waits for the morning
    assert rows(tiny) == [("due", "planned", None)]
    assert taken(tiny, sight, MORNING + LASTS) is not None  # after another look under the lock


def test_by_hand_it_is_seen_at_night_as_well(tiny: TinyStudy) -> None:
    occasion_id = occasion(tiny, tiny.enrol("P-1"))
    with database.writing(tiny.url) as session:
        plan_by_hand(session, occasion_ids=[occasion_id], now=NIGHT, actor=COMMAND)
    [sight] = seen(tiny, NIGHT)
    assert sight.holds(NIGHT)
    assert taken(tiny, sight, NIGHT) is not None


def test_from_anywhere_on_all_are_found_in_the_end(tiny: TinyStudy) -> None:
    enrol(tiny, 7)
    found: list[str] = []
    while ahead := seen(tiny, limit=2):
        owed = taken(tiny, ahead[-1])
        assert owed is not None
        found.append(owed.routes[0].address)
    assert sorted(found) == [f"p{each}@example.org" for each in range(7)]
    with database.reading(tiny.url) as session:
        assert len(queries.unclear(session, actor=COMMAND, study_id=tiny.study_id)) == 7
    assert claimed(tiny) == []
