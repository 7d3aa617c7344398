"""How a true course comes to be known: reports by participants and staff, and readings of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.cli.demo.life import Act, Course, Read, Reported, Stay
from app.cli.demo.truth import Truth
from app.domain.partial_date import PartialDate
from app.domain.study import Study

TUMOURS = (
    "Hepatocellular carcinoma",
    "Hepatocellular carcinoma",
    "Cholangiocarcinoma",
    "Colorectal carcinoma",
)


@dataclass(frozen=True)
class Clock:
    """Puts an hour to the days of one participant, where they live."""

    chance: Random
    zone: ZoneInfo

    def at(self, on: date, first_hour: int = 8, last_hour: int = 20) -> datetime:
        """Return an instant of a day between two hours of the wall clock."""
        minute = self.chance.randrange(first_hour * 60, last_hour * 60)
        return datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=self.zone)

    def in_office(self, on: date) -> datetime:
        """Return an instant of a day at which staff work."""
        return self.at(on, 9, 17)


@dataclass(frozen=True)
class Telling:
    """Who tells what, and how well they remember it."""

    chance: Random
    truth: Truth
    study: Study
    clock: Clock

    def acts(self, course: Course, code: str) -> Iterator[Act]:
        """Yield every report and every reading of one course."""
        for number, stay in enumerate(course.stays, start=1):
            yield from self._stay(course, stay, f"{code}-stay-{number}")
        yield from self._stays_that_were_none(course, f"{code}-none")
        if course.transplanted_on is not None:
            yield from self._transplant(course, course.transplanted_on, f"{code}-transplant")
        if course.died_on is not None:
            yield from self._death(course.died_on, f"{code}-death")
        if course.tumour_on is not None:
            yield from self._tumour(course.tumour_on, f"{code}-tumour")

    def _stay(self, course: Course, stay: Stay, report_id: str) -> Iterator[Act]:
        there = stay.ended_on is None or self._happens(self.truth.told_while_there)
        told_on = (stay.started_on if there else stay.ended_on or stay.started_on) + self._days(1, 6)
        by_participant = course.alive(told_on) and self._happens(self.truth.told_by_participant)
        still_there = stay.ended_on is None or told_on < stay.ended_on
        yield Reported(
            at=self.clock.at(told_on) if by_participant else self.clock.in_office(told_on),
            kind="hospital stay",
            started=self._remembered(stay.started_on, told_on, by_participant),
            ended=None if still_there or stay.ended_on is None else PartialDate.of(stay.ended_on),
            ongoing=still_there,
            reason=self._reason(),
            by_participant=by_participant,
            report_id=report_id,
        )
        if stay.ended_on is not None:
            looked_at = max(told_on, stay.ended_on)
            yield from self._reading(report_id, looked_at, stay.started_on, stay.ended_on)

    def _remembered(self, on: date, told_on: date, by_participant: bool) -> PartialDate:
        if not by_participant:
            return PartialDate.of(on)
        if self._happens(self.truth.partly_known):
            return PartialDate(on.year, on.month)
        if self._happens(self.truth.told_wrong_day):
            # No one tells of a stay that began later than it ended, so they only err towards the past.
            return PartialDate.of(min(on - self._days(1, 3), told_on))
        return PartialDate.of(on)

    def _stays_that_were_none(self, course: Course, report_id: str) -> Iterator[Act]:
        last_day = course.died_on or course.today
        on, number = course.day_0, 0
        while True:
            on += timedelta(days=1 + int(self.chance.expovariate(self.truth.stays_that_were_none) * 365.25))
            if on >= last_day:
                return
            number += 1
            yield Reported(
                at=self.clock.at(on),
                kind="hospital stay",
                started=PartialDate.of(on),
                ended=PartialDate.of(on),
                reason=self._reason(),
                by_participant=True,
                report_id=f"{report_id}-{number}",
            )
            yield Read(
                at=self.clock.in_office(on + self._days(2, 14)),
                report_id=f"{report_id}-{number}",
                decision="refuted",
            )

    def _transplant(self, course: Course, on: date, report_id: str) -> Iterator[Act]:
        told_on = on + self._days(3, 21)
        by_participant = course.alive(told_on) and self._happens(0.5)
        yield Reported(
            at=self.clock.at(told_on) if by_participant else self.clock.in_office(told_on),
            kind="transplant",
            started=PartialDate(on.year, on.month)
            if by_participant and self._happens(self.truth.partly_known)
            else PartialDate.of(on),
            by_participant=by_participant,
            report_id=report_id,
        )
        yield from self._reading(report_id, told_on, on, None)

    def _death(self, on: date, report_id: str) -> Iterator[Act]:
        told_on = on + self._days(1, 20)
        partly = self._happens(self.truth.partly_known)
        yield Reported(
            at=self.clock.in_office(told_on),
            kind="death",
            started=PartialDate(on.year, on.month) if partly else PartialDate.of(on),
            by_participant=False,
            report_id=report_id,
        )
        yield from self._reading(report_id, told_on, on, None)

    def _tumour(self, on: date, report_id: str) -> Iterator[Act]:
        told_on = on + self._days(3, 21)
        yield Reported(
            at=self.clock.in_office(told_on),
            kind="tumour",
            started=PartialDate.of(on),
            by_participant=False,
            report_id=report_id,
            term=self.chance.choice(TUMOURS),
            criteria=("other",),
        )
        yield from self._reading(report_id, told_on, on, None)

    def _reading(
        self, report_id: str, told_on: date, started_on: date, ended_on: date | None
    ) -> Iterator[Act]:
        if self._happens(self.truth.never_read):
            return
        read_on = told_on + self._days(1, self.truth.read_after_days)
        if self._happens(self.truth.needs_information):
            yield Read(at=self.clock.in_office(read_on), report_id=report_id, decision="needs information")
            read_on += self._days(7, 28)
        yield Read(
            at=self.clock.in_office(read_on),
            report_id=report_id,
            decision="confirmed",
            started_on=started_on,
            ended_on=ended_on,
        )

    def _reason(self) -> str:
        return self.chance.choice(self.study.stay_reasons).code if self.study.stay_reasons else ""

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _days(self, least: int, most: int) -> timedelta:
        return timedelta(days=self.chance.randint(least, most))
