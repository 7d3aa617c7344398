"""Groups against a reference: the difference and the ratio of estimates that do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.estimators.input_error import InputError
from analysis.estimators.observations import Floats


def contrasts(
    groups: Sequence[Any], estimate: Floats, std_error: Floats, *, reference: object, z: float
) -> pd.DataFrame:
    """Every other group's difference from the reference, then its ratio to it; one row each.

    `estimate`, `std_error`: one value a group; variances add. Columns: measure (difference | ratio), group,
    estimate, lower, upper, p_value (two-sided, normal). The ratio's limits and test are on the log scale, by
    the delta method. What is not known is NaN: a ratio with an estimate of 0, the test of a contrast without
    an error. Raises InputError where `reference` is no group, or the only one.

    >>> found = contrasts(["a", "b"], np.array([2.0, 1.0]), np.array([0.3, 0.4]), reference="a", z=2)
    >>> found.drop(columns="p_value").round(4)
          measure group  estimate   lower  upper
    0  difference     b      -1.0 -2.0000  0.000
    1       ratio     b       0.5  0.2128  1.175
    """
    place = place_of(reference, groups)
    others = np.arange(len(groups)) != place
    own, spread = estimate[place], std_error[place]

    def measured(name: str, center: Floats, error: Floats, scale: Callable[[Floats], Floats]) -> pd.DataFrame:
        ratio = np.divide(np.abs(center), error, out=np.full_like(center, np.nan), where=error > 0)
        with np.errstate(over="ignore"):  # the limit of a ratio may be larger than any number: infinite
            estimated, lower, upper = (scale(center + side * z * error) for side in (0, -1, 1))
        return pd.DataFrame(
            {
                "measure": name,
                "group": [group for group, kept in zip(groups, others, strict=True) if kept],
                "estimate": estimated,
                "lower": lower,
                "upper": upper,
                "p_value": 2 * norm.sf(ratio),
            }
        )

    difference, error = estimate[others] - own, np.hypot(std_error[others], spread)
    positive = np.where((estimate > 0) & (own > 0), estimate, np.nan)
    log_ratio = np.log(positive[others] / own)
    log_error = np.hypot(std_error[others] / positive[others], spread / positive[place])
    return pd.concat(
        [
            measured("difference", difference, error, np.positive),
            measured("ratio", log_ratio, log_error, np.exp),
        ],
        ignore_index=True,
    )


def place_of(reference: object, groups: Sequence[Any]) -> int:
    """Where the reference stands among the groups; refuses one that does not, or that is alone."""
    if reference not in groups:
        raise InputError("reference", repr(reference), f"choose one of {', '.join(map(repr, groups))}")
    if len(groups) == 1:
        raise InputError("group", f"{groups[0]!r} in every row", "a contrast needs at least two groups")
    return list(groups).index(reference)
