"""Interim looks: how much of the significance level each may spend, and the boundary that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.estimators.group_sequential import Course
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.observations import Floats, Numbers, numbers, one_or_more

Spending: TypeAlias = Literal["obrien-fleming", "pocock", "power", "hwang-shih-decani"]


def _obrien_fleming(t: Floats, alpha: float, _: float) -> Floats:
    return np.asarray(2 * norm.sf(norm.isf(alpha / 2) / np.sqrt(t)))


def _pocock(t: Floats, alpha: float, _: float) -> Floats:
    return alpha * np.log1p((np.e - 1) * t)


def _power(t: Floats, alpha: float, rho: float) -> Floats:
    return alpha * t**rho


def _hwang_shih_decani(t: Floats, alpha: float, gamma: float) -> Floats:
    return alpha * t if gamma == 0 else alpha * np.expm1(-gamma * t) / np.expm1(-gamma)


KINDS: Mapping[str, Callable[[Floats, float, float], Floats]] = MappingProxyType(
    {
        "obrien-fleming": _obrien_fleming,
        "pocock": _pocock,
        "power": _power,
        "hwang-shih-decani": _hwang_shih_decani,
    }
)
PARAMETERS = MappingProxyType({"power": "a number above 0", "hwang-shih-decani": "a number"})

# Looks that are closer are one look, and would need an endless number of nodes.
CLOSEST = 0.001 - 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AlphaSpending:
    """The looks of a trial, as `alpha_spending` returns them."""

    kind: Spending
    alpha: float
    sides: int
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a look.

        Columns: look (from 1), information (its fraction), alpha_spent (by then, in all), boundary (of the z
        statistic; of its absolute value where there are two sides), nominal_p (the boundary as a p-value).
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the looks."""
        title = f"Alpha spending {self.kind}, {self.alpha:g} in all, {self.sides}-sided"
        return f"{title}\n{self._frame.to_string(index=False)}"


def alpha_spending(
    information: float | Numbers,
    *,
    kind: Spending = "obrien-fleming",
    alpha: float = 0.05,
    sides: Literal[1, 2] = 2,
    parameter: float | None = None,
) -> AlphaSpending:
    """Boundaries for looks at these fractions of the information, that together err with `alpha` at most.

    `information`: rising, above 0, at most 1: events seen over events planned, where time to an event is
    compared. Lan and DeMets (1983): by the fraction t a side has spent, with a the level of one side,

    * "obrien-fleming": 2 (1 - Phi(z / sqrt t)), z being Phi^-1(1 - a/2): little early;
    * "pocock": a log(1 + (e - 1) t): about the same boundary at every look;
    * "power": a t^parameter (Kim and DeMets 1987);
    * "hwang-shih-decani": a (1 - exp(-parameter t)) / (1 - exp(-parameter)) (Hwang, Shih and DeCani 1990).

    A look's boundary depends on earlier looks only, whatever comes later. Two-sided boundaries are symmetric;
    one-sided ones stop for benefit alone. Computed by recursive integration (Armitage, McPherson and Rowe
    1969) to about 1e-10. Raises InputError (a ValueError) naming what was refused.

    Five equal looks, two-sided 0.05, as published by Lan and DeMets:

    >>> alpha_spending([0.2, 0.4, 0.6, 0.8, 1]).to_frame().round(4)
       look  information  alpha_spent  boundary  nominal_p
    0     1          0.2       0.0000    4.8769     0.0000
    1     2          0.4       0.0008    3.3570     0.0008
    2     3          0.6       0.0076    2.6803     0.0074
    3     4          0.8       0.0244    2.2898     0.0220
    4     5          1.0       0.0500    2.0310     0.0423
    """
    looks = numbers("information", one_or_more(information))
    _refuse(looks, kind, alpha, sides, parameter)
    spent = sides * KINDS[kind](looks, alpha / sides, parameter or 0.0)
    course, boundaries = Course.beginning(sides), []
    for place, share in enumerate(np.diff(spent, prepend=0)):
        boundaries.append(course.boundary(looks[place], share))
        if place + 1 < len(looks):
            course = course.after(looks[place], boundaries[-1], following=looks[place + 1])
    frame = pd.DataFrame(
        {
            "look": np.arange(1, len(looks) + 1),
            "information": looks,
            "alpha_spent": spent,
            "boundary": boundaries,
            "nominal_p": sides * norm.sf(boundaries),
        }
    )
    return AlphaSpending(kind, alpha, sides, frame)


def _refuse(looks: Floats, kind: str, alpha: float, sides: int, parameter: float | None) -> None:
    if len(looks) == 0:
        raise InputError("information", "empty", "at least one look is needed")
    share = "a fraction of the information lies above 0, and at most at 1"
    refuse_where(~((looks > 0) & (looks <= 1)), "information", looks, share)
    close = np.concatenate([[False], np.diff(looks) < CLOSEST])
    refuse_where(close, "information", looks, "each look comes after the one before it, by 0.001 or more")
    if kind not in tuple(KINDS):
        raise InputError("kind", repr(kind), f"choose one of {', '.join(KINDS)}")
    if not (is_number(alpha) and 0 < alpha < 0.5):
        raise InputError("alpha", repr(alpha), "a level lies between 0 and a half, for example 0.05")
    if sides not in (1, 2):
        raise InputError("sides", repr(sides), "1 or 2")
    _refuse_parameter(kind, parameter)


def _refuse_parameter(kind: str, parameter: float | None) -> None:
    if kind not in PARAMETERS:
        if parameter is not None:
            raise InputError("parameter", repr(parameter), f"{kind} takes none")
        return
    least = 0 if kind == "power" else -np.inf
    if not (is_number(parameter) and parameter is not None and least < parameter < np.inf):
        raise InputError("parameter", repr(parameter), f"{kind} takes one, {PARAMETERS[kind]}")
