"""The mean of a repeated measurement by arm and visit: the columns of its model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.mixed.records import Records
from analysis.estimators.observations import Floats

EVERY = -1


@dataclass(frozen=True, slots=True, eq=False)
class VisitModel:
    """p columns, each one value of a participant at every visit, or at one and 0 at the others.

    The m values are 1, the covariates' columns and the arms but the first. `value` and `visit` (p,) say of
    which a column is made (visit -1 for every one); `terms` are R's names of
    `outcome ~ covariates + covariate_by_visit * visit + arm * visit`.
    """

    terms: tuple[str, ...]
    value: NDArray[np.intp]
    visit: NDArray[np.intp]
    centre: Floats
    scale: Floats
    typical: Floats
    arms: tuple[Any, ...]
    visits: tuple[Any, ...]

    @property
    def selection(self) -> Floats:
        """Which value makes which column at each visit (T, m, p)."""
        at_visit = np.arange(len(self.visits))[:, None]
        found = np.zeros((len(self.visits), len(self.centre), len(self.terms)))
        found[:, self.value, np.arange(len(self.terms))] = (self.visit == EVERY) | (self.visit == at_visit)
        return found

    @property
    def unscaled(self) -> Floats:
        """The matrix M (p, p): coefficients = M times those for values that were centred and scaled."""
        found = np.diag(1 / self.scale[self.value])
        constant = {visit: place for place, visit in enumerate(self.visit) if self.value[place] == 0}
        for place, (value, visit) in enumerate(zip(self.value, self.visit, strict=True)):
            if value > 0:
                found[constant[visit], place] = -self.centre[value] / self.scale[value]
        return found

    def mean_row(self, arm: int, visit: int) -> Floats:
        """The linear combination (p,) that is the mean of an arm at a visit, for a typical participant."""
        z = self.typical.copy()
        z[len(z) - len(self.arms) + 1 :] = np.arange(1, len(self.arms)) == arm
        return np.where((self.visit == EVERY) | (self.visit == visit), z[self.value], 0)

    @property
    def arm_by_visit(self) -> NDArray[np.intp]:
        """The places of the columns of the interaction of arm and visit."""
        arms_from = len(self.centre) - len(self.arms) + 1
        return np.flatnonzero((self.value >= arms_from) & (self.visit != EVERY))


def visit_model(
    rows: Records, visits: tuple[Any, ...], *, arm: str, visit: str, by_visit: Sequence[str]
) -> VisitModel:
    """The columns in R's order: what stands alone, then the covariates by visit, then visit by arm."""
    covariates, arms = rows.covariates, rows.arm.labels
    names = ["", *covariates.terms, *(f"{arm}{label}" for label in arms[1:])]
    of_covariates = range(1, len(covariates.terms) + 1)
    of_arms = range(len(covariates.terms) + 1, len(names))
    later = range(1, len(visits))
    columns = [("(Intercept)", 0, EVERY)]
    columns += [(names[j], j, EVERY) for j in of_covariates]
    columns += [(f"{visit}{visits[v]}", 0, v) for v in later]
    columns += [(names[j], j, EVERY) for j in of_arms]
    for name in by_visit:
        own = [j for j in of_covariates if covariates.covariates[j - 1] == name]
        columns += [(f"{names[j]}:{visit}{visits[v]}", j, v) for v in later for j in own]
    columns += [(f"{visit}{visits[v]}:{names[j]}", j, v) for j in of_arms for v in later]
    terms, value, at_visit = zip(*columns, strict=True)
    none = np.zeros(len(of_arms))
    return VisitModel(
        terms=terms,
        value=np.array(value, dtype=np.intp),
        visit=np.array(at_visit, dtype=np.intp),
        centre=np.concatenate([[0], rows.centre, none]),
        scale=np.concatenate([[1], rows.scale, none + 1]),
        typical=np.concatenate([[1], rows.typical, none]),
        arms=arms,
        visits=visits,
    )
