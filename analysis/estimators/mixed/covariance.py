"""The covariance V of a mixed model as a function of its parameters, with its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """V (Q, T, T) and its derivatives by K parameters at one place: Q is the number of patterns, or 1.

    `first` (Q, K, T, T); `second` (Q, K, K, T, T) only where V is not linear in the parameters. There is such
    a V only where `core` is positive definite: V of all positions, not only of those that some pattern has,
    or that of which V is made.
    """

    value: Floats
    first: Floats
    core: Floats
    second: Floats | None = None


CovarianceModel: TypeAlias = Callable[[Floats], Covariance]
