"""Rates and their ratios, mean counts with death, readmission, and days alive and out of hospital."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators import (
    RateModel,
    days_alive_out_of_hospital,
    event_rate_ratio,
    mean_cumulative_count,
    readmission,
    recurrent_event_rows,
)
from bench.simulated.cases import Held, case
from bench.simulated.people import Days, followed
from bench.simulated.survival import holds

SIZE = 200  # participants in both arms
ARM = np.repeat([0, 1], SIZE // 2)
RATE = 1.2 / 365  # admissions a day, in the reference arm
RATIO = 0.7
DEATH = 0.3 / 365
HORIZON = 365


def admissions(random: np.random.Generator, until: Days, rate: NDArray[np.float64]) -> pd.DataFrame:
    """Return whole days of admission of everyone at a constant rate, none after the end: row and day."""
    most = 60  # nobody comes near so many
    gaps = random.exponential(1 / rate[:, None], (len(until), most))
    day = np.ceil(gaps.cumsum(axis=1)).astype(np.int64)
    row, place = np.nonzero(day <= until[:, None])
    return pd.DataFrame({"row": row, "day": day[row, place]})


def varying(random: np.random.Generator, rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a rate of each participant's own: gamma with mean 1 and variance 1 times the arm's."""
    return rate * random.gamma(1, 1, len(rate)) + 1e-9


def rate_ratio(random: np.random.Generator, models: tuple[RateModel, ...], *, alike: bool) -> Held:
    """Whether the ratio of both arms lies within each model's interval."""
    end = followed(random, SIZE, hazard=1e-9).duration
    rate = np.where(ARM == 1, RATIO, 1.0) * RATE
    days = admissions(random, end, rate if alike else varying(random, rate))
    count = np.bincount(days["row"], minlength=SIZE)
    return {
        model: holds(event_rate_ratio(count, end, ARM, model=model).to_frame(), RATIO) for model in models
    }


@case
def rate_ratio_of_people_alike(random: np.random.Generator) -> Held:
    """Everyone of an arm has its rate: all models are right, the exact one somewhat cautious."""
    return rate_ratio(random, ("poisson", "quasi-poisson", "exact"), alike=True)


@case
def rate_ratio_of_people_apart(random: np.random.Generator) -> Held:
    """Rates vary between people as much as they amount to: a few have many. Poisson would be far too sure."""
    return rate_ratio(random, ("negative-binomial", "quasi-poisson"), alike=False)


@case
def mean_count_with_death(random: np.random.Generator) -> Held:
    """The mean number of admissions in a year in which a quarter die, rates varying between people."""
    people = followed(random, SIZE, hazard=DEATH)
    rate = np.where(ARM == 1, RATIO, 1.0) * RATE
    days = admissions(random, people.duration, varying(random, rate))
    rows = recurrent_event_rows(
        np.arange(SIZE),
        people.duration,
        people.event,
        event_participant=days["row"],
        event_time=days["day"],
    )
    counts = mean_cumulative_count(
        rows["start"],
        rows["stop"],
        rows["event"],
        rows["participant"],
        group=ARM[rows["participant"]],
        terminal=rows["terminal"],
    )
    truth = RATE * (1 - np.exp(-DEATH * HORIZON)) / DEATH
    contrast = counts.contrast(0, time=HORIZON)
    return {
        "one arm": holds(counts.at(HORIZON)[:1], truth),
        "difference": holds(contrast[:1], (RATIO - 1) * truth),
        "ratio": holds(contrast[1:], RATIO),
    }


@case
def readmission_within_90_days(random: np.random.Generator) -> Held:
    """From discharge on, readmission and death at constant hazards; every stay takes three days."""
    back, dies = 1 / 200, 1 / 900
    people = followed(random, SIZE, hazard=dies)
    gone = 3 + np.ceil(random.exponential(1 / back, (SIZE, 60))).astype(np.int64)
    admitted = np.column_stack([np.zeros(SIZE, dtype=np.int64), gone.cumsum(axis=1)])
    row, place = np.nonzero(admitted <= people.duration[:, None])
    first = admitted[row, place]
    stays = pd.DataFrame({"participant": row, "admitted": first, "discharged": first + 3})
    truth = back / (back + dies) * (1 - np.exp(-(back + dies) * 90))
    found = {
        "first discharge": readmission(
            np.arange(SIZE), people.duration, people.event, stays, days=90, transfer_gap=0
        ),
        "every discharge": readmission(
            np.arange(SIZE), people.duration, people.event, stays, days=90, transfer_gap=0, index="every"
        ),
    }
    return {index: holds(each.to_frame(), truth) for index, each in found.items()}


@case
def days_out_of_hospital_with_censoring(random: np.random.Generator) -> Held:
    """Half a year; a stay of up to two months in its course; a third are censored before its end."""
    until, longest, hazard = 180, 60, 1 / 400
    people = followed(random, SIZE, hazard=DEATH)
    lost = np.ceil(random.exponential(450, SIZE)).astype(np.int64)
    end = np.minimum(people.duration, lost)
    died = people.event & (people.duration <= lost)
    admitted = np.ceil(random.exponential(1 / hazard, SIZE)).astype(np.int64)
    length = random.integers(1, longest + 1, SIZE)
    stays = pd.DataFrame(
        {"participant": np.arange(SIZE), "admitted": admitted, "discharged": admitted + length}
    )
    found = days_alive_out_of_hospital(
        np.arange(SIZE), end, died, stays[admitted <= end], horizon=until, counted="nights"
    )
    night = np.arange(until)
    begins = np.where(night > 0, np.exp(-hazard * (night - 1)) - np.exp(-hazard * night), 0.0)
    lasts = 1 - np.arange(longest) / longest  # that a stay lasts more than 0, 1, ... nights
    inside = np.convolve(begins, lasts)[:until]
    truth = float((np.exp(-DEATH * night) * (1 - inside)).sum())
    return {"t-interval": holds(found.means(), truth)}
