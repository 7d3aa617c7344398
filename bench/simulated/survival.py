"""Survival at a time, medians, bands, and restricted means with their difference and ratio."""

import numpy as np
import pandas as pd

from analysis.estimators import Band, ConfidenceType, kaplan_meier, restricted_mean_survival
from bench.simulated.cases import Held, case
from bench.simulated.people import HAZARD, followed, survival

SIZE = 200  # participants, in one arm or in both
BETTER = 0.7 * HAZARD
TAU = 1095

SCALES: tuple[ConfidenceType, ...] = ("log-log", "logit")
KINDS: tuple[Band, ...] = ("equal-precision", "hall-wellner")


def holds(rows: pd.DataFrame, truth: float) -> bool:
    """Whether the only row's interval holds the truth."""
    (lower,), (upper,) = rows["lower"], rows["upper"]
    return bool(lower <= truth <= upper)


@case
def survival_at_a_year(random: np.random.Generator) -> Held:
    """On the scale that is used unless told otherwise, and on another one."""
    people = followed(random, SIZE)
    truth = float(survival(365))
    return {
        scale: holds(kaplan_meier(people.duration, people.event, conf_type=scale).at(365), truth)
        for scale in SCALES
    }


@case
def survival_after_late_entry(random: np.random.Generator) -> Held:
    """Half enter up to a year late: who had the event before is never seen."""
    people = followed(random, 2 * SIZE)
    entry = np.where(random.random(2 * SIZE) < 0.5, 0, random.integers(0, 365, 2 * SIZE))
    seen = entry < people.duration
    curve = kaplan_meier(people.duration[seen], people.event[seen], entry=entry[seen])
    return {"log-log": holds(curve.at(365), float(survival(365)))}


@case
def median_survival(random: np.random.Generator) -> Held:
    """Day 730 is where survival is a half; an interval's upper end is the first day outside of it."""
    people = followed(random, SIZE)
    median = kaplan_meier(people.duration, people.event).quantile(0.5)
    begun, over = (median["lower"] <= 730).all(), (median["upper"] <= 730).any()  # no upper end: it is later
    return {"log-log": bool(begun and not over)}


@case
def band_of_two_years(random: np.random.Generator) -> Held:
    """From day 60 to day 730 a band holds the truth on every day at once."""
    people = followed(random, SIZE)
    curve = kaplan_meier(people.duration, people.event)
    held: Held = {}
    for kind in KINDS:
        band = curve.bands(kind, start=60, end=730)
        begin = band["time"].to_numpy().astype(np.int64)
        # A step holds until the day before the next one, on which the truth is lowest.
        last = np.append(begin[1:] - 1, 730)
        held[kind] = bool(
            (band["lower"] <= survival(last)).all() and (survival(begin) <= band["upper"]).all()
        )
    return held


@case
def restricted_mean(random: np.random.Generator) -> Held:
    """Two arms of half the size, three years; the area under the true steps is their sum over days."""
    arms = [followed(random, SIZE // 2, hazard=hazard) for hazard in (HAZARD, BETTER)]
    means = [float(survival(np.arange(TAU), hazard).sum()) for hazard in (HAZARD, BETTER)]
    found = restricted_mean_survival(
        np.concatenate([arm.duration for arm in arms]),
        np.concatenate([arm.event for arm in arms]),
        group=np.repeat([0, 1], SIZE // 2),
        tau=TAU,
    )
    contrast = found.contrast(0)
    return {
        "one arm": holds(found.to_frame()[:1], means[0]),
        "difference": holds(contrast[contrast["measure"] == "difference"], means[1] - means[0]),
        "ratio": holds(contrast[contrast["measure"] == "ratio"], means[1] / means[0]),
    }
