"""What one participant does in the study: infusions, questionnaires, visits to the clinic, withdrawal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.cli.demo.answering import Quality, answers
from app.cli.demo.life import Act, Answered, Course, Infused, Seen, Withdrew
from app.cli.demo.reporting import Clock
from app.cli.demo.truth import ArmTruth, Truth
from app.domain.instrument import Instrument
from app.domain.schedule import Window, windows
from app.domain.study import Study, Visit

SECOND_INFUSION = 28
CALLS_EVERY = 84


@dataclass(frozen=True)
class Attending:
    """One participant's ways, apart from what happens to them."""

    chance: Random
    truth: Truth
    study: Study
    instruments: Mapping[str, Instrument]
    clock: Clock

    def infusions(self, course: Course, arm: str) -> Iterator[Act]:
        """Yield two infusions of one lot of the arm, a few days after day 0 and four weeks later."""
        lots = [lot for lot in self.study.product_lots if lot.arm == arm]
        if not lots:
            return
        lot = self.chance.choice(lots)
        for day in (self.chance.randint(1, 3), SECOND_INFUSION + self.chance.randint(-2, 3)):
            on = course.day_0 + timedelta(days=day)
            if course.alive(on) and course.untransplanted(on):
                yield Infused(at=self.clock.in_office(on), lot=lot.code, route=lot.route, on=on)

    def visits(self, course: Course, arm: ArmTruth) -> Iterator[Act]:
        """Yield what is answered at each visit, and how someone was seen in the clinic or called."""
        quality = Quality(self.chance, self.truth, arm)
        planned = windows(self.study, {"randomisation": course.day_0})
        for visit in self.study.schedule:
            window = planned.get(visit.code)
            if window is None:  # counted from a day that is not made up here
                continue
            felt = quality.at(visit.day / 365.25)
            answered = self._answers(course, arm, visit, window, felt)
            yield from answered
            if self._happens(self.truth.seen_in_clinic):
                yield from self._seen(course, window.due_on + timedelta(days=self.chance.randint(-2, 4)))
            if not answered and self._happens(self.truth.called_when_missed):
                called_on = window.closes_on + timedelta(days=self.chance.randint(1, 10))
                yield from self._seen(course, called_on, called=True)

    def followed_up(self, course: Course) -> Iterator[Act]:
        """Yield calls to see who lives: after the last visit now and then, and to all shortly before today.

        Without them those who live would leave the sight of the study earlier than those who die.
        """
        last_visit = max((visit.day for visit in self.study.schedule), default=0)
        on = course.day_0 + timedelta(days=last_visit + CALLS_EVERY)
        while on < course.today:
            if self._happens(self.truth.called_later):
                yield from self._seen(course, on, called=True)
            on += timedelta(days=CALLS_EVERY + self.chance.randint(-10, 10))
        if self._happens(self.truth.called_before_the_end):
            on = course.today - timedelta(days=self.chance.randint(1, 14))
            yield from self._seen(course, on, called=True)

    def _answers(self, course: Course, arm: ArmTruth, visit: Visit, window: Window, felt: float) -> list[Act]:
        on = self._day_of_answer(window)
        hampered = self.truth.answering_in_hospital if course.in_hospital(window.due_on) else 1.0
        willing = self._happens(arm.answering * hampered)
        if not willing or not course.alive(on):
            return []
        at = self.clock.at(on, 13 if on == course.day_0 else 8)  # on day 0 after the randomisation
        acts: list[Act] = []
        for name in visit.instruments:
            instrument = self.instruments[name]
            given = answers(self.chance, self.truth, instrument, felt)
            half = {item.code for item in instrument.items[: len(instrument.items) // 2]}
            sent_at = at + timedelta(seconds=self.chance.randint(90, 400))
            acts.append(
                Answered(
                    at=at,
                    visit=visit.code,
                    instrument=name,
                    first={code: value for code, value in given.items() if code in half},
                    rest={code: value for code, value in given.items() if code not in half},
                    sent_at=None if self._happens(self.truth.draft_only) else sent_at,
                )
            )
            at = sent_at + timedelta(seconds=60)
        return acts

    def _day_of_answer(self, window: Window) -> date:
        """Draw a day of the window: most answer on the due day or soon after it, when they are reminded."""
        span = (window.closes_on - window.due_on).days
        late = min(int(self.chance.expovariate(1 / 4)), span)
        return window.due_on + timedelta(days=late)

    def _seen(self, course: Course, on: date, *, called: bool = False) -> Iterator[Act]:
        if on > course.day_0 and course.alive(on):
            yield Seen(
                at=self.clock.in_office(on),
                on=on,
                how="call" if called else "clinic visit",
                untransplanted=course.untransplanted(on),
            )

    def withdrawal(self, course: Course) -> Withdrew | None:
        """Draw whether, when and from what someone withdraws."""
        on = course.day_0 + timedelta(days=1 + int(self.chance.expovariate(self.truth.withdrawals) * 365.25))
        scopes, weights = zip(*self.truth.withdrawal_scopes, strict=True)
        scope = self.chance.choices(scopes, weights)[0]
        if on >= course.today or not course.alive(on):
            return None
        return Withdrew(at=self.clock.in_office(on), scope=scope, on=on)

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability
