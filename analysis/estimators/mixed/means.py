"""What a mixed model for repeated measures says: coefficients, means, differences and tests."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError
from analysis.estimators.mixed.fixed_effects import (
    DegreesOfFreedom,
    FixedEffects,
    FTest,
    coefficient_frame,
    p_values,
    place_of,
    with_interval,
)
from analysis.estimators.mixed.refusals import refuse_one_arm
from analysis.estimators.mixed.structures import Structure
from analysis.estimators.mixed.visits import VisitModel
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mmrm:
    """One mean an arm and visit, as `mmrm` estimates them.

    `covariance` is the structure used, `tried` are those tried before it, each with why it was left.
    `log_likelihood` is the restricted one. `left_out` counts the rows without an outcome.
    """

    covariance: Structure
    tried: tuple[tuple[Structure, str], ...]
    df: DegreesOfFreedom
    conf_level: float
    participants: int
    observations: int
    left_out: int
    log_likelihood: float
    _effects: FixedEffects
    _model: VisitModel
    _V: Floats

    def to_frame(self) -> pd.DataFrame:
        """One row a coefficient: term (named as in R), estimate, std_error, df, t, p_value."""
        return coefficient_frame(self._effects, self._model.terms)

    def ls_means(self) -> pd.DataFrame:
        """Least-squares means: arm, visit, estimate, std_error, df, lower, upper.

        Those of participants with every number among the covariates at its mean over the rows, the levels of
        every factor among them weighing equally.
        """
        cells = [
            (arm, visit) for visit in range(len(self._model.visits)) for arm in range(len(self._model.arms))
        ]
        rows = np.array([self._model.mean_row(arm, visit) for arm, visit in cells])
        found = with_interval(self._effects.estimates(rows), self.conf_level)
        return self._with_labels(cells, found)

    def contrasts(self, reference: Hashable) -> pd.DataFrame:
        """Other arms minus `reference`: arm, visit, difference, std_error, df, lower, upper, p_value.

        Raises InputError for a reference that is no arm, and where there is no other.
        """
        base = place_of("reference", reference, self._model.arms)
        refuse_one_arm(self._model.arms, "arm")
        others = [arm for arm in range(len(self._model.arms)) if arm != base]
        cells = [(arm, visit) for visit in range(len(self._model.visits)) for arm in others]
        mean = self._model.mean_row
        rows = np.array([mean(arm, visit) - mean(base, visit) for arm, visit in cells])
        found = with_interval(self._effects.estimates(rows), self.conf_level)
        found = found.assign(p_value=p_values(found)).rename(columns={"estimate": "difference"})
        return self._with_labels(cells, found)

    def arm_by_visit_test(self) -> FTest:
        """Whether the arms differ equally at every visit (type III), by F."""
        refuse_one_arm(self._model.arms, "arm")
        places = self._model.arm_by_visit
        if len(places) == 0:
            raise InputError("visit", f"{self._model.visits[0]} only", "an interaction needs two visits")
        return self._effects.f_test(np.eye(len(self._model.terms))[places])

    def joint_test(self, terms: Sequence[str]) -> FTest:
        """Whether the coefficients of all `terms`, named as in `.to_frame()`, are 0, by F."""
        places = [place_of("terms", term, self._model.terms) for term in dict.fromkeys(terms)]
        if not places:
            raise InputError("terms", "empty", "name at least one")
        return self._effects.f_test(np.eye(len(self._model.terms))[places])

    @property
    def covariance_matrix(self) -> pd.DataFrame:
        """The covariance of a participant's outcomes, visits in rows and columns."""
        visits = list(self._model.visits)
        return pd.DataFrame(self._V.copy(), index=visits, columns=visits)

    def _with_labels(self, cells: list[tuple[int, int]], found: pd.DataFrame) -> pd.DataFrame:
        found.insert(0, "arm", [self._model.arms[arm] for arm, _ in cells])
        found.insert(1, "visit", [self._model.visits[visit] for _, visit in cells])
        return found

    def __repr__(self) -> str:
        """For people: what was fitted, and the means."""
        means = self.ls_means().to_string(index=False)
        return (
            f"MMRM, {self.covariance} covariance, {self.df} df, {self.conf_level:.0%} intervals\n"
            f"{self.observations} outcomes of {self.participants} participants; "
            f"restricted log-likelihood {self.log_likelihood:.6g}\n{means}"
        )
