"""Whether hazards stay proportional: the test of Grambsch and Therneau (1994) as a score test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.counts import counts_by_time
from analysis.estimators.cox_likelihood import CoxSums
from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats, Observations

TimeTransform: TypeAlias = Literal["km", "rank", "identity", "log"]
TRANSFORMS = ("km", "rank", "identity", "log")

# A variance this small beside the information it was taken from is 0 up to rounding: nothing to test there.
SINGULAR = 1e-10


def proportional_hazards(
    sums: CoxSums, rows: Observations, groups: Sequence[str], transform: TimeTransform
) -> pd.DataFrame:
    """The score test of theta = 0 in beta + theta g(t), for the columns of each of `groups` and for all.

    `rows` count participants by their weights; `groups` names what each of the p columns belongs to. Columns:
    term, statistic, df, p_value; the last row is GLOBAL. NaN where there is nothing to test, for example if
    all events happen on one day.

    With V the information of each risk set and s its share of the slope: U = sum g s, I22 = sum g^2 V,
    I12 = sum g V, I11 = sum V, and the variance of U is I22 - I12' I11^-1 I12.
    """
    g = _transformed(sums.likelihood.rows.sets.time, rows, transform)
    events = sums.likelihood.steps
    # Neither matters to the test, but to its digits: g around 0, and of the size of 1.
    g = g - np.average(g[events.set_index], weights=events.weight)
    g = g / max(np.abs(g).max(), np.finfo(np.float64).tiny)
    between = sums.information(g)
    squares = sums.information(g**2)
    variance = squares - between @ np.linalg.solve(sums.information(), between)
    slope = sums.score(g)
    columns = {name: [at for at, of in enumerate(groups) if of == name] for name in dict.fromkeys(groups)}
    tests = [_test(name, slope, variance, squares, own) for name, own in columns.items()]
    tests.append(_test("GLOBAL", slope, variance, squares, list(range(len(groups)))))
    return pd.DataFrame(tests, columns=["term", "statistic", "df", "p_value"])


def _test(
    term: str,
    slope: Floats,
    variance: NDArray[np.float64],
    squares: NDArray[np.float64],
    own: list[int],
) -> tuple[str, float, int, float]:
    unit = np.sqrt(np.diag(squares)[own])
    own_variance = variance[np.ix_(own, own)]
    statistic = np.nan
    if (unit > 0).all() and np.linalg.eigvalsh(own_variance / np.outer(unit, unit)).min() > SINGULAR:
        statistic = float(slope[own] @ np.linalg.solve(own_variance, slope[own]))
    return term, statistic, len(own), float(chi2.sf(statistic, len(own)))


def _transformed(times: Floats, rows: Observations, transform: TimeTransform) -> Floats:
    """The g of the times of events. Strata are pooled, and late entry is known to "km" alone, as in R."""
    if transform not in TRANSFORMS:
        raise InputError("transform", repr(transform), f"choose one of {', '.join(TRANSFORMS)}")
    if transform == "identity":
        return times
    if transform == "log":
        if times.min() <= 0:
            raise InputError("transform", "'log' where an event happened at time 0", "choose another")
        return np.log(times)
    counts = counts_by_time(rows)
    events, censored, at_risk = counts.events[0], counts.censored[0], counts.at_risk[0]
    if transform == "rank":
        leaving = events + censored
        by_time = np.cumsum(leaving) - (leaving - 1) / 2
    else:
        hazard = np.divide(events, at_risk, out=np.zeros_like(events), where=events > 0)
        by_time = 1 - np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    found: Floats = by_time[np.searchsorted(counts.time, times)]
    return found
