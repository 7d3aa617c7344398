"""A Cox model fitted: from checked data to coefficients, their covariances and tests of the whole model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.cox_likelihood import CoxSums, cox_likelihood
from analysis.estimators.cox_maximum import CoxMaximum, cox_maximum
from analysis.estimators.cox_residuals import clustered, score_residuals
from analysis.estimators.cox_rows import CoxRows, Ties, with_equal_rows_counted
from analysis.estimators.design import Design
from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats, Observations
from analysis.estimators.risk_sets import Places, risk_sets


@dataclass(frozen=True, slots=True, eq=False)
class CoxModel:
    """The fit is that of standardised columns, (x - centre) / scale; the properties are those of x itself.

    `participants` has the rows that weigh anything, by number of participants; `cluster` is None where every
    row is a cluster of its own; `robust` says whether clusters matter.
    """

    participants: Observations
    design: Design
    rows: CoxRows
    cluster: Places | None
    robust: bool
    centre: Floats
    scale: Floats
    maximum: CoxMaximum[CoxSums]

    @property
    def coefficients(self) -> Floats:
        """Log hazard ratios (p,)."""
        found: Floats = self.maximum.coefficients / self.scale
        return found

    @property
    def covariance(self) -> NDArray[np.float64]:
        """The inverse of the information (p, p)."""
        return self.maximum.covariance / np.outer(self.scale, self.scale)

    def robust_covariance(self) -> NDArray[np.float64]:
        """The sandwich of Lin and Wei (1989), score residuals summed by cluster (p, p)."""
        bread = self.maximum.covariance / self.scale[:, None]
        return bread @ self._by_cluster(self.sums())[1] @ bread.T

    def sums(self) -> CoxSums:
        """The sums at the maximum, with every row."""
        return cox_likelihood(self.rows).at(self.maximum.coefficients)

    def tests(self) -> pd.DataFrame:
        """Tests that all coefficients are 0: test, statistic, df, p_value."""
        maximum = self.maximum
        covariance = self.robust_covariance() if self.robust else self.covariance
        statistics = {
            "likelihood ratio": 2 * (maximum.sums.log_likelihood - maximum.null.log_likelihood),
            "wald": _quadratic(self.coefficients, covariance),
            "score": _quadratic(maximum.null.score(), maximum.null.information()),
        }
        if self.robust:
            null = cox_likelihood(self.rows).at(np.zeros(len(self.scale)))
            statistics["robust score"] = _quadratic(*self._by_cluster(null))
        frame = pd.DataFrame({"test": list(statistics), "statistic": list(statistics.values())})
        frame["df"] = len(self.scale)
        frame["p_value"] = chi2.sf(frame["statistic"], len(self.scale))
        return frame

    def _by_cluster(self, sums: CoxSums) -> tuple[Floats, NDArray[np.float64]]:
        """The slope (p,) and its robust variance (p, p)."""
        residuals = score_residuals(sums) * self.rows.weights[:, None]
        return self.rows.counts @ residuals, clustered(residuals, self.rows.counts, self.cluster)


def cox_model(
    participants: Observations,
    columns: Design,
    *,
    weights: Floats,
    cluster: Places | None,
    ties: Ties,
) -> CoxModel:
    """Fit the model to checked rows; each stands for `participants.weights` and weighs `weights` (n,).

    Raises InputError: no event, or what `cox_maximum` refuses.
    """
    if not participants.event.any():
        raise InputError("event", "0 in every row", "at least one event is needed")
    centre, scale = columns.matrix.mean(axis=0), columns.matrix.std(axis=0)
    scale = np.where(
        scale > 0, scale, 1.0
    )  # a column that is the same in every row is refused later, by name
    x = (columns.matrix - centre) / scale
    rows = CoxRows(x, risk_sets(participants), weights, participants.weights, ties)
    maximum = cox_maximum(cox_likelihood(with_equal_rows_counted(rows)), columns.terms)
    robust = cluster is not None or bool((weights != np.floor(weights)).any())
    return CoxModel(participants, columns, rows, cluster, robust, centre, scale, maximum)


def _quadratic(vector: Floats, variance: NDArray[np.float64]) -> float:
    """The sum v' V^-1 v; NaN where V is singular, as with fewer clusters than coefficients."""
    if np.linalg.matrix_rank(variance, hermitian=True) < len(vector):
        return float("nan")
    return float(vector @ np.linalg.solve(variance, vector))
