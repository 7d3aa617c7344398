"""The win ratio against a slow loop over pairs, and what holds for any data."""

from __future__ import annotations

import math
from itertools import product
from random import Random
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from analysis.estimators import Count, Difference, TimeToEvent, pair_comparison, win_ratio

HIERARCHY = (
    TimeToEvent("day", "death"),
    Count("stays", "day"),
    Difference("score", 2),
    Difference("itch", 1),
)
COUNTS = ["wins", "losses", "ties"]


class Participant(NamedTuple):
    day: int
    death: int
    stays: tuple[int, ...]
    score: float
    itch: int


def drawn(seed: int) -> pd.DataFrame:
    """One to seven participants with many ties, some scores missing."""
    chance = Random(seed)
    rows = []
    for _ in range(chance.randint(1, 7)):
        day = chance.randint(0, 6)
        stays = tuple(chance.randint(0, day) for _ in range(chance.randint(0, 3)))
        score = chance.choice([math.nan, 0, 1, 2, 3, 4])
        rows.append(Participant(day, chance.randint(0, 1), stays, score, chance.randint(0, 3)))
    return pd.DataFrame(rows)


def participants(frame: pd.DataFrame) -> list[Participant]:
    return [Participant(*row) for row in frame.itertuples(index=False)]


arm = st.integers(0, 10**9).map(drawn)
few = settings(deadline=None, max_examples=20)


def outcome(one: Participant, other: Participant) -> int:
    """1 where the one fared better, -1 worse, 0 neither: in words, over the follow-up that both share."""
    shared = min(one.day, other.day)
    died = [who.death == 1 and who.day <= shared for who in (one, other)]
    if died == [True, True]:
        if one.day != other.day:  # cannot be: then the later death lies outside the shared follow-up
            raise AssertionError
    elif died[0] != died[1]:
        return -1 if died[0] else 1
    stays = [sum(day <= shared for day in who.stays) for who in (one, other)]
    if stays[0] != stays[1]:
        return 1 if stays[0] < stays[1] else -1
    for column, margin in (("score", 2), ("itch", 1)):
        ahead = getattr(one, column) - getattr(other, column)
        if abs(ahead) >= margin:
            return 1 if ahead > 0 else -1
    return 0


def slow(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, float]:
    """Pair by pair; the variance as a sum over participants."""
    ours, theirs = participants(first), participants(second)
    scores = {(i, j): outcome(ours[i], theirs[j]) for i, j in product(range(len(ours)), range(len(theirs)))}
    wins, losses = (sum(score == side for score in scores.values()) for side in (1, -1))
    found: dict[str, float] = {"wins": wins, "losses": losses, "ties": len(scores) - wins - losses}
    if wins and losses:
        W, L = wins / len(scores), losses / len(scores)  # noqa: N806 - the letters of the paper
        variance = 0.0
        for place, n, others in ((0, len(ours), len(theirs)), (1, len(theirs), len(ours))):
            for one in range(n):
                own = [score for pair, score in scores.items() if pair[place] == one]
                w, lost = own.count(1) / others, own.count(-1) / others
                variance += (w / W - lost / L) ** 2 / n**2
        found |= {
            "win_ratio": wins / losses,
            "upper": wins / losses * np.exp(1.959963984540054 * variance**0.5),
        }
    return found


@few
@given(arm, arm)
def test_equals_the_slow_loop(first: pd.DataFrame, second: pd.DataFrame) -> None:
    expected = slow(first, second)
    row = win_ratio(first, second, hierarchy=HIERARCHY).to_frame().iloc[0]
    assert_allclose(row[list(expected)].astype(float), list(expected.values()), rtol=1e-12)


@few
@given(arm, arm)
def test_arms_exchanged_turn_the_measures_round(first: pd.DataFrame, second: pd.DataFrame) -> None:
    there = win_ratio(first, second, hierarchy=HIERARCHY).to_frame().iloc[0]
    back = win_ratio(second, first, hierarchy=HIERARCHY).to_frame().iloc[0]
    assert there[COUNTS].tolist() == back[["losses", "wins", "ties"]].tolist()
    assert_allclose(there["net_benefit"], -back["net_benefit"])
    with np.errstate(divide="ignore"):
        assert_allclose(there["upper"], 1 / back["lower"])
        assert_allclose(there["win_odds_upper"], 1 / back["win_odds_lower"])
    assert_allclose(there["p_value"], back["p_value"])


@few
@given(arm, arm, st.integers(1, 20))
def test_order_blocks_and_units_do_not_matter(first: pd.DataFrame, second: pd.DataFrame, pairs: int) -> None:
    found = win_ratio(first, second, hierarchy=HIERARCHY).to_frame()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair_comparison, "PAIRS_AT_ONCE", pairs)
        assert_frame_equal(win_ratio(first, second, hierarchy=HIERARCHY).to_frame(), found, rtol=1e-12)
    ours, theirs = (in_hours(frame[::-1]) for frame in (first, second))
    assert_frame_equal(win_ratio(ours, theirs, hierarchy=HIERARCHY).to_frame(), found, rtol=1e-12)


def in_hours(frame: pd.DataFrame) -> pd.DataFrame:
    stays = pd.Series([tuple(day * 24 for day in days) for days in frame["stays"]], index=frame.index)
    return frame.assign(day=frame["day"] * 24, stays=stays)


@few
@given(arm, arm)
def test_finkelstein_and_schoenfeld_score_the_same_pairs(first: pd.DataFrame, second: pd.DataFrame) -> None:
    """Their statistic, the sum over an arm of everyone's scores against all (1999), is wins minus losses."""
    everyone = participants(first) + participants(second)
    scores = [sum(outcome(one, other) for other in everyone) for one in everyone]
    wins, losses, _ = win_ratio(first, second, hierarchy=HIERARCHY).to_frame()[COUNTS].iloc[0]
    assert sum(scores[: len(first)]) == wins - losses


@few
@given(arm, arm)
def test_the_same_stratum_for_all_is_none(first: pd.DataFrame, second: pd.DataFrame) -> None:
    plain = win_ratio(first, second, hierarchy=HIERARCHY).to_frame()
    whole = win_ratio(
        first.assign(site="n"), second.assign(site="n"), hierarchy=HIERARCHY, strata="site"
    ).to_frame()
    assert_frame_equal(plain, whole)


def test_a_large_trial_is_compared_within_bounded_memory() -> None:
    """Two thousand against three thousand, six million pairs: counted as ranks count them."""
    random = np.random.default_rng(5)
    first, second = (pd.DataFrame({"score": random.permutation(10_000)[:size]}) for size in (2_000, 3_000))
    row = win_ratio(first, second, hierarchy=[Difference("score")]).to_frame().iloc[0]
    below = np.searchsorted(np.sort(second["score"]), first["score"], side="left")
    not_above = np.searchsorted(np.sort(second["score"]), first["score"], side="right")
    assert row[COUNTS].tolist() == [below.sum(), (3_000 - not_above).sum(), (not_above - below).sum()]
