"""What a participant's site knows of them on day 0, and writes on the baseline form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from random import Random

from app.cli.demo.life import Act, Baseline, Course, FilledIn
from app.cli.demo.reporting import Clock
from app.cli.demo.truth import Truth
from app.domain.study import Study

LOWEST_MELD, HIGHEST_MELD = 6, 40
AGE_CLASSES = (50, 65)
"""The ages at which the second and the third class begin."""


def true_baseline(chance: Random, truth: Truth, *, age: int) -> Baseline:
    """Draw a baseline. Of it MELD alone has to do with anything: with dying before a transplant."""
    meld = round(chance.gauss(truth.meld_mean, truth.meld_sd))
    return Baseline(
        meld=min(max(meld, LOWEST_MELD), HIGHEST_MELD),
        aetiology=_drawn(chance, truth.aetiologies),
        aclf=_drawn(chance, truth.aclf_definitions),
        age_class=1 + sum(age >= begins for begins in AGE_CLASSES),
    )


def death_factor(truth: Truth, meld: int) -> float:
    """Return by how much someone's rate of dying differs from the arm's; its mean over all is 1.

    That of a log-normal variable: exp(sd^2/2) times its median.
    """
    slope = truth.deaths_by_meld
    return exp(slope * (meld - truth.meld_mean) - (slope * truth.meld_sd) ** 2 / 2)


@dataclass(frozen=True)
class Desk:
    """The site's staff, who fill in a form."""

    chance: Random
    truth: Truth
    study: Study
    clock: Clock

    def forms(self, course: Course) -> Iterator[Act]:
        """Yield the forms of the first visit, filled in a few days later, for day 0; some are forgotten."""
        filled_on = course.day_0 + timedelta(days=self.chance.randint(1, 4))
        forgotten = self.chance.random() < self.truth.form_forgotten
        if forgotten or not course.alive(filled_on):
            return
        visit = self.study.visits[0]
        for form in visit.staff_forms:
            yield FilledIn(
                at=self.clock.in_office(filled_on),
                visit=visit.code,
                instrument=form,
                answers=course.baseline.answers,
                on=course.day_0,
            )


def _drawn(chance: Random, weights: tuple[float, ...]) -> int:
    """Return the place of a weight, the first one being 0."""
    return chance.choices(range(len(weights)), weights)[0]
