"""One inconsistency, and what all checks need to know of events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.adjudication import EventKind
from app.queries.outcomes import Course, Reported

EVENT, SIGHTING, INFUSION, RESPONSE, PARTICIPANT = "event", "sighting", "treatment", "response", "participant"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`check` names the kind, `source` the table of the rows `ids`; no course means the whole study.

    `tells_arm` marks what a blinded reader must not see.
    """

    check: str
    course: Course | None
    message: str
    source: str
    ids: tuple[int, ...]
    tells_arm: bool = False


@dataclass(frozen=True)
class Span:
    """The days on which an event can have begun: one, unless its date is known partly and not agreed on."""

    event_id: int
    kind: EventKind
    first: date
    last: date
    ended_on: date | None

    @property
    def words(self) -> str:
        """The day, or the days between which it lies."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def standing(course: Course) -> Iterator[Reported]:
    """Yield the events that no reviewer refuted or called a duplicate."""
    return (each for each in course.events if each.stands)


def spans(course: Course, *kinds: EventKind) -> list[Span]:
    """The standing events of these kinds, in the order of their days."""
    return sorted((_span(each) for each in standing(course) if each.event.kind in kinds), key=_in_order)


def _in_order(span: Span) -> tuple[date, int]:
    return span.first, span.event_id


def _span(reported: Reported) -> Span:
    event = reported.event
    last = reported.counting if reported.outcome == "confirmed" else None
    agreed = last.agreed_started_on if last else None
    ended = (last.agreed_ended_on if last else None) or (event.ended.latest if event.ended else None)
    return Span(event.id, event.kind, agreed or event.started.earliest, agreed or event.started.latest, ended)


def first_death(course: Course) -> Span | None:
    """The earliest death that no reviewer refuted."""
    return next(iter(spans(course, "death")), None)


def days(dates: Iterable[date]) -> str:
    """Days in words: `2026-01-02 and 2026-01-05`."""
    return " and ".join(map(str, dates))
