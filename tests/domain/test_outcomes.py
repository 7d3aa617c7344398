"""Each rule of `time_to_event` by hand, and what holds for every course."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.adjudication import EventKind, SettledEvent
from app.domain.outcomes import (
    CENSORED,
    COMPETING,
    EVENT,
    FollowUp,
    Seen,
    TimeToEvent,
    shown_by,
    time_to_event,
)
from app.domain.study import ENDPOINTS, Endpoint

DAY_0 = date(2026, 1, 1)
CUTOFF = 400


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def event(kind: EventKind, day: int, *, event_id: int = 1, ended: int | None = None) -> SettledEvent:
    return SettledEvent(
        event_id=event_id,
        reading_id=1,
        kind=kind,
        started_on=on(day),
        ended_on=None if ended is None else on(ended),
        confirmed=True,
    )


def course(
    *events: SettledEvent,
    seen: tuple[int, ...] = (),
    withdrawn: int | None = None,
    told: int | None = None,
    cutoff: int = CUTOFF,
) -> FollowUp:
    sightings = [Seen(on(day), "sighting", 100 + day) for day in seen]
    return FollowUp(
        origin_on=DAY_0,
        events=events,
        seen=[Seen(DAY_0, "randomisation", 9), *sightings, *shown_by(events)],
        follow_up_withdrawn_on=None if withdrawn is None else on(withdrawn),
        cutoff_on=on(cutoff),
        transplant_told_on=None if told is None else on(told),
    )


def found(endpoint: Endpoint, followed: FollowUp) -> tuple[int, int]:
    outcome = time_to_event(endpoint, followed)
    return outcome.days, outcome.censoring


def test_a_death_is_an_event_on_its_day_and_names_its_row() -> None:
    assert time_to_event("TFS", course(event("death", 30, event_id=7), seen=(20,))) == TimeToEvent(
        endpoint="TFS",
        on=on(30),
        days=30,
        censoring=EVENT,
        description="death",
        source="event",
        source_id=7,
    )


def test_without_an_event_the_last_day_known_alive_censors() -> None:
    outcome = time_to_event("TFS", course(seen=(20, 50, 40)))
    assert (outcome.days, outcome.censoring, outcome.source, outcome.source_id) == (
        50,
        CENSORED,
        "sighting",
        150,
    )
    assert outcome.description == "last known alive"


def test_nothing_after_day_0_censors_on_day_0() -> None:
    outcome = time_to_event("OS", course())
    assert (outcome.days, outcome.source, outcome.source_id) == (0, "randomisation", 9)


@pytest.mark.parametrize(
    ("endpoint", "expected"), [("TFS", (20, EVENT)), ("OS", (60, EVENT)), ("TTX", (20, EVENT))]
)
def test_a_transplant_and_then_a_death(endpoint: Endpoint, expected: tuple[int, int]) -> None:
    followed = course(event("transplant", 20, event_id=1), event("death", 60, event_id=2))
    assert found(endpoint, followed) == expected


@pytest.mark.parametrize(
    ("endpoint", "expected"), [("TFS", (20, EVENT)), ("OS", (80, CENSORED)), ("TTX", (20, EVENT))]
)
def test_survival_is_not_censored_at_a_transplant(endpoint: Endpoint, expected: tuple[int, int]) -> None:
    assert found(endpoint, course(event("transplant", 20), seen=(80,))) == expected


def test_a_death_before_a_transplant_competes_with_it() -> None:
    assert found("TTX", course(event("death", 60))) == (60, COMPETING)


def test_a_transplant_goes_before_a_death_of_the_same_day() -> None:
    followed = course(event("death", 20, event_id=1), event("transplant", 20, event_id=2))
    assert time_to_event("TFS", followed).description == "transplant"
    assert found("TTX", followed) == (20, EVENT)
    assert found("OS", followed) == (20, EVENT)


def test_the_first_of_two_deaths_counts() -> None:
    followed = course(event("death", 60, event_id=1), event("death", 50, event_id=2))
    assert time_to_event("OS", followed).source_id == 2


def test_the_cutoff_is_the_last_day_that_counts() -> None:
    assert found("TFS", course(event("death", 100), cutoff=100)) == (100, EVENT)
    assert found("TFS", course(event("death", 101), seen=(70, 101), cutoff=100)) == (70, CENSORED)


def test_what_lies_after_a_withdrawal_from_follow_up_does_not_count() -> None:
    followed = course(event("death", 60), seen=(20, 40), withdrawn=30)
    outcome = time_to_event("OS", followed)
    assert (outcome.days, outcome.censoring) == (20, CENSORED)
    assert outcome.description == "withdrawn from follow-up"
    assert found("OS", course(event("death", 25), withdrawn=30)) == (25, EVENT)


def test_a_withdrawal_after_the_cutoff_is_not_known_yet() -> None:
    assert time_to_event("OS", course(seen=(20,), withdrawn=80, cutoff=50)).description == "last known alive"


def test_a_withdrawal_before_day_0_leaves_day_0() -> None:
    assert found("TFS", course(seen=(20,), withdrawn=-3)) == (0, CENSORED)


def test_a_transplant_that_is_only_told_of_ends_the_time_known_to_be_free_of_one() -> None:
    followed = course(seen=(20, 50, 70), told=50)
    assert found("TFS", followed) == (20, CENSORED)
    assert found("TTX", followed) == (20, CENSORED)
    assert found("OS", followed) == (70, CENSORED)
    assert found("TFS", course(told=0)) == (0, CENSORED)


def test_a_hospital_stay_shows_life_and_is_no_event() -> None:
    assert found("TFS", course(event("hospital stay", 30, ended=44))) == (44, CENSORED)


@pytest.mark.parametrize("kind", ["tumour", "adverse event"])
def test_an_adverse_event_shows_life_on_its_first_day_alone(kind: EventKind) -> None:
    """Only the living have one; where it was fatal, its end is the death itself."""
    assert found("TFS", course(event(kind, 30, ended=44), seen=(20,))) == (30, CENSORED)
    assert found("OS", course(event(kind, 30), withdrawn=25, seen=(20,))) == (20, CENSORED)


def test_an_event_before_day_0_gives_a_negative_time() -> None:
    assert found("TFS", course(event("transplant", -5))) == (-5, EVENT)


def test_a_course_without_a_sign_of_life_is_refused() -> None:
    empty = FollowUp(origin_on=DAY_0, events=(), seen=(), follow_up_withdrawn_on=None, cutoff_on=on(10))
    with pytest.raises(ValueError, match="alive on day 0"):
        time_to_event("OS", empty)


days = st.integers(0, 500)
events = st.builds(
    event, st.sampled_from(["death", "transplant", "hospital stay"]), days, event_id=st.integers(1, 99)
)
courses = st.builds(
    lambda happened, seen, withdrawn, told, cutoff: course(
        *happened, seen=tuple(seen), withdrawn=withdrawn, told=told, cutoff=cutoff
    ),
    st.lists(events, max_size=5),
    st.lists(days, max_size=5),
    st.none() | days,
    st.none() | days,
    days,
)


@given(courses)
def test_no_time_is_negative_or_after_the_last_day_that_counts(followed: FollowUp) -> None:
    last = min(filter(None, (followed.cutoff_on, followed.follow_up_withdrawn_on)))
    for endpoint in ENDPOINTS:
        outcome = time_to_event(endpoint, followed)
        assert DAY_0 <= outcome.on <= last
        assert outcome.days == (outcome.on - DAY_0).days


@given(courses)
def test_the_endpoints_agree_with_one_another(followed: FollowUp) -> None:
    tfs, survival, transplant = (time_to_event(endpoint, followed) for endpoint in ENDPOINTS)
    assert tfs.days <= survival.days
    assert (tfs.censoring == EVENT) == (transplant.censoring != CENSORED)
    assert tfs.days == transplant.days
    if survival.censoring == EVENT:
        assert tfs.censoring == EVENT


@given(courses, days)
def test_a_later_cutoff_never_takes_an_event_away(followed: FollowUp, later: int) -> None:
    moved = FollowUp(**{**vars(followed), "cutoff_on": followed.cutoff_on + timedelta(days=later)})
    for endpoint in ENDPOINTS:
        before, after = time_to_event(endpoint, followed), time_to_event(endpoint, moved)
        if before.censoring != CENSORED:
            assert before == after
