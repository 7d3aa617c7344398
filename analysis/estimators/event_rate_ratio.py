"""Rates of recurrent events in one group against another, events of one participant not being independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from analysis.estimators.count_data import CountData, count_data
from analysis.estimators.exact_ratio import exact_ratio
from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Floats, Labels, Numbers
from analysis.estimators.rate_models import EVENTS_NEEDED, RateFit, Rates, negative_binomial

RateModel: TypeAlias = Literal["negative-binomial", "poisson", "quasi-poisson", "exact"]
# A fitted rate this small beside the mean rate of all is on its way to 0: no rate of people is.
VANISHING = 1e-8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EventRateRatio:
    """Ratios of rates, as `event_rate_ratio` returns them.

    `dispersion`: negative binomial: a in variance = mean + a mean^2 (R's theta is 1/a; 0 where the counts
    vary no more than Poisson's); quasi-Poisson: the factor by which variances exceed means; otherwise 1.
    `log_likelihood`: NaN for quasi-Poisson and exact, which have none.
    """

    model: RateModel
    conf_level: float
    dispersion: float
    log_likelihood: float
    participants: int
    events: int
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a term, the groups' first.

        Columns: term (R's name of a factor's level), rate_ratio, std_error (of its logarithm; NaN for exact),
        lower, upper, p_value.
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the ratios."""
        title = (
            f"Rate ratios, {self.model} model, {self.conf_level:.0%} intervals: "
            f"{self.events} events of {self.participants}, dispersion {self.dispersion:.4g}"
        )
        return f"{title}\n{self._frame.to_string(index=False)}"


def event_rate_ratio(
    count: Numbers,
    person_time: Numbers,
    group: Labels,
    *,
    covariates: pd.DataFrame | Numbers | None = None,
    model: RateModel = "negative-binomial",
    reference: object = None,
    conf_level: float = 0.95,
) -> EventRateRatio:
    """Compare rates of events per person-time between groups, by the logarithm of the time as offset.

    Rows of equal length, one a participant: `count`, whole; `person_time`, in any one unit, where a row with
    the time 0 says nothing and is left out; `group`: labels, compared with `reference` (by default the
    first). `covariates`: a frame or row of numbers, as columns of R's treatment contrasts; numbers
    multiply the rate by their ratio for each unit.

    "negative-binomial": each participant has a rate of his own, gamma distributed; the likelihood also gives
    the dispersion, and errors are from expected information at it (R's `MASS::glm.nb`; Lawless 1987).
    "poisson": events are independent; with people who have many, its errors are too small. "quasi-poisson":
    those errors times the root of Pearson's chi-squared over its degrees of freedom, with t limits and
    tests. "exact": two Poisson counts given their sum, with Clopper and Pearson's limits (R's `poisson.test`;
    no covariates); as dependent on independence as "poisson", but right for few events, or none: without an
    event the ratio is 0, without one in the reference infinite, and without any NaN, limits 0 and infinite.
    Limits of the models are ratio e^(+-z std_error).

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed;
    also where a group had no event, for which only "exact" has an answer, or where covariates determine each
    other or leave some of their levels without an event.

    2 events in 10 years against 6 in 10: the ratio is 3, the error of its logarithm sqrt(1/2 + 1/6); each
    event was in b with 6 of 8, and by chance as likely as not: 2 P(X >= 6) = 2 * 37/256:

    >>> count, years, arm = [2, 0, 3, 3], [4, 6, 5, 5], ["a", "a", "b", "b"]
    >>> event_rate_ratio(count, years, arm, model="poisson").to_frame().round(4)
         term  rate_ratio  std_error   lower    upper  p_value
    0  groupb         3.0     0.8165  0.6055  14.8636   0.1785
    >>> event_rate_ratio(count, years, arm, model="exact")
    Rate ratios, exact model, 95% intervals: 8 events of 4, dispersion 1
      term  rate_ratio  std_error    lower    upper  p_value
    groupb         3.0        NaN 0.536439 30.393206 0.289062
    """
    if model not in get_args(RateModel):
        raise InputError("model", repr(model), f"choose one of {', '.join(get_args(RateModel))}")
    share = upper_share(conf_level)
    data = count_data(count, person_time, group, covariates=covariates, reference=reference)
    if model == "exact":
        if covariates is not None:
            raise InputError("covariates", "given", 'model="exact" compares groups and nothing else')
        dispersion, log_likelihood, frame = 1.0, float("nan"), _exact(data, share)
    else:
        dispersion, log_likelihood, frame = _modelled(data, model, share)
    participants, events = len(data.count), int(data.count.sum())
    return EventRateRatio(model, conf_level, dispersion, log_likelihood, participants, events, frame)


def _exact(data: CountData, share: float) -> pd.DataFrame:
    """Each group against the reference: given their sum, the events of the group are binomial."""
    events, time = data.totals()
    base, base_time = int(events[data.reference]), time[data.reference]
    found = [
        exact_ratio(int(events[code]), time[code], base, base_time, share)
        for code in range(len(events))
        if code != data.reference
    ]
    rows = [(ratio.estimate, np.nan, ratio.lower, ratio.upper, ratio.p_value) for ratio in found]
    return _frame(data.explained.terms, np.array(rows).T)


def _modelled(data: CountData, model: RateModel, share: float) -> tuple[float, float, pd.DataFrame]:
    """Dispersion, log likelihood and the columns of `to_frame` of one of the three models."""
    centre, scale = data.explained.matrix.mean(axis=0), data.explained.matrix.std(axis=0)
    columns = np.column_stack([np.ones(len(data.count)), (data.explained.matrix - centre) / scale])
    _refuse_what_has_no_fit(data, columns)
    free = len(data.count) - columns.shape[1]
    if model == "quasi-poisson" and free < 1:
        allowed = f"more rows than {columns.shape[1]} coefficients"
        raise InputError("count", f"{len(data.count)} long", allowed)
    rates = Rates(data.count, np.log(data.person_time), columns)
    fit = negative_binomial(rates) if model == "negative-binomial" else rates.fit(0.0)
    _refuse_vanishing(fit, data)
    log_ratio = fit.coefficients[1:] / scale
    error = np.sqrt(np.diag(fit.covariance)[1:]) / scale
    if model != "quasi-poisson":
        ratio = log_ratio / error
        dispersion = fit.dispersion if model == "negative-binomial" else 1.0
        frame = _limits(data, log_ratio, error, float(norm.ppf(share)), 2 * norm.sf(np.abs(ratio)))
        return dispersion, fit.log_likelihood, frame
    dispersion = float(((data.count - fit.mean) ** 2 / fit.mean).sum() / free)
    error = error * np.sqrt(dispersion)
    p_value = 2 * t.sf(np.abs(np.divide(log_ratio, error)), free)
    return dispersion, float("nan"), _limits(data, log_ratio, error, float(t.ppf(share, free)), p_value)


def _limits(data: CountData, log_ratio: Floats, error: Floats, reach: float, p_value: Floats) -> pd.DataFrame:
    with np.errstate(over="ignore"):  # a limit of hundreds of powers of ten is as good as none: infinite
        ends = np.exp(log_ratio - reach * error), np.exp(log_ratio + reach * error)
        return _frame(data.explained.terms, [np.exp(log_ratio), error, *ends, p_value])


def _frame(terms: Sequence[str], columns: Sequence[Floats] | Floats) -> pd.DataFrame:
    names = ["rate_ratio", "std_error", "lower", "upper", "p_value"]
    return pd.DataFrame({"term": list(terms)} | dict(zip(names, columns, strict=True)))


def _refuse_what_has_no_fit(data: CountData, columns: Floats) -> None:
    events, _ = data.totals()
    if not events.any():
        raise InputError("count", "0 in every row", "a model of rates needs an event")
    for label, count in zip(data.group.labels, events, strict=True):
        if count == 0:
            found = f"without any event in group {label!r}"
            raise InputError("count", found, 'there is no finite ratio; model="exact" has its limits')
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise InputError(
            "covariates", ", ".join(data.explained.terms), "columns that are not determined by each other"
        )


def _refuse_vanishing(fit: RateFit, data: CountData) -> None:
    rate = fit.mean / data.person_time
    if (rate < VANISHING * data.count.sum() / data.person_time.sum()).any():
        raise InputError("covariates", "such that some rows can have no event", EVENTS_NEEDED)
