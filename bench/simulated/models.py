"""Hazard ratios of Cox's model, and cumulative incidence with what it loses of a horizon."""

import numpy as np
import pandas as pd

from analysis.estimators import cox_regression, cumulative_incidence, restricted_mean_time_lost
from bench.simulated.cases import Held, case
from bench.simulated.people import HAZARD, followed
from bench.simulated.survival import holds

SIZE = 200
RATIO = 0.7
YEAR = 365.25
# Of transplant and of death before it, a year.
RATES = (0.2, 0.1)


@case
def cox_hazard_ratio(random: np.random.Generator) -> Held:
    """Two arms whose hazards are proportional; whole days, with their ties, by Efron."""
    arms = [followed(random, SIZE // 2, hazard=hazard) for hazard in (HAZARD, RATIO * HAZARD)]
    found = cox_regression(
        np.concatenate([arm.duration for arm in arms]),
        np.concatenate([arm.event for arm in arms]),
        pd.DataFrame({"treated": np.repeat([0, 1], SIZE // 2)}),
    )
    return {"hazard ratio": holds(found.to_frame(), RATIO)}


@case
def cox_after_pairs(random: np.random.Generator) -> Held:
    """Two hundred pairs who share a frailty of mean 1; one of each is treated, and errors are by pair.

    A positive stable frailty (alpha 0.8) leaves hazards proportional: the ratio of all is RATIO ** 0.8.
    """
    alpha = 0.8
    angle, size = random.uniform(0, np.pi, SIZE), random.exponential(1, SIZE)
    frailty = (np.sin(alpha * angle) / np.sin(angle) ** (1 / alpha)) * (
        np.sin((1 - alpha) * angle) / size
    ) ** ((1 - alpha) / alpha)
    treated = np.tile([0, 1], SIZE)
    hazard = np.repeat(frailty, 2) * HAZARD * np.where(treated == 1, RATIO, 1)
    day = np.ceil(random.exponential(1 / hazard)).clip(max=1e9)
    end = 1500 - random.integers(0, 900, 2 * SIZE)
    found = cox_regression(
        np.minimum(day, end),
        day <= end,
        pd.DataFrame({"treated": treated}),
        cluster=np.repeat(np.arange(SIZE), 2),
    )
    return {"hazard ratio, errors by pair": holds(found.to_frame(), RATIO**alpha)}


@case
def competing_causes(random: np.random.Generator) -> Held:
    """Exponential causes, followed for up to eight years; read after one and after four."""
    both = sum(RATES)
    years = random.exponential(1 / both, SIZE)
    which = np.where(random.random(SIZE) < RATES[0] / both, 1, 2)
    end = random.uniform(0, 8, SIZE)
    days, cause = np.minimum(years, end) * YEAR, np.where(years <= end, which, 0)
    found = cumulative_incidence(days, cause)
    held: Held = {}
    for after in (1, 4):
        rows = found.at(after * YEAR)
        truth = RATES[0] / both * (1 - np.exp(-both * after))
        held[f"incidence after {after}"] = holds(rows[rows["cause"] == 1], truth)
    # The area under the incidence of the first cause up to four years, in days.
    area = YEAR * RATES[0] / both * (4 - (1 - np.exp(-both * 4)) / both)
    lost = restricted_mean_time_lost(days, cause, tau=4 * YEAR).to_frame()
    return held | {"time lost": holds(lost[lost["cause"] == 1], float(area))}
