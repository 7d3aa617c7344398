"""The horizon of a restricted mean: how far the follow-up of every group reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.estimators.input_error import InputError, is_number


def horizon(tau: float, ends: Sequence[float], labels: Sequence[object], *, argument: str = "tau") -> float:
    """The horizon as a number; refused where a group's curve ends before it and is not 0 there.

    `ends` has one time a group (`labels`), infinite where the curve ends at 0 and stays there.

    >>> horizon(5, [7.0, np.inf], ["a", "b"])
    5.0
    """
    if not (is_number(tau) and 0 < tau < np.inf):
        raise InputError(argument, repr(tau), "a time above 0, in the unit of the durations")
    latest = min(ends)
    if tau > latest:
        short = labels[list(ends).index(latest)]
        allowed = f"at most {latest:g}, where the follow-up of group {short!r} ends with its curve above 0"
        raise InputError(argument, f"{tau:g}", allowed)
    return float(tau)
