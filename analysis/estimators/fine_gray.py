"""Regression of one cause's cumulative incidence, others competing: the model of Fine and Gray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.estimators.causes import competing_risks
from analysis.estimators.cox_maximum import cox_maximum
from analysis.estimators.design import Design, columns_of
from analysis.estimators.intervals import normal_quantile, wald_z
from analysis.estimators.observations import Floats, Labels, Numbers
from analysis.estimators.subdistribution import subdistribution


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FineGrayRegression:
    """A fitted model, as `fine_gray_regression` returns it.

    `n` participants, of whom `events` had the `cause`; `log_likelihood` (partial) at the estimate and
    `null_log_likelihood` at 0; `covariance_matrix` (p, p) of the coefficients, the sandwich.
    """

    cause: object
    conf_level: float
    n: int
    events: int
    terms: tuple[str, ...]
    coefficients: Floats
    covariance_matrix: NDArray[np.float64]
    log_likelihood: float
    null_log_likelihood: float

    def __post_init__(self) -> None:
        """A result cannot be changed by writing into its arrays."""
        for found in (self.coefficients, self.covariance_matrix):
            found.setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """One row a term, named as R names it, with the columns of `cox_regression`.

        Columns: term, coef, std_error and robust_std_error (both the sandwich: there is no other error),
        hazard_ratio (of the subdistribution), lower, upper, z, p_value (NaN where the error is 0).
        """
        error = np.sqrt(np.diag(self.covariance_matrix))
        spread, z = normal_quantile(self.conf_level) * error, wald_z(self.coefficients, error)
        with np.errstate(over="ignore"):  # a hazard ratio may be larger than any number: infinite
            limits = np.exp([self.coefficients, self.coefficients - spread, self.coefficients + spread])
        ratio, lower, upper = limits
        return pd.DataFrame(
            {
                "term": self.terms,
                "coef": self.coefficients,
                "std_error": error,
                "robust_std_error": error,
                "hazard_ratio": ratio,
                "lower": lower,
                "upper": upper,
                "z": z,
                "p_value": 2 * norm.sf(np.abs(z)),
            }
        )

    def __repr__(self) -> str:
        """For people: the coefficients."""
        title = f"Fine-Gray regression of cause {self.cause!r}, {self.events} events among {self.n}"
        return f"{title}\n{self.to_frame().drop(columns='robust_std_error').to_string(index=False)}"


def fine_gray_regression(
    duration: Numbers,
    cause: Labels,
    covariates: pd.DataFrame | Numbers | Design,
    *,
    cause_of_interest: object = 1,
    conf_level: float = 0.95,
    censored: object = None,
) -> FineGrayRegression:
    """Fit the proportional hazards of a subdistribution (Fine and Gray 1999).

    `duration` and `cause` are rows of equal length, as for `cumulative_incidence`; `covariates`: one row a
    participant, as for `cox_regression`. A hazard ratio above 1 means a higher cumulative incidence; it is no
    rate among those still free of any event (that is the cause-specific model: `cox_regression` with the
    other causes censored).

    Those who had another event stay at risk with the weight G(t-)/G(X-), G being the Kaplan-Meier curve of
    censoring, whose steps divide by all at risk that day; ties are Breslow's. The errors are the paper's
    sandwich, the term for the estimate of G included. These are the numbers of R's `crr` (cmprsk); `finegray`
    of its survival package takes the day's events out of the risk set of censoring first, some 1e-7 apart.
    With censorings on day 0 `crr` itself is wrong (there, and only there, they come before the events): the
    numbers here are those that it gives for the same data a day later.
    Newton's method goes on until its step is lost in rounding (`crr` stops at about 1e-6).

    Raises InputError (a ValueError) that names the argument, the row or the term: also where no row has the
    cause, where a term says what others say, or where a coefficient is infinite.

    Three participants: on day 1 the event of one with x = 1, and another event of a second with x = 1; on day
    2 the event of the third, with x = 0, when the second counts as at risk. With h = exp(beta) the likelihood
    is h/(1 + 2h) * 1/(1 + h), greatest where 2h^2 = 1, beta = -log(2)/2.

    >>> fit = fine_gray_regression([1, 1, 2], [1, 2, 1], [1, 1, 0])
    >>> fit.coefficients.round(4), round(fit.log_likelihood, 4)
    (array([-0.3466]), -1.7627)
    """
    normal_quantile(conf_level)  # a level that is none is refused before the work is done
    data = competing_risks(duration, cause, censored=censored)
    code = data.code(cause_of_interest)
    size = len(data.cause)
    columns = columns_of(covariates, size)
    scale = columns.matrix.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)  # a column that never differs is refused by name, below
    likelihood = subdistribution(data, code, (columns.matrix - columns.matrix.mean(axis=0)) / scale)
    maximum = cox_maximum(likelihood, columns.terms)
    bread = maximum.covariance / scale[:, None]
    scores = maximum.sums.scores()
    return FineGrayRegression(
        cause=data.labels[code - 1],
        conf_level=conf_level,
        n=size,
        events=int(likelihood.events),
        terms=columns.terms,
        coefficients=maximum.coefficients / scale,
        covariance_matrix=bread @ (scores.T @ scores) @ bread.T,
        log_likelihood=maximum.sums.log_likelihood,
        null_log_likelihood=maximum.null.log_likelihood,
    )
