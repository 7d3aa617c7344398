"""How many of a visit's questionnaires were sent, as statements on occasions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, and_, case, cast, false, func, literal, or_, select
from sqlalchemy.orm import Session

from app.domain.study import Study
from app.models import Occasion, Response


class Sent:
    """How many of a visit's questionnaires were sent, and when the last of them was."""

    def __init__(self, study: Study) -> None:
        self.groups: dict[tuple[str, ...], list[str]] = {}
        for visit in study.schedule:
            self.groups.setdefault(visit.instruments, []).append(visit.code)

    @property
    def incomplete(self) -> ColumnElement[bool]:
        """Return whether one at least is missing; a visit without any is never complete."""
        missing = [
            and_(Occasion.visit.in_(visits), self._of(instruments, func.count()) < max(1, len(instruments)))
            for instruments, visits in self.groups.items()
        ]
        return or_(*missing) if missing else false()

    @property
    def number(self) -> ColumnElement[int]:
        """Return how many were sent, looked up occasion by occasion."""
        branches = [
            (Occasion.visit.in_(visits), self._of(instruments, _whole(func.count())))
            for instruments, visits in self.groups.items()
        ]
        return case(*branches, else_=0) if branches else literal(0)

    def counted(self) -> tuple[Subquery, ColumnElement[int]]:
        """Return what was sent on every occasion, to be joined by `occasion_id`, and the number there.

        Of a whole study that takes PostgreSQL a quarter, and SQLite two thirds, of the time of `number`. Of a
        visit that is no longer in the study the number is any.
        """
        numbers = [
            _whole(func.count(case((Response.instrument.in_(instruments), 1)))).label(f"number_{place}")
            for place, instruments in enumerate(self.groups)
        ]
        sent = (
            select(Response.occasion_id, *numbers)
            .where(Response.submitted_at.is_not(None))
            .group_by(Response.occasion_id)
            .subquery("sent")
        )
        number: ColumnElement[int] = literal(0)
        for place, visits in enumerate(self.groups.values()):
            own = sent.c[f"number_{place}"]
            number = case((Occasion.visit.in_(visits), own), else_=number) if place else own
        return sent, func.coalesce(number, 0)

    @property
    def completed_at(self) -> ColumnElement[datetime | None]:
        """Return when the last one was sent, NULL while one is missing."""
        return self._last(whole=True)

    def last_day(self, session: Session) -> ColumnElement[date]:
        """Return the day in UTC on which the last one was sent."""
        at = self._last(whole=False)
        if session.get_bind().dialect.name == "sqlite":
            return func.date(at)
        return func.date(func.timezone("UTC", at))

    def _last(self, *, whole: bool) -> ColumnElement[Any]:
        last = func.max(Response.submitted_at)
        branches = []
        for instruments, visits in self.groups.items():
            at = self._of(
                instruments, case((func.count() >= max(1, len(instruments)), last)) if whole else last
            )
            branches.append((Occasion.visit.in_(visits), at))
        return case(*branches) if branches else literal(None)

    def _of(self, instruments: tuple[str, ...], asked: ColumnElement[Any]) -> ColumnElement[Any]:
        return (
            select(asked)
            .where(
                Response.occasion_id == Occasion.id,
                Response.instrument.in_(instruments),
                Response.submitted_at.is_not(None),
            )
            .correlate(Occasion)
            .scalar_subquery()
        )


def _whole(number: ColumnElement[int]) -> ColumnElement[int]:
    """Return a count as a number whose sum PostgreSQL gives as a whole one, and not as a decimal."""
    return cast(number, Integer)
