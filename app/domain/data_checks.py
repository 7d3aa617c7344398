"""What a check asks about by itself: dates that contradict each other, or the study; each asked once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from app.domain.data_queries import QuerySubject
from app.domain.study import OLDEST_AGE

Check = Literal["stay-order", "stays-overlap", "alive-after-death", "outside-window", "consent-late", "age"]
CHECKS: tuple[Check, ...] = (
    "stay-order",
    "stays-overlap",
    "alive-after-death",
    "outside-window",
    "consent-late",
    "age",
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One contradiction: the value to be asked about, and the other rows that speak against it."""

    check: Check
    subject: QuerySubject
    subject_id: int
    field: str
    against: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Return what tells this finding from every other of the participant."""
        return ":".join(map(str, (self.check, self.subject_id, *self.against)))


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days on which an event began and ended, the first and the last that are possible of each."""

    event_id: int
    first: date
    last: date
    ended_first: date | None = None
    ended_last: date | None = None


@dataclass(frozen=True, kw_only=True)
class Given:
    """A response: the day of its last answer, and the days on which its visit was open."""

    response_id: int
    on: date
    opened_on: date
    closed_on: date


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is looked at of one participant; events that were refuted are left out.

    `alive_on`: days on which an answer of the participant's own or a sighting shows life. `given`: responses
    that nobody has given a reason for; what staff typed in outside a window has one. `ages`: the youngest and
    the oldest that the study enrols.
    """

    participant_id: int
    consented_on: date | None
    randomised_on: date | None
    stays: Sequence[Span] = ()
    deaths: Sequence[Span] = ()
    alive_on: Sequence[date] = ()
    given: Sequence[Given] = ()
    enrolled_on: date | None = None
    birth_year: int | None = None
    ages: tuple[int, int] = (0, OLDEST_AGE)


def findings(facts: Facts) -> Iterator[Finding]:
    """Yield what cannot be as it stands; what a partly known date leaves possible is no finding."""
    for stay in facts.stays:
        if stay.ended_last is not None and stay.ended_last < stay.first:
            yield _of_event("stay-order", stay, "ended")
    for one, other in combinations(sorted(facts.stays, key=lambda stay: stay.event_id), 2):
        if _overlap(one, other):
            yield _of_event("stays-overlap", other, "started", one.event_id)
    for death in facts.deaths:
        if any(day > death.last for day in facts.alive_on):
            yield _of_event("alive-after-death", death, "started")
    for each in facts.given:
        if not each.opened_on <= each.on <= each.closed_on:
            yield Finding(check="outside-window", subject="answer", subject_id=each.response_id, field="")
    yield from _of_participant(facts)


def _of_participant(facts: Facts) -> Iterator[Finding]:
    if facts.randomised_on and facts.consented_on and facts.randomised_on < facts.consented_on:
        yield Finding(
            check="consent-late",
            subject="participant",
            subject_id=facts.participant_id,
            field="consented_on",
        )
    if _is_of_another_age(facts):
        # about the enrolment: the year of birth is a contact detail, and stands in no query
        yield Finding(
            check="age", subject="participant", subject_id=facts.participant_id, field="enrolled_on"
        )


def _is_of_another_age(facts: Facts) -> bool:
    """Return whether someone was surely too young or too old at enrolment, on whatever day they were born."""
    if facts.enrolled_on is None or facts.birth_year is None:
        return False
    youngest, oldest = facts.ages
    birthday_passed = facts.enrolled_on.year - facts.birth_year
    return birthday_passed < youngest or birthday_passed - 1 > oldest


def _overlap(one: Span, other: Span) -> bool:
    """Return whether two stays surely share a night; a transfer on one day is none."""
    if one.ended_first is None or other.ended_first is None:
        return False
    return max(one.last, other.last) < min(one.ended_first, other.ended_first)


def _of_event(check: Check, event: Span, field: str, *against: int) -> Finding:
    return Finding(check=check, subject="event", subject_id=event.event_id, field=field, against=against)
