"""Confidence limits of a curve of shares, on the five scales of R's `survfit`.

Each scale takes a share S (0 < S < 1) of survivors or of those with an event, and how far its logarithm may
lie to each side (z times its error, for pointwise intervals), and gives the lower and upper limit, by the
delta method. Source: Klein and Moeschberger 2003, section 4.3 (plain, log-log, arcsine).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import norm

from analysis.estimators.input_error import InputError, is_number
from analysis.estimators.observations import Floats

ConfidenceType: TypeAlias = Literal["log-log", "log", "plain", "logit", "arcsin"]
Limits: TypeAlias = tuple[Floats, Floats]


def _log_log(survival: Floats, reach: Floats) -> Limits:
    spread = reach / np.log(survival)
    return survival ** np.exp(-spread), survival ** np.exp(spread)


def _log(survival: Floats, reach: Floats) -> Limits:
    return survival * np.exp(-reach), survival * np.exp(reach)


def _plain(survival: Floats, reach: Floats) -> Limits:
    return survival - survival * reach, survival + survival * reach


def _logit(survival: Floats, reach: Floats) -> Limits:
    odds, spread = survival / (1 - survival), np.exp(reach / (1 - survival))
    return odds / (odds + spread), odds * spread / (1 + odds * spread)


def _arcsin(survival: Floats, reach: Floats) -> Limits:
    angle = np.arcsin(np.sqrt(survival))
    spread = reach / 2 * np.sqrt(survival / (1 - survival))
    return np.sin(np.maximum(angle - spread, 0)) ** 2, np.sin(np.minimum(angle + spread, np.pi / 2)) ** 2


SCALES: Mapping[str, Callable[[Floats, Floats], Limits]] = MappingProxyType(
    {"log-log": _log_log, "log": _log, "plain": _plain, "logit": _logit, "arcsin": _arcsin}
)


def upper_share(conf_level: float) -> float:
    """The share below the upper of two equal-tailed limits; refuses a level that is not between 0 and 1.

    >>> upper_share(0.95)
    0.975
    """
    if not (is_number(conf_level) and 0 < conf_level < 1):
        raise InputError("conf_level", repr(conf_level), "a level lies between 0 and 1, for example 0.95")
    return (1 + conf_level) / 2


def normal_quantile(conf_level: float) -> float:
    """The quantile z for a two-sided interval.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    return float(norm.ppf(upper_share(conf_level)))


def wald_z(estimate: Floats, error: Floats) -> Floats:
    """Estimates divided by their errors; NaN where the error is 0, as a robust one can be.

    >>> wald_z(np.array([1.0, 0.0]), np.array([0.5, 0.0])).tolist()
    [2.0, nan]
    """
    return np.divide(estimate, error, out=np.full_like(error, np.nan), where=error > 0)


def refuse_unknown_scale(conf_type: ConfidenceType) -> None:
    if conf_type not in tuple(SCALES):  # a tuple compares: what is found may have no hash
        raise InputError("conf_type", repr(conf_type), f"choose one of {', '.join(SCALES)}")


def survival_limits(
    survival: Floats, log_error: Floats, *, conf_level: float, conf_type: ConfidenceType
) -> Limits:
    """Lower and upper limits, cut to [0, 1]; where S is 1 both are 1, where S is 0 they are undefined (NaN).

    Two events among four leave S = 1/2, whose error is 1/4:

    >>> lower, upper = survival_limits(np.array([0.5]), np.array([0.5]), conf_level=0.95, conf_type="plain")
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.01, 0.99)
    """
    refuse_unknown_scale(conf_type)
    return limits_within(survival, normal_quantile(conf_level) * log_error, conf_type)


def limits_within(survival: Floats, reach: Floats, conf_type: ConfidenceType) -> Limits:
    """The same for log S within `reach` to each side, for bands whose reach is not z times the error."""
    edge = np.where(survival == 1, 1.0, np.nan)
    lower, upper = edge, edge.copy()
    inside = (survival > 0) & (survival < 1)
    limits = SCALES[conf_type](survival[inside], reach[inside])
    lower[inside], upper[inside] = np.clip(limits, 0, 1)
    return lower, upper


def incidence_limits(
    incidence: Floats, error: Floats, *, conf_level: float, conf_type: ConfidenceType
) -> Limits:
    """Lower and upper limits, cut to [0, 1], of a share whose standard error (on its own scale) is `error`.

    Where the share is 0 or 1 they are undefined (NaN), but for "plain", whose limits are the share itself.

    >>> lower, upper = incidence_limits(np.array([0.5]), np.array([0.25]), conf_level=0.95, conf_type="plain")
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.01, 0.99)
    """
    refuse_unknown_scale(conf_type)
    z = normal_quantile(conf_level)
    lower = incidence.copy() if conf_type == "plain" else np.full(len(incidence), np.nan)
    upper = lower.copy()
    inside = (incidence > 0) & (incidence < 1)
    limits = SCALES[conf_type](incidence[inside], z * error[inside] / incidence[inside])
    lower[inside], upper[inside] = np.clip(limits, 0, 1)
    return lower, upper
