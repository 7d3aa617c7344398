"""Death as the worst rank: everyone ordered by survival, then by score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from analysis.estimators.contrasts import place_of
from analysis.estimators.death_estimands import refuse_gaps
from analysis.estimators.input_error import refuse_where
from analysis.estimators.observations import Floats, Labels, Numbers, grouping, numbers
from analysis.estimators.pair_components import Difference
from analysis.estimators.win_ratio import win_ratio

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorstRankContrasts:
    """One comparison an arm, as `worst_rank_contrast` returns them."""

    reference: Any
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row an arm: arm, n, deaths, reference_n, reference_deaths, and what follows.

        win_odds, lower, upper; win_probability: of one of the arm faring better than one of the reference,
        ties by half; z and p_value: Wilcoxon's test.
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the comparisons."""
        title = f"Death as the worst rank, against arm {self.reference!r}, {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def worst_rank_contrast(
    score: Numbers,
    death: Numbers,
    arm: Labels,
    *,
    reference: object,
    higher_is_better: bool = True,
    conf_level: float = 0.95,
) -> WorstRankContrasts:
    """Rank everyone by survival, then score, at one time: the dead below the living, the earlier the lower.

    The estimand (a composite strategy of ICH E9(R1)): the odds that one of the arm fares better than one of
    the reference arm by that time, anyone alive faring better than anyone dead (Lachin 1999). `score`: one a
    participant, missing for the dead and for nobody else; `death`: the day of death, missing for who was
    alive; all must have been followed to that time (else: `win_ratio`, with its shared follow-up). Win odds
    with the limits of `win_ratio`; the test is Wilcoxon's with ties, without a correction for continuity: it
    takes the arms as equal, and can differ from the interval at the edge. Raises InputError (a ValueError).

    60, 40 and a death on day 9 against 50 and deaths on days 5 and 20. Of nine pairs 3, 2 and 1 are won (60
    beats all, 40 both deaths, the death on day 9 the one on day 5):

    >>> scores, deaths = [60, 40, None, 50, None, None], [None, None, 9, None, 5, 20]
    >>> found = worst_rank_contrast(scores, deaths, list("aaabbb"), reference="b").to_frame()
    >>> found[["n", "deaths", "reference_deaths", "win_odds", "win_probability", "z", "p_value"]].round(4)
       n  deaths  reference_deaths  win_odds  win_probability       z  p_value
    0  3       1                 2       2.0           0.6667  0.6547   0.5127
    """
    scores = numbers("score", score)
    day = numbers("death", death, len(scores), "score")
    refuse_where(day < 0, "death", day, "a day from 0 on, or nothing")
    died = ~np.isnan(day)
    refuse_gaps(scores, died)
    arms = grouping("arm", arm, np.ones(len(scores), dtype=bool), "score")
    base = arms.codes == place_of(reference, arms.labels)
    ranks = _ranks(scores if higher_is_better else -scores, day)
    rows = [
        {"arm": label} | _comparison(ranks, died, arms.codes == code, base, conf_level)
        for code, label in enumerate(arms.labels)
        if label != reference
    ]
    return WorstRankContrasts(reference, conf_level, pd.DataFrame(rows))


def _ranks(score: Floats, death: Floats) -> Floats:
    """Midranks from 1, the worst: the dead by day, then the living by score."""
    dead = ~np.isnan(death)
    ranks = np.empty(len(score))
    ranks[dead] = rankdata(death[dead])
    ranks[~dead] = dead.sum() + rankdata(score[~dead])
    return ranks


def _comparison(ranks: Floats, died: Mask, own: Mask, base: Mask, conf_level: float) -> dict[str, float]:
    """Win odds of one arm against the other, and Wilcoxon's test on their ranks among themselves."""
    first, second = (pd.DataFrame({"rank": ranks[of]}) for of in (own, base))
    found = win_ratio(first, second, hierarchy=[Difference("rank")], conf_level=conf_level).to_frame().iloc[0]
    n1, n2 = int(own.sum()), int(base.sum())
    total = n1 + n2
    _, ties = np.unique(ranks[own | base], return_counts=True)
    won = found["wins"] + found["ties"] / 2
    variance = n1 * n2 / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1)))
    z = (won - n1 * n2 / 2) / np.sqrt(variance) if variance > 0 else np.nan
    return {
        "n": n1,
        "deaths": int(died[own].sum()),
        "reference_n": n2,
        "reference_deaths": int(died[base].sum()),
        "win_odds": found["win_odds"],
        "lower": found["win_odds_lower"],
        "upper": found["win_odds_upper"],
        "win_probability": won / (n1 * n2),
        "z": float(z),
        "p_value": float(2 * norm.sf(abs(z))),
    }
