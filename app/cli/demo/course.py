"""What truly happens to a participant: death, transplant and hospital stays, at constant rates."""

from datetime import date, timedelta
from math import ceil, exp, log
from random import Random

from app.cli.demo.baseline import death_factor
from app.cli.demo.life import Baseline, Course, Stay
from app.cli.demo.truth import ArmTruth, Truth

YEAR = 365.25
LONGEST_STAY = 60


def true_course(
    chance: Random, truth: Truth, arm: ArmTruth, *, baseline: Baseline, day_0: date, today: date
) -> Course:
    """Draw a course: death and transplant compete; a transplant changes the rate of dying from then on."""
    deaths = arm.deaths * death_factor(truth, baseline.meld)
    death, transplant = _days(chance, deaths), _days(chance, arm.transplants)
    if transplant < death:
        death = transplant + _days(chance, arm.deaths_after_transplant)
    transplanted_on = _until(day_0, transplant, today) if transplant < death else None
    died_on = _until(day_0, death, today)
    return Course(
        baseline=baseline,
        day_0=day_0,
        today=today,
        died_on=died_on,
        transplanted_on=transplanted_on,
        stays=_stays(chance, truth, arm, day_0=day_0, last_day=died_on or today, died=died_on is not None),
        tumour_on=_until(day_0, _days(chance, arm.tumours), died_on or today),
    )


def _days(chance: Random, rate: float) -> int:
    """Return whole days to an event, at least one: what happens on a day has its date."""
    return ceil(chance.expovariate(rate) * YEAR)


def _until(day_0: date, days: int, today: date) -> date | None:
    return day_0 + timedelta(days=days) if days <= (today - day_0).days else None


def _stays(
    chance: Random, truth: Truth, arm: ArmTruth, *, day_0: date, last_day: date, died: bool
) -> tuple[Stay, ...]:
    """Draw stays: a gap at the person's own rate, then a stay, and again, to the death or to today.

    Someone's own rate is the arm's times a gamma frailty of mean 1: some are admitted again and again.
    """
    shape = 1 / truth.stay_frailty_variance
    rate = arm.stays * chance.gammavariate(shape, 1 / shape)
    stays: list[Stay] = []
    admitted_on = day_0
    while True:
        gap = min(ceil(chance.expovariate(rate) * YEAR), (last_day - admitted_on).days + 1)
        admitted_on += timedelta(days=gap)
        if admitted_on > last_day:
            return tuple(stays)
        length = round(exp(log(truth.stay_median_days) + truth.stay_log_sd * chance.gauss(0, 1)))
        discharged_on = admitted_on + timedelta(days=min(max(length, 1), LONGEST_STAY))
        if discharged_on > last_day:
            stays.append(Stay(admitted_on, last_day if died else None))
            return tuple(stays)
        stays.append(Stay(admitted_on, discharged_on))
        admitted_on = discharged_on
