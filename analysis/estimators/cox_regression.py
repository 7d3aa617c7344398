"""Cox regression: hazard ratios, with tied times, late entry, strata, clusters and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.estimators.cox_model import CoxModel, cox_model
from analysis.estimators.cox_residuals import martingale_residuals, schoenfeld_residuals
from analysis.estimators.cox_rows import Ties
from analysis.estimators.design import Design, columns_of
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import normal_quantile, wald_z
from analysis.estimators.observations import (
    Floats,
    Labels,
    Numbers,
    are_counts,
    grouping,
    numbers,
    observations,
)
from analysis.estimators.proportional_hazards import TimeTransform, proportional_hazards

ResidualType: TypeAlias = Literal["martingale", "schoenfeld", "scaled_schoenfeld"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CoxRegression:
    """A fitted Cox model, as `cox_regression` returns it.

    `n` participants (or rows) with `events`; `log_likelihood` (partial) at the estimate and
    `null_log_likelihood` at 0; `covariance_matrix` (p, p) of the coefficients, robust where there are
    clusters, and `model_covariance_matrix`, the inverse of the information.
    """

    ties: Ties
    conf_level: float
    n: int
    events: int
    log_likelihood: float
    null_log_likelihood: float
    covariance_matrix: NDArray[np.float64]
    model_covariance_matrix: NDArray[np.float64]
    _kept: NDArray[np.bool_]
    _model: CoxModel

    def __post_init__(self) -> None:
        """A result cannot be changed by writing into its matrices."""
        for matrix in (self.covariance_matrix, self.model_covariance_matrix):
            matrix.setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """One row a term, named as R names it.

        Columns: term, coef (the log hazard ratio), std_error (from the model), robust_std_error (from
        clusters, else NaN), hazard_ratio, lower, upper, z, p_value. Where there is a robust error, limits, z
        and p_value are made with it; z and p_value are NaN where it is 0, as when all events share one day.
        """
        coefficients = self._model.coefficients
        error = np.sqrt(np.diag(self.covariance_matrix))
        spread = normal_quantile(self.conf_level) * error
        z = wald_z(coefficients, error)
        with np.errstate(over="ignore"):  # a hazard ratio may be larger than any number: infinite
            ratio, lower, upper = np.exp([coefficients, coefficients - spread, coefficients + spread])
        return pd.DataFrame(
            {
                "term": self._model.design.terms,
                "coef": coefficients,
                "std_error": np.sqrt(np.diag(self.model_covariance_matrix)),
                "robust_std_error": error if self._model.robust else np.nan,
                "hazard_ratio": ratio,
                "lower": lower,
                "upper": upper,
                "z": z,
                "p_value": 2 * norm.sf(np.abs(z)),
            }
        )

    def tests(self) -> pd.DataFrame:
        """Tests that no term has an effect: test, statistic (chi-squared), df, p_value.

        One row each for "likelihood ratio", "wald" and "score", and with clusters "robust score"; "wald" is
        robust then, the other two are not.
        """
        return self._model.tests()

    def proportional_hazards_test(
        self, transform: TimeTransform = "km", *, by_column: bool = False
    ) -> pd.DataFrame:
        """Test that hazard ratios do not change with time (Grambsch and Therneau 1994), as a score test.

        Columns: term, statistic (chi-squared), df, p_value; one row a covariate, the columns of a factor
        tested together (one row a column with `by_column`), and last GLOBAL. The alternative is a coefficient
        that changes with g(t): "km", 1 less the survival of all just before t; "rank" of the time among all;
        "identity", "log" of the time. NaN where nothing can be tested, as when all events share one day.

        It is the test of R's `cox.zph` from survival 3 on; lifelines has the approximation used before.
        """
        groups = self._model.design.terms if by_column else self._model.design.covariates
        return proportional_hazards(self._model.maximum.sums, self._model.participants, groups, transform)

    @overload
    def residuals(self, kind: Literal["martingale"]) -> pd.Series[float]: ...
    @overload
    def residuals(self, kind: Literal["schoenfeld", "scaled_schoenfeld"]) -> pd.DataFrame: ...
    def residuals(self, kind: ResidualType) -> pd.Series[float] | pd.DataFrame:
        """Residuals, unweighted, as R's `residuals` gives them.

        "martingale": events less expected events, a Series with one value a row in the order given (NaN where
        its weight is 0). "schoenfeld": covariates less their mean at risk, a frame with one column a term and
        one row an event, by stratum, time and row; its index has the row (from 0) and the time.
        "scaled_schoenfeld": these times the model's covariance times the number of events, plus the
        coefficient: their mean by time shows beta(t).
        """
        if kind not in ("martingale", "schoenfeld", "scaled_schoenfeld"):
            raise InputError("kind", repr(kind), "choose one of martingale, schoenfeld, scaled_schoenfeld")
        model, sums = self._model, self._model.sums()
        if kind == "martingale":
            values = np.full(len(self._kept), np.nan)
            values[self._kept] = martingale_residuals(sums)
            return pd.Series(values, index=pd.RangeIndex(len(values), name="row"), name="martingale")
        residuals = schoenfeld_residuals(sums) * model.scale
        if kind == "scaled_schoenfeld":
            residuals = residuals @ model.covariance * self.events + model.coefficients
        sets = model.rows.sets
        index = pd.MultiIndex.from_arrays(
            [np.flatnonzero(self._kept)[sets.event_rows], sets.time[sets.event_set]], names=["row", "time"]
        )
        frame = pd.DataFrame(residuals, index=index, columns=list(model.design.terms))
        return frame.iloc[np.argsort(sets.event_set, kind="stable")]

    def baseline_hazard(self, at: Mapping[str, float] | None = None) -> pd.DataFrame:
        """The cumulative hazard, and survival exp(-hazard), of one whose terms have the values of `at`.

        Terms that `at` does not name are 0. Columns: stratum, time (each with an event), cumulative_hazard,
        survival. Ties as in the model: Breslow's estimate, or Efron's, which is R's default after Efron ties.
        """
        model, sums, sets = (
            self._model,
            self._model.maximum.sums,
            self._model.maximum.sums.likelihood.rows.sets,
        )
        values = dict.fromkeys(model.design.terms, 0.0) | dict(at or {})
        for name in set(values) - set(model.design.terms):
            raise InputError("at", f"a value for {name!r}", f"terms are {', '.join(model.design.terms)}")
        linear = (np.array(list(values.values())) - model.centre) @ model.coefficients
        steps = pd.Series(sums.a0 / sums.s0 * np.exp(linear - sums.shift))
        hazard = steps.groupby(sets.stratum).cumsum().to_numpy()
        labels = np.array(model.participants.stratum.labels, dtype=object)[sets.stratum]
        return pd.DataFrame(
            {
                "stratum": pd.Series(labels).infer_objects(),
                "time": sets.time,
                "cumulative_hazard": hazard,
                "survival": np.exp(-hazard),
            }
        )

    def __repr__(self) -> str:
        """For people: how many, the terms, the tests of them all."""
        title = f"Cox regression, {self.ties.title()} ties: {self.n} rows, {self.events} events"
        tests = [
            f"{row.test}: chi-squared {row.statistic:.4g} on {row.df} df, p = {row.p_value:.4g}"
            for row in self.tests().itertuples()
        ]
        return "\n".join([title, self.to_frame().to_string(index=False), *tests])


def cox_regression(
    duration: Numbers,
    event: Numbers,
    covariates: pd.DataFrame | Numbers | Design,
    *,
    entry: Numbers | None = None,
    strata: Labels | None = None,
    cluster: Labels | None = None,
    weights: Numbers | None = None,
    counts: Numbers | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> CoxRegression:
    """Fit the proportional hazards model lambda(t) = lambda0(t) exp(x'beta) by partial likelihood (Cox 1972).

    All arguments are rows of equal length, taken by position. `duration`: time to event or censoring, 0 or
    more, in any one unit; `event`: 1 happened, 0 censored; `covariates`: numbers are taken as they are,
    labels as treatment contrasts (see `design`, whose result may be given as well, for interactions);
    `entry`: late entry, on the clock of `duration` (at risk at entry < t <= duration); `strata`: labels, each
    with a baseline hazard of its own; `ties`: "efron" or "breslow".

    `cluster`: labels of what belongs together (one participant's rows, a centre), for robust errors by Lin
    and Wei (1989). A covariate that changes with time, and recurrent events, are rows (entry, duration] with
    the participant as `cluster`.

    `weights`: 0 or more, sampling weights. As in R, d events on one day are d ties, whatever they weigh, and
    as soon as one weight is not a whole number errors are robust, each row a cluster where none are given.
    `counts`: how many participants with just these data a row stands for, a whole number: the same as to
    repeat the row.

    The estimate is the maximum to the last digits. Raises InputError (a ValueError) naming the argument, the
    row, what was found and what is allowed; also where no event happened, where a term says nothing that the
    others and the strata do not say, and where a coefficient is infinite, as when no event happens in an arm.

    Three participants, events on days 1, 2 and 3, x = 1, 0, 1. With r = exp(beta) the likelihood is
    r/(2r + 1) * 1/(1 + r): its logarithm has the slope 1 - 2r/(2r + 1) - r/(1 + r), 0 at r = 1/sqrt 2.

    >>> found = cox_regression([1, 2, 3], [1, 1, 1], [1, 0, 1])
    >>> round(float(found.to_frame()["hazard_ratio"].iloc[0]) ** 2, 12)
    0.5
    >>> found.proportional_hazards_test()["term"].tolist()
    ['x', 'GLOBAL']
    """
    if ties not in ("efron", "breslow"):
        raise InputError("ties", repr(ties), "choose one of efron, breslow")
    normal_quantile(conf_level)  # refused before the work
    rows = observations(duration, event, entry=entry, strata=strata, weights=weights)
    size = len(duration)
    kept = np.ones(size, dtype=np.bool_) if weights is None else numbers("weights", weights) > 0
    columns = columns_of(covariates, size)
    model = cox_model(
        replace(rows, weights=_counts(counts, size)[kept]),
        replace(columns, matrix=columns.matrix[kept]),
        weights=rows.weights,
        cluster=None if cluster is None else grouping("cluster", cluster, kept).codes,
        ties=ties,
    )
    return CoxRegression(
        ties=ties,
        conf_level=conf_level,
        n=int(model.rows.counts.sum()),
        events=int(model.rows.counts[model.rows.sets.event_rows].sum()),
        log_likelihood=model.maximum.sums.log_likelihood,
        null_log_likelihood=model.maximum.null.log_likelihood,
        covariance_matrix=model.robust_covariance() if model.robust else model.covariance,
        model_covariance_matrix=model.covariance,
        _kept=kept,
        _model=model,
    )


def _counts(given: Numbers | None, size: int) -> Floats:
    if given is None:
        return np.ones(size)
    counts = numbers("counts", given, size)
    wrong = ~(are_counts(counts) & (counts >= 1))
    refuse_where(wrong, "counts", counts, "a count is a whole number, 1 or more")
    return counts
