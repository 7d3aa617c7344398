"""Rubin's rules: one estimate from those of several imputed data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Floats, Numbers, numbers, one_or_more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PooledEstimate:
    """One row a term, as `pool_imputations` returns them; `imputations` is their number."""

    conf_level: float
    imputations: int
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a term: estimate, std_error, df, lower, upper, p_value; before them term, where several."""
        return self._frame.copy()

    def _only(self, column: str) -> float:
        if len(self._frame) != 1:
            raise InputError(column, f"{len(self._frame)} long", "several terms: ask to_frame()")
        return float(self._frame[column].iloc[0])

    @property
    def estimate(self) -> float:
        """The mean of the estimates, where there is one term."""
        return self._only("estimate")

    @property
    def std_error(self) -> float:
        """The root of the total variance, where there is one term."""
        return self._only("std_error")

    @property
    def df(self) -> float:
        """Barnard and Rubin's degrees of freedom, where there is one term."""
        return self._only("df")

    @property
    def lower(self) -> float:
        """The lower limit, where there is one term."""
        return self._only("lower")

    @property
    def upper(self) -> float:
        """The upper limit, where there is one term."""
        return self._only("upper")

    @property
    def p_value(self) -> float:
        """Of the hypothesis that the estimate is 0, two-sided, where there is one term."""
        return self._only("p_value")

    def __repr__(self) -> str:
        """For people: the pooled estimates."""
        title = f"Pooled over {self.imputations} imputations, {self.conf_level:.0%} t-intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def pool_imputations(
    estimates: Numbers | pd.DataFrame,
    variances: Numbers | pd.DataFrame,
    *,
    complete_df: float | Numbers,
    conf_level: float = 0.95,
) -> PooledEstimate:
    """Combine the estimates of m imputed data sets (Rubin 1987, chapter 3).

    `estimates`, `variances`: m numbers each, one of every imputed data set, or m rows of k columns for k
    terms (a frame's columns name them); a variance is a squared standard error. `complete_df`: the degrees of
    freedom that the analysis would have if nothing were missing, one for all terms or one each; infinity for
    analyses by the normal distribution. Pool ratios as logarithms, which are more nearly normal.

    The estimate is the mean; with U the mean variance and B the variance (m - 1) of the estimates,
    T = U + (1 + 1/m) B. Degrees of freedom as Barnard and Rubin 1999: with l = (1 + 1/m) B/T the harmonic sum
    of (m - 1)/l^2 and (v + 1)/(v + 3) v (1 - l), v being `complete_df`; p_value is of the hypothesis 0.
    Raises InputError (a ValueError) naming the argument and the row.

    Estimates 1 and 3 with variances 1 and 1: B = 2, T = 1 + 3/2 * 2 = 4, l = 3/4. From 1/l^2 = 16/9 and, of 9
    complete degrees, 10/12 * 9 * 1/4 = 15/8, together 240/263:

    >>> pool_imputations([1, 3], [1, 1], complete_df=9).to_frame().round(4)
       estimate  std_error      df    lower    upper  p_value
    0       2.0        2.0  0.9125 -29.9559  33.9559   0.5123
    """
    share = upper_share(conf_level)
    found, named = _table("estimates", estimates)
    spread, _ = _table("variances", variances)
    if spread.shape != found.shape:
        raise InputError("variances", f"of shape {spread.shape}", f"estimates are of shape {found.shape}")
    refuse_where(np.any(spread <= 0, axis=1), "variances", spread, "a variance is above 0")
    imputations, terms = found.shape
    if imputations < 2:
        raise InputError("estimates", f"{imputations} long", "at least two imputations are needed")
    v = _complete_df(complete_df, terms)
    mean, between = found.mean(axis=0), found.var(axis=0, ddof=1) * (1 + 1 / imputations)
    total = spread.mean(axis=0) + between
    error, df = np.sqrt(total), _barnard_rubin(between / total, imputations, v)
    reach = t.ppf(share, df) * error
    columns = {
        "estimate": mean,
        "std_error": error,
        "df": df,
        "lower": mean - reach,
        "upper": mean + reach,
        "p_value": 2 * t.sf(np.abs(mean) / error, df),
    }
    frame = pd.DataFrame(columns if named is None else {"term": named} | columns)
    return PooledEstimate(conf_level, imputations, frame)


def _table(argument: str, given: Numbers | pd.DataFrame) -> tuple[Floats, list[Any] | None]:
    """Numbers, a row an imputation and a column a term; and the terms' names, where there are columns."""
    try:
        several = np.ndim(given) == 2
        rows = (
            np.asarray(given, dtype=np.float64) if several and not isinstance(given, pd.DataFrame) else None
        )
    except (TypeError, ValueError) as fault:
        allowed = "give a number, or one number a term, for each imputation"
        raise InputError(argument, f"not a table of numbers ({fault})", allowed) from fault
    if isinstance(given, pd.DataFrame):
        table = np.column_stack([numbers(f"{argument}[{name!r}]", given[name]) for name in given])
        named: list[Any] | None = list(given)
    elif rows is not None:
        table = rows
        named = list(range(1, table.shape[1] + 1))
    else:
        table, named = numbers(argument, given)[:, None], None
    refuse_where(np.any(~np.isfinite(table), 1), argument, table, "each imputation gives a finite number")
    return table, named


def _complete_df(given: float | Numbers, terms: int) -> Floats:
    v = numbers("complete_df", one_or_more(given))
    refuse_where(~(v > 0), "complete_df", v, "degrees of freedom are above 0, or infinite")
    if len(v) not in {1, terms}:
        raise InputError("complete_df", f"{len(v)} long", f"one for all, or one for each of {terms} terms")
    return np.broadcast_to(v, terms)


def _barnard_rubin(missing: Floats, imputations: int, v: Floats) -> Floats:
    """The harmonic sum of both degrees of freedom, in inverses, of which either may be 0."""
    of_imputations = missing**2 / (imputations - 1)
    # (v + 3)/((v + 1) v), in inverses of v as well: 0 where v is infinite.
    complete = (1 + 3 / v) / (1 + 1 / v) / v
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (of_imputations + complete / (1 - missing)))
