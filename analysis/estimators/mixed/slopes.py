"""What a model with a line for each participant says: coefficients, slopes and differences of slopes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimators.mixed.fixed_effects import (
    DegreesOfFreedom,
    FixedEffects,
    FTest,
    coefficient_frame,
    p_values,
    place_of,
    with_interval,
)
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RandomSlopes:
    """One slope an arm, as `random_slope_model` estimates them.

    `residual_variance` is that about each participant's own line, `log_likelihood` the restricted one;
    `left_out` counts the rows without an outcome. `singular`: whether the likelihood is highest where
    intercepts and slopes are wholly correlated, or one of them does not vary.
    """

    df: DegreesOfFreedom
    conf_level: float
    participants: int
    observations: int
    left_out: int
    log_likelihood: float
    residual_variance: float
    singular: bool
    _effects: FixedEffects
    _terms: tuple[str, ...]
    _arms: tuple[Any, ...]
    _time: str
    _D: Floats

    def to_frame(self) -> pd.DataFrame:
        """One row a coefficient: term (named as in R), estimate, std_error, df, t, p_value."""
        return coefficient_frame(self._effects, self._terms)

    def slopes(self) -> pd.DataFrame:
        """The mean change in a unit of time: arm, slope, std_error, df, lower, upper, p_value."""
        found = self._estimates(self._slope_rows()).rename(columns={"estimate": "slope"})
        found.insert(0, "arm", self._arms)
        return found

    def contrasts(self, reference: Hashable) -> pd.DataFrame:
        """Other arms' slopes minus `reference`'s: arm, difference, std_error, df, lower, upper, p_value."""
        base = place_of("reference", reference, self._arms)
        others = [arm for arm in range(len(self._arms)) if arm != base]
        rows = self._slope_rows()
        found = self._estimates(rows[others] - rows[base]).rename(columns={"estimate": "difference"})
        found.insert(0, "arm", [self._arms[arm] for arm in others])
        return found

    def slope_test(self) -> FTest:
        """Whether all arms have one slope, by F."""
        rows = self._slope_rows()
        return self._effects.f_test(rows[1:] - rows[0])

    @property
    def covariance_matrix(self) -> pd.DataFrame:
        """The covariance of participants' intercepts (at time 0) and slopes, in rows and columns."""
        names = ["(Intercept)", self._time]
        return pd.DataFrame(self._D.copy(), index=names, columns=names)

    def _slope_rows(self) -> Floats:
        """The linear combinations of the coefficients (arms, p) that are the slopes."""
        others = len(self._arms) - 1
        rows = np.zeros((others + 1, len(self._terms)))
        rows[:, self._terms.index(self._time)] = 1
        rows[1:, len(self._terms) - others :] = np.eye(others)
        return rows

    def _estimates(self, rows: Floats) -> pd.DataFrame:
        found = with_interval(self._effects.estimates(rows), self.conf_level)
        return found.assign(p_value=p_values(found))

    def __repr__(self) -> str:
        """For people: what was fitted, and the slopes."""
        return (
            f"Random intercepts and slopes, {self.df} df, {self.conf_level:.0%} intervals\n"
            f"{self.observations} outcomes of {self.participants} participants; "
            f"restricted log-likelihood {self.log_likelihood:.6g}\n{self.slopes().to_string(index=False)}"
        )
