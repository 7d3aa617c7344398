"""Differences of means and of slopes, from repeated measurements of which many are missing at random."""

import numpy as np
import pandas as pd

from analysis.estimators import mmrm, random_slope_model
from analysis.estimators.mixed.fixed_effects import DegreesOfFreedom
from bench.simulated.cases import Held, case

SIZE = 80  # participants in both arms: few enough for degrees of freedom to matter
VISITS = 4
GAIN = 0.5  # of the second arm at each visit later than the first
METHODS: tuple[DegreesOfFreedom, ...] = ("kenward-roger", "satterthwaite")


def scores(random: np.random.Generator) -> pd.DataFrame:
    """Scores at four visits with a baseline; who scores high drops out before the next visit."""
    lag = np.abs(np.subtract.outer(range(VISITS + 1), range(VISITS + 1)))
    spread = 1 + 0.2 * np.arange(VISITS + 1)
    scored = random.multivariate_normal(np.zeros(VISITS + 1), np.outer(spread, spread) * 0.7**lag, SIZE)
    arm = np.arange(SIZE) % 2
    after = scored[:, 1:] + GAIN * arm[:, None] * np.arange(VISITS)
    leaves = random.random((SIZE, VISITS - 1)) < 1 / (1 + np.exp(3 - after[:, :-1]))
    stays = np.cumsum(leaves, axis=1) == 0
    who, visit = np.nonzero(np.column_stack([np.ones(SIZE, dtype=bool), stays]))
    return pd.DataFrame(
        {"who": who, "visit": visit, "arm": arm[who], "before": scored[who, 0], "score": after[who, visit]}
    )


@case
def mmrm_difference_at_the_last_visit(random: np.random.Generator) -> Held:
    """Unstructured, or the first covariance that converges."""
    frame = scores(random)
    held: Held = {}
    for method in METHODS:
        model = mmrm(
            frame,
            outcome="score",
            participant="who",
            visit="visit",
            arm="arm",
            covariate_by_visit=["before"],
            covariance="adaptive",
            df=method,
        )
        last = model.contrasts(0).iloc[-1]
        held[method] = bool(last["lower"] <= GAIN * (VISITS - 1) <= last["upper"])
    return held


@case
def difference_of_random_slopes(random: np.random.Generator) -> Held:
    """Two to six measurements a participant, at times of their own over three years."""
    arm = np.arange(SIZE) % 2
    who = np.repeat(np.arange(SIZE), random.integers(2, 7, SIZE))
    years = random.uniform(0, 3, len(who))
    line = random.multivariate_normal([2, 1], [[1, 0.2], [0.2, 0.5]], SIZE)
    value = line[who, 0] + (line[who, 1] + GAIN * arm[who]) * years + random.normal(0, 0.7, len(who))
    frame = pd.DataFrame({"who": who, "years": years, "arm": arm[who], "value": value})
    held: Held = {}
    for method in METHODS:
        model = random_slope_model(
            frame, outcome="value", participant="who", time="years", arm="arm", df=method
        )
        difference = model.contrasts(0).iloc[0]
        held[method] = bool(difference["lower"] <= GAIN <= difference["upper"])
    return held
