"""Several tests held together against one error: adjusted p values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.observations import Floats, Numbers, numbers, one_or_more

MultiplicityRule: TypeAlias = Literal["holm", "fixed-sequence"]


def _holm(p: Floats) -> Floats:
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(np.minimum(1.0, p[order] * np.arange(len(p), 0, -1)))
    adjusted = np.empty_like(p)
    adjusted[order] = stepped
    return adjusted


def _fixed_sequence(p: Floats) -> Floats:
    return np.maximum.accumulate(p)


RULES: Mapping[str, Callable[[Floats], Floats]] = MappingProxyType(
    {"holm": _holm, "fixed-sequence": _fixed_sequence}
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AdjustedPValues:
    """The tests in the order given, as `adjusted_p_values` returns them."""

    rule: MultiplicityRule
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a test. Columns: test (from 1, in the order given), p_value, adjusted_p_value."""
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the tests."""
        return f"Adjusted p values, {self.rule}\n{self._frame.to_string(index=False)}"


def adjusted_p_values(p_values: Numbers, *, rule: MultiplicityRule = "holm") -> AdjustedPValues:
    """Adjust p values so that all tests together err with alpha, whichever of the hypotheses are true.

    A test whose adjusted p value is alpha or less is significant.

    * "holm" (Holm 1979): of m tests the j-th smallest p is taken (m - j + 1) times, and is no less than those
      before it, nor more than 1; R's `p.adjust`. It needs no order and no independence.
    * "fixed-sequence" (Maurer, Hothorn and Lehmacher 1995): each test has the whole alpha, in the order in
      which they are given, up to the first that is not significant: p is the greatest of those so far.

    Raises InputError (a ValueError): a p value that is missing or not from 0 to 1, no p value, another rule.

    >>> adjusted_p_values([0.04, 0.01, 0.02]).to_frame()
       test  p_value  adjusted_p_value
    0     1     0.04              0.04
    1     2     0.01              0.03
    2     3     0.02              0.04
    """
    if rule not in RULES:
        raise InputError("rule", repr(rule), f"choose one of {', '.join(RULES)}")
    p = numbers("p_values", one_or_more(p_values))
    if not len(p):
        raise InputError("p_values", "none", "give one p value or more")
    refuse_where(~((p >= 0) & (p <= 1)), "p_values", p, "from 0 to 1")
    columns = {"test": np.arange(1, len(p) + 1), "p_value": p, "adjusted_p_value": RULES[rule](p)}
    return AdjustedPValues(rule, pd.DataFrame(columns))
