"""Differences between arms at a visit, from imputed scores: analysis of covariance, pooled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimators.design import design
from analysis.estimators.imputation import Imputations
from analysis.estimators.imputation_pooling import pool_imputations
from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats
from analysis.estimators.sequential_regression import SINGULAR


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImputedContrasts:
    """Differences from the reference arm by visit, as `imputed_contrasts` returns them."""

    reference: Any
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a visit and arm: visit, arm, n, difference, std_error, df, lower, upper, p_value.

        `n` counts the participants of all arms who were alive.
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the differences."""
        title = f"Differences from arm {self.reference!r}, pooled, {self.conf_level:.0%} t-intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def imputed_contrasts(
    imputations: Imputations, *, reference: object, conf_level: float = 0.95
) -> ImputedContrasts:
    """Compare each arm's mean with the reference arm's at every visit.

    In each imputed data set the scores at a visit are regressed on arm and on the covariates of the
    imputation by least squares; estimates and variances are pooled by Rubin's rules, with n - p complete
    degrees of freedom. The estimand: the difference at a visit, adjusted for baseline, had everyone alive at
    that visit answered as the imputation's strategy supposes. The dead have no score and are left out: where
    arms differ in survival, those compared are no longer those randomised. Raises InputError (a ValueError).

    One score of week 4 is missing, and any imputation finds it to be 6. 2, 4, 6, 8 and 6 have the mean 5.2,
    against 1, 3, 2 and 2 with the mean 2; the variance is (20.8 + 2)/7, the error the root of 1/5 + 1/4 of
    it, and of 7 degrees of freedom Barnard and Rubin's rule leaves 8/10 * 7 where nothing is uncertain:

    >>> from analysis.estimators import impute_scores
    >>> who, week = [1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 7, 7, 8, 8, 9, 9], [0, 4] * 4 + [0] + [0, 4] * 4
    >>> itch = [1, 2, 3, 4, 5, 6, 7, 8, 5, 1, 1, 2, 3, 1, 2, 3, 2]
    >>> frame = pd.DataFrame({"who": who, "week": week, "itch": itch, "arm": ["a"] * 9 + ["b"] * 8})
    >>> columns = {"outcome": "itch", "participant": "who", "visit": "week", "arm": "arm", "dead": None}
    >>> made = impute_scores(frame, **columns, imputations=2, seed=1)
    >>> imputed_contrasts(made, reference="b").to_frame().round(4)
       visit arm  n  difference  std_error   df   lower   upper  p_value
    0      0   a  9        2.45     1.2304  5.6 -0.6136  5.5136    0.097
    1      4   a  9        3.20     1.2107  5.6  0.1855  6.2145    0.041
    """
    rows = []
    for k, visit in enumerate(imputations.grid.visits):
        estimates, variances, df = ancova(imputations, imputations.scores[:, :, k], k, reference)
        pooled = pool_imputations(estimates, variances, complete_df=df, conf_level=conf_level).to_frame()
        pooled = pooled.rename(columns={"term": "arm", "estimate": "difference"})
        pooled.insert(0, "visit", visit)
        pooled.insert(2, "n", int(imputations.grid.alive[:, k].sum()))
        rows.append(pooled)
    return ImputedContrasts(reference, conf_level, pd.concat(rows, ignore_index=True))


def ancova(
    imputations: Imputations, scores: Floats, k: int, reference: object
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Differences from the reference and their variances, (imputations, arms), and n - p.

    `scores` (imputations, participants) at the visit numbered `k`, whose dead are left out.
    """
    grid = imputations.grid
    alive = grid.alive[:, k]
    arms = [arm for arm in sorted(set(grid.arm[alive])) if arm != reference]
    if not arms or reference not in set(grid.arm[alive]):
        found = f"{reference!r}, with {sorted(set(grid.arm[alive]))} alive at visit {grid.visits[k]!r}"
        raise InputError("reference", found, "one arm of two or more")
    among = pd.Categorical(grid.arm[alive], categories=[reference, *arms])
    columns = np.hstack(
        [design(pd.DataFrame({"arm": among})).matrix, np.ones((len(among), 1)), grid.baseline.matrix[alive]]
    )
    df = columns.shape[0] - columns.shape[1]
    if df < 1:
        raise InputError("imputations", f"of {len(columns)} people", "more people than columns are needed")
    q, r = np.linalg.qr(columns)
    if (np.abs(np.diag(r)) < SINGULAR * np.linalg.norm(columns, axis=0)).any():
        raise InputError("covariates", "a combination of each other or the arm", "leave one of them out")
    outcome = scores[:, alive].T
    coefficients = np.linalg.solve(r, q.T @ outcome)
    residual = ((outcome - columns @ coefficients) ** 2).sum(axis=0) / df
    unscaled = (np.linalg.inv(r) ** 2).sum(axis=1)
    estimates = pd.DataFrame(coefficients[: len(arms)].T, columns=arms)
    return estimates, pd.DataFrame(np.outer(residual, unscaled[: len(arms)]), columns=arms), df
