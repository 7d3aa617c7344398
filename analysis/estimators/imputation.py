"""Multiple imputation of repeated scores, never after death: missing at random, or as the reference arm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.imputation_draws import draws
from analysis.estimators.imputation_pooling import PooledEstimate, pool_imputations
from analysis.estimators.imputation_strategies import Strategy, completed_scores, strategy_means
from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats
from analysis.estimators.score_grid import ScoreGrid, score_grid


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Imputations:
    """Several completed copies of the scores, as `impute_scores` returns them.

    `grid` holds what was observed; `scores` (imputations, participants, visits) is complete but for the dead,
    who have none (NaN); `names` are the frame's columns.
    """

    grid: ScoreGrid
    scores: Floats
    strategy: Strategy
    names: Mapping[str, str]

    @property
    def imputed(self) -> NDArray[np.bool_]:
        """Which scores were imputed: (participants, visits)."""
        return self.grid.missing

    def to_frame(self) -> pd.DataFrame:
        """One row an imputation, participant and visit: imputation (from 1), the frame's columns, imputed.

        A score is missing still where the participant was dead.
        """
        copies, people, visits = self.scores.shape
        row = np.tile(np.repeat(np.arange(people), visits), copies)
        columns = {
            "imputation": np.repeat(np.arange(1, copies + 1), people * visits),
            self.names["participant"]: self.grid.participants[row],
            self.names["visit"]: np.tile(np.asarray(self.grid.visits), copies * people),
            self.names["arm"]: self.grid.arm[row],
            self.names["outcome"]: self.scores.ravel(),
            "imputed": np.tile(self.imputed.ravel(), copies),
        }
        return pd.DataFrame(columns)

    def pooled(
        self,
        analysis: Callable[[pd.DataFrame], tuple[float, float]],
        *,
        complete_df: float,
        conf_level: float = 0.95,
    ) -> PooledEstimate:
        """Pool any analysis that gives an estimate and its variance from one completed copy of `to_frame`."""
        copies = [copy for _, copy in self.to_frame().groupby("imputation")]
        estimates, variances = zip(*(analysis(copy) for copy in copies), strict=True)
        return pool_imputations(estimates, variances, complete_df=complete_df, conf_level=conf_level)

    def __repr__(self) -> str:
        """For people: what was observed, imputed and left out, by visit."""
        arms = pd.Series(self.grid.arm, name="arm")
        observed = ~np.isnan(self.grid.score)
        rows = [
            {
                "arm": arm,
                "visit": visit,
                "observed": int(observed[own, k].sum()),
                "imputed": int(self.imputed[own, k].sum()),
                "dead": int((~self.grid.alive[own, k]).sum()),
            }
            for arm, own in arms.groupby(arms, sort=True).indices.items()
            for k, visit in enumerate(self.grid.visits)
        ]
        title = f"{len(self.scores)} imputations, {self.strategy}"
        return f"{title}\n{pd.DataFrame(rows).to_string(index=False)}"


def impute_scores(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    visit: str,
    arm: str,
    dead: str | None,
    covariates: Sequence[str] = (),
    imputations: int = 20,
    seed: int,
    strategy: Strategy = "mar",
    reference: object = None,
    burn_in: int = 100,
    between: int = 20,
) -> Imputations:
    """Complete repeated scores several times, drawing what is missing from its posterior distribution.

    `frame`: long, one row a participant and visit, its columns given by name; visits are numbers, or
    categories in their order; `covariates` are known of everyone and the same in all of a participant's rows
    (the baseline score, say). `dead` names a column that is true (1) at visits at which someone was dead:
    those scores are never imputed, and with it every participant needs a row for each visit; None says that
    nobody died. `seed` makes the same draws again.

    Within each arm the scores are multivariate normal given the covariates, means and covariance being the
    arm's own and unstructured, as a chain of regressions of each visit on the visits before (Rubin 1987,
    section 5.3). Scores missing in between are drawn in turn with the regressions (monotone data
    augmentation, Schafer 1997, section 6.5): `burn_in` rounds, then `between` rounds from one imputation to
    the next. Where none is missing in between, no rounds are needed and every draw is exact.

    `strategy` says what is assumed after someone's last score, in all arms but the `reference` (Carpenter,
    Roger and Kenward 2013); gaps before it, and the reference arm, are always missing at random:
    "mar": they go on as others of their arm with the same scores so far;
    "copy-reference": as if they had been in the reference arm all along, their scores so far included;
    "jump-to-reference": from then on the means of the reference arm, keeping how they lay about their own;
    "copy-increments": from the mean reached, the changes that the reference arm sees from there on.
    Rubin's variance is then larger than the estimate varies over repeated trials, and keeps the share of
    information that was lost as under "mar" (Cro, Carpenter and Kenward 2019).

    Deaths end a participant's scores but not those of others: means at a visit describe who would be alive
    then; for an effect on everyone see `composite_contrast`, `worst_rank_contrast` and `win_ratio`.

    Raises InputError (a ValueError): columns or rows that cannot be used, a score after death, an arm with
    fewer participants at a visit than its regression needs.

    The last visit of one participant is missing, four others changed by 1 from the first to the second:

    >>> scores = {"who": [1, 1, 2, 2, 3, 3, 4, 4, 5], "week": [0, 4] * 4 + [0], "arm": "a"}
    >>> frame = pd.DataFrame(scores | {"itch": [1, 2, 3, 4, 5, 6, 7, 8, 5]})
    >>> columns = {"outcome": "itch", "participant": "who", "visit": "week", "arm": "arm", "dead": None}
    >>> made = impute_scores(frame, **columns, imputations=2, seed=1)
    >>> made.to_frame().query("imputed").round(6)
        imputation  who  week arm  itch  imputed
    9            1    5     4   a   6.0     True
    19           2    5     4   a   6.0     True
    """
    _refuse(imputations, seed, burn_in, between)
    grid = score_grid(
        frame,
        outcome=outcome,
        participant=participant,
        visit=visit,
        arm=arm,
        dead=dead,
        covariates=covariates,
    )
    arms = sorted(set(grid.arm))
    _refuse_strategy(strategy, reference, arms)
    scores = _imputed(grid, imputations, seed, strategy, reference, (burn_in, between))
    names = {"participant": participant, "visit": visit, "arm": arm, "outcome": outcome}
    return Imputations(grid, scores, strategy, MappingProxyType(names))


def _refuse(imputations: int, seed: int, burn_in: int, between: int) -> None:
    settings: tuple[tuple[str, object, int], ...] = (
        ("imputations", imputations, 2),
        ("seed", seed, 0),
        ("burn_in", burn_in, 0),
        ("between", between, 1),
    )
    for argument, found, least in settings:
        if not isinstance(found, int | np.integer) or found < least:
            raise InputError(argument, repr(found), f"a whole number, {least} or more")


def _refuse_strategy(strategy: Strategy, reference: object, arms: list[Any]) -> None:
    if strategy not in get_args(Strategy):
        raise InputError("strategy", repr(strategy), f"choose one of {', '.join(get_args(Strategy))}")
    if strategy != "mar" and reference not in arms:
        raise InputError("reference", repr(reference), f"{strategy} needs one of the arms {arms}")


def _imputed(
    grid: ScoreGrid,
    imputations: int,
    seed: int,
    strategy: Strategy,
    reference: object,
    rounds: tuple[int, int],
) -> Floats:
    """Complete copies of the scores: (imputations, participants, visits)."""
    baseline = np.hstack([np.ones((len(grid.arm), 1)), grid.baseline.matrix])
    made = draws(grid, imputations=imputations, seed=seed, rounds=rounds)
    scores = np.repeat(grid.score[None], imputations, axis=0)
    for arm, own in made.items():
        followed, rows, chance = "mar" if arm == reference else strategy, own.rows, own.chance()
        for copy, (chain, filled) in enumerate(own.drawn):
            after = chain if followed == "mar" else made[reference].drawn[copy][0]
            means = strategy_means(followed, chain, after, baseline[rows], grid.last_seen[rows])
            scores[copy, rows] = completed_scores(after, means, filled, grid.last_seen[rows], chance)
    # What was observed stays to its last digit, which sums about a mean would not; the dead have no score.
    return np.where(grid.missing, scores, grid.score)
