"""Pairs won, imputed scores and responders."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.estimators import (
    Difference,
    TimeToEvent,
    impute_scores,
    imputed_contrasts,
    responder_analysis,
    win_ratio,
    worst_rank_contrast,
)
from bench.simulated.cases import Held, case

SIZE = 80  # participants in each arm
DEATH = {"first": 0.3, "second": 0.5}  # a year
CENSORING = 0.4
SHIFT, MARGIN = 0.3, 0.5  # of scores with the standard deviation 1
HIERARCHY = (TimeToEvent("years", "dead"), Difference("score", MARGIN))


def arm(random: np.random.Generator, size: int, hazard: float, shift: float) -> pd.DataFrame:
    """Return deaths and censorings at constant hazards, and a score for when both of a pair outlive it."""
    death, end = random.exponential(1 / hazard, size), random.exponential(1 / CENSORING, size)
    return pd.DataFrame(
        {
            "years": np.minimum(death, end),
            "dead": (death <= end).astype(int),
            "score": random.normal(shift, 1, size),
        }
    )


def shares(first: float, second: float, shift: float) -> NDArray[np.float64]:
    """Return the true shares of pairs won and lost: deaths within the shared follow-up, then scores."""
    total = first + second + 2 * CENSORING
    scores = norm.cdf((np.array([shift, -shift]) - MARGIN) / np.sqrt(2))
    return np.asarray(np.array([second, first]) / total + 2 * CENSORING / total * scores)


def measures_held(found: pd.DataFrame, truth: NDArray[np.float64]) -> Held:
    """Say whether the limits of the three measures hold what the true shares make of them."""
    won, lost = truth
    tied = 1 - won - lost
    measures = {
        "": won / lost,
        "win_odds_": (won + tied / 2) / (lost + tied / 2),
        "net_benefit_": won - lost,
    }
    row = found.iloc[0]
    return {
        prefix.removesuffix("_").replace("_", " ") or "win ratio": bool(
            row[f"{prefix}lower"] <= true <= row[f"{prefix}upper"]
        )
        for prefix, true in measures.items()
    }


@case
def pairs_won(random: np.random.Generator) -> Held:
    """Death, then a score; people are followed for different times."""
    arms = [arm(random, SIZE, hazard, SHIFT * (name == "first")) for name, hazard in DEATH.items()]
    found = win_ratio(*arms, hierarchy=HIERARCHY).to_frame()
    return measures_held(found, shares(DEATH["first"], DEATH["second"], SHIFT))


@case
def pairs_won_in_strata(random: np.random.Generator) -> Held:
    """Two strata of unequal size, in the second of which everyone dies three times as fast."""
    sizes, factors = (100, 60), (1, 3)
    arms = [
        pd.concat(
            arm(random, size // 2, hazard * factor, SHIFT * (name == "first")).assign(stratum=factor)
            for size, factor in zip(sizes, factors, strict=True)
        )
        for name, hazard in DEATH.items()
    ]
    found = win_ratio(*arms, hierarchy=HIERARCHY, strata="stratum").to_frame()
    true = [shares(DEATH["first"] * factor, DEATH["second"] * factor, SHIFT) for factor in factors]
    return measures_held(found, np.average(true, axis=0, weights=sizes))


@case
def score_difference_imputed(random: np.random.Generator) -> Held:
    """Half drop out, the sooner the higher their last score, and one in ten misses the first visit."""
    gain, visits, size = 0.5, 3, 60
    arms = []
    for name, shift in (("a", gain), ("b", 0.0)):
        baseline = random.normal(size=size)
        level = 0.6 * baseline + random.normal(scale=0.8, size=size)
        score = level[:, None] + shift * np.arange(1, visits + 1) / visits
        score = score + random.normal(scale=0.6, size=score.shape)
        for visit in range(1, visits):
            gone = random.random(size) < 1 / (1 + np.exp(1.2 - 1.2 * score[:, visit - 1]))
            score[gone, visit:] = np.nan
        score[random.random(size) < 0.1, 0] = np.nan
        columns = {"visit": np.tile(range(visits), size), "score": score.ravel(), "arm": name}
        who = np.repeat(np.arange(size), visits) + (0 if name == "a" else size)
        arms.append(pd.DataFrame(columns | {"who": who, "baseline": np.repeat(baseline, visits)}))
    made = impute_scores(
        pd.concat(arms),
        outcome="score",
        participant="who",
        visit="visit",
        arm="arm",
        dead=None,
        covariates=["baseline"],
        imputations=10,
        seed=int(random.integers(2**31)),
        burn_in=20,
        between=5,
    )
    last = imputed_contrasts(made, reference="b").to_frame().iloc[-1]
    return {"difference at the last visit": bool(last["lower"] <= gain <= last["upper"])}


@case
def responders(random: np.random.Generator) -> Held:
    """The chance to improve is 0.5 against 0.3; one in ten has died, and is no responder."""
    chances = {"a": 0.5, "b": 0.3}
    group = np.repeat(list(chances), 60)
    dead = random.random(120) < 0.1
    gain = np.where(random.random(120) < np.repeat(list(chances.values()), 60), 1.0, 0.0)
    rows = responder_analysis(np.zeros(120), gain, group, margin=1, dead=dead).contrast("b")
    p, q = (0.9 * chance for chance in chances.values())
    truth = {"difference": p - q, "odds ratio": p / (1 - p) / (q / (1 - q))}
    return {
        str(row["measure"]): bool(row["lower"] <= truth[str(row["measure"])] <= row["upper"])
        for _, row in rows.iterrows()
    }


@case
def worst_ranks(random: np.random.Generator) -> Held:
    """All are followed for a year; the dead rank below the living."""
    day = [random.exponential(1 / hazard, SIZE) for hazard in DEATH.values()]
    death = np.concatenate(day)
    death = np.where(death <= 1, death, np.nan)
    score = np.concatenate([random.normal(SHIFT, 1, SIZE), random.normal(0, 1, SIZE)])
    score[~np.isnan(death)] = np.nan
    row = (
        worst_rank_contrast(score, death, np.repeat(list(DEATH), SIZE), reference="second").to_frame().iloc[0]
    )
    first, second = DEATH.values()
    both = np.exp(-first - second)
    won = second / (first + second) * (1 - both) + both * norm.cdf(SHIFT / np.sqrt(2))
    return {"win odds": bool(row["lower"] <= won / (1 - won) <= row["upper"])}
