"""Coefficients of a mixed model with their covariance and tests in small samples.

Satterthwaite (Giesbrecht and Burns 1985; several rows: Fai and Cornelius 1996) and Kenward and Roger (1997).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import upper_share
from analysis.estimators.mixed.moments import Moments
from analysis.estimators.mixed.newton import Maximum
from analysis.estimators.mixed.reml import weighted_square
from analysis.estimators.observations import Floats

DegreesOfFreedom: TypeAlias = Literal["kenward-roger", "satterthwaite"]
# Degrees of freedom of several rows that are this close are equal but for rounding (as lmerTest).
EQUAL = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class FTest:
    """Wald's F `statistic`, scaled where Kenward-Roger says so, its degrees of freedom and `p_value`."""

    statistic: float
    numerator_df: int
    denominator_df: float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Coefficients are `spread` times `unscaled` (p, p) times those fitted, and `middle` for the first."""

    unscaled: Floats
    middle: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class FixedEffects:
    """`coefficients` (p,), their `covariance` (p, p) as reported, and what degrees of freedom need.

    `phi` (p, p) is the covariance before the adjustment of Kenward and Roger, `by_theta` (K, p, p) its
    derivatives by the parameters of V, which have the covariance `theta_covariance` (K, K). All are of
    columns and an outcome that are centred and scaled; `scaling` leads back.
    """

    df: DegreesOfFreedom
    coefficients: Floats
    covariance: Floats
    phi: Floats
    by_theta: Floats
    theta_covariance: Floats
    scaling: Scaling

    def estimates(self, rows: Floats) -> pd.DataFrame:
        """One row for each linear combination of `rows` (q, p): estimate, std_error, df."""
        scaled = rows @ self.scaling.unscaled
        variance = np.einsum("qa,ab,qb->q", scaled, self.covariance, scaled, optimize=True)
        return pd.DataFrame(
            {
                "estimate": self._values(rows),
                "std_error": self.scaling.spread * np.sqrt(variance),
                "df": self._row_df(scaled),
            }
        )

    def _values(self, rows: Floats) -> Floats:
        """The estimates of `rows` (q, p); the middle of the outcome is in the intercept, the first."""
        of_scaled = rows @ self.scaling.unscaled @ self.coefficients
        return self.scaling.spread * of_scaled + self.scaling.middle * rows[:, 0]

    def _row_df(self, rows: Floats) -> Floats:
        """2 v^2 / (g' Cov(theta) g), v = l'phi l and g its derivatives: both methods, for one row."""
        v = np.einsum("qa,ab,qb->q", rows, self.phi, rows, optimize=True)
        g = np.einsum("qa,kab,qb->qk", rows, self.by_theta, rows, optimize=True)
        spread = np.einsum("qk,kl,ql->q", g, self.theta_covariance, g, optimize=True)
        found: Floats = np.divide(2 * v**2, spread, out=np.full(len(v), np.inf), where=spread > 0)
        return found

    def f_test(self, rows: Floats) -> FTest:
        """Whether all of `rows` (q, p) are 0; they must be linearly independent."""
        if len(rows) == 1:
            found = self.estimates(rows).iloc[0]
            return _f_test((found["estimate"] / found["std_error"]) ** 2, 1, found["df"])
        scaled, values = rows @ self.scaling.unscaled, self._values(rows) / self.scaling.spread
        test = self._kenward_roger if self.df == "kenward-roger" else self._fai_cornelius
        return test(scaled, values)

    def _fai_cornelius(self, rows: Floats, values: Floats) -> FTest:
        """F is the mean of squares of uncorrelated t; its df has the mean that their df give it."""
        q = len(rows)
        variance, directions = np.linalg.eigh(rows @ self.covariance @ rows.T)
        independent = directions.T @ rows
        statistic = float(((directions.T @ values) ** 2 / variance).mean())
        df = self._row_df(independent)
        if np.ptp(df) < EQUAL:
            return _f_test(statistic, q, float(df.mean()))
        if (df <= 2).any():
            return _f_test(statistic, q, 2.0)
        mean = float((df / (df - 2)).sum())
        return _f_test(statistic, q, 2 * mean / (mean - q))

    def _kenward_roger(self, rows: Floats, values: Floats) -> FTest:
        """Scale and df from the first two moments of F (Kenward and Roger 1997, section 4)."""
        q = len(rows)
        statistic = float(values @ np.linalg.solve(rows @ self.covariance @ rows.T, values)) / q
        change = np.linalg.solve(rows @ self.phi @ rows.T, rows @ self.by_theta @ rows.T)
        traces = np.trace(change, axis1=1, axis2=2)
        products = np.einsum("kab,lba->kl", change, change, optimize=True)
        a1 = float(traces @ self.theta_covariance @ traces)
        a2 = float((self.theta_covariance * products).sum())
        b = (a1 + 6 * a2) / (2 * q)
        g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
        c1, c2, c3 = (part / (3 * q + 2 * (1 - g)) for part in (g, q - g, q + 2 - g))
        mean = 1 / (1 - a2 / q)
        variance = 2 / q * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        df = 4 + (q + 2) / (q * variance / (2 * mean**2) - 1)
        return _f_test(statistic * df / (mean * (df - 2)), q, df)


def fixed_effects(data: Moments, found: Maximum, df: DegreesOfFreedom, scaling: Scaling) -> FixedEffects:
    """Inference at the maximum of the restricted likelihood.

    Cov(theta) is twice the inverse of the deviance's observed Hessian, as in SAS. Kenward and Roger's
    adjusted covariance is Phi + 2 Phi [sum_kl Cov_kl (Q_kl - A_k Phi A_l)] Phi, Q_kl = sum X'WB_kWB_lWX: the
    term with second derivatives of V is left out. It is 0 where V is linear in theta; elsewhere it depends on
    the choice of parameters and can shrink errors, and without it nothing here does.
    """
    phi, A = found.point.phi, found.derivatives.A
    theta_covariance = 2 * np.asarray(np.linalg.inv(found.derivatives.observed), dtype=np.float64)
    covariance = phi
    if df == "kenward-roger":
        spread = weighted_square(data, found.point, theta_covariance)
        phi_A = phi @ A
        pulled = np.einsum("kl,kab,lbc->ac", theta_covariance, A, phi_A, optimize=True)
        covariance = phi + 2 * phi @ (spread - pulled) @ phi
    return FixedEffects(
        df=df,
        coefficients=found.point.coefficients,
        covariance=covariance,
        phi=phi,
        by_theta=phi @ A @ phi,
        theta_covariance=theta_covariance,
        scaling=scaling,
    )


def coefficient_frame(effects: FixedEffects, terms: Sequence[str]) -> pd.DataFrame:
    """One row a coefficient: term, estimate, std_error, df, t, p_value."""
    found = effects.estimates(np.eye(len(terms)))
    found.insert(0, "term", terms)
    return found.assign(t=found["estimate"] / found["std_error"], p_value=p_values(found))


def with_interval(estimates: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    """The same with the limits of t's interval: lower, upper."""
    reach = t_distribution.ppf(upper_share(conf_level), estimates["df"]) * estimates["std_error"]
    return estimates.assign(lower=estimates["estimate"] - reach, upper=estimates["estimate"] + reach)


def p_values(estimates: pd.DataFrame) -> Floats:
    """Two-sided, of the t-test that each estimate is 0."""
    t = estimates["estimate"] / estimates["std_error"]
    return np.asarray(2 * t_distribution.sf(np.abs(t), estimates["df"]), dtype=np.float64)


def place_of(argument: str, label: Hashable, labels: Sequence[Any]) -> int:
    """Where a label stands among others; refuses one that does not."""
    for place, found in enumerate(labels):
        if found == label:
            return place
    raise InputError(argument, repr(label), f"choose one of {', '.join(map(str, labels))}")


def checked_df(df: str) -> DegreesOfFreedom:
    """Refuse a method that there is not."""
    if df not in get_args(DegreesOfFreedom):
        raise InputError("df", repr(df), f"choose one of {', '.join(get_args(DegreesOfFreedom))}")
    return df  # type: ignore[return-value]  # it is one of them


def _f_test(statistic: float, numerator: int, denominator: float) -> FTest:
    p_value = float(f_distribution.sf(statistic, numerator, denominator))
    return FTest(float(statistic), numerator, float(denominator), p_value)
