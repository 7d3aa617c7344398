"""The judge of the reminders objects to what is sent twice, forgotten, untrue, or sent after a stop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.posting.judge import Told, Verdict, judged

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SENT = Told(to="a@example.org", state="sent", claimed_at=NOON)
UNKNOWN = replace(SENT, state="unknown", listed=True)
WAITS = Told(to="a@example.org", state="planned")
DROPPED = replace(SENT, state="dropped", reason="dead")
FAILED = replace(SENT, state="failed", reason="temporary: 451")


def _judged(told: Told, accepted: int, stopped_at: datetime | None = None) -> Verdict:
    return judged(
        [told],
        {told.to: accepted} if accepted else {},
        owed={told.to},
        stopped={told.to: stopped_at} if stopped_at else {},
    )


@pytest.mark.parametrize(
    ("told", "accepted"), [(SENT, 1), (UNKNOWN, 0), (UNKNOWN, 1), (WAITS, 0), (DROPPED, 0), (FAILED, 0)]
)
def test_nothing_to_object_to(told: Told, accepted: int) -> None:
    verdict = _judged(told, accepted)
    assert verdict.objections == []
    assert (verdict.listed, verdict.waiting) == (told is UNKNOWN, told is WAITS)


@pytest.mark.parametrize("told", [SENT, UNKNOWN])
def test_what_was_accepted_twice_is_double(told: Told) -> None:
    assert len(_judged(told, 2).double) == 1


@pytest.mark.parametrize("told", [WAITS, FAILED, DROPPED])
def test_what_was_accepted_and_may_go_again_is_double(told: Told) -> None:
    assert len(_judged(told, 1).double) == 1


@pytest.mark.parametrize(
    ("told", "accepted"),
    [
        (SENT, 0),
        (replace(UNKNOWN, listed=False), 0),
        (replace(UNKNOWN, listed=False), 1),
        (replace(FAILED, reason=None), 0),
        (replace(DROPPED, reason=""), 0),
    ],
)
def test_what_nobody_gets_and_nobody_is_told_of_is_forgotten(told: Told, accepted: int) -> None:
    assert len(_judged(told, accepted).forgotten) == 1


def test_who_was_never_planned_is_forgotten_and_who_is_unknown_is_double() -> None:
    verdict = judged([], {"b@example.org": 1}, owed={"a@example.org"}, stopped={})
    assert (len(verdict.forgotten), len(verdict.double)) == (1, 1)


def test_what_was_taken_after_a_stop_is_too_late() -> None:
    before, after = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
    assert len(_judged(SENT, 1, before).too_late) == 1
    assert len(_judged(UNKNOWN, 1, before).too_late) == 1
    assert _judged(SENT, 1, after).too_late == []
    assert _judged(DROPPED, 0, before).too_late == []
