"""A band around one survival curve that holds all of it at once."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from analysis.estimators.band_values import equal_precision_value, hall_wellner_value
from analysis.estimators.input_error import InputError, is_number
from analysis.estimators.intervals import ConfidenceType, limits_within

Band: TypeAlias = Literal["equal-precision", "hall-wellner"]


def confidence_band(
    curve: pd.DataFrame,
    kind: Band,
    level: float,
    scale: ConfidenceType,
    *,
    start: float | None,
    end: float | None,
) -> pd.DataFrame:
    """The rows of `KaplanMeier.bands` for one group, from the rows of its `to_frame`."""
    if kind not in get_args(Band):
        raise InputError("kind", repr(kind), f"choose one of {', '.join(get_args(Band))}")
    if level < 0.5:
        raise InputError("conf_level", repr(level), "a band has a level of a half or more")
    if not is_integer_dtype(curve["at_risk"]):
        raise InputError("weights", "not whole numbers", "a band takes whole numbers of participants")
    begin, last = _range(curve, start, end)
    step = curve["time"].to_numpy()
    times = np.concatenate([[begin], step[(step > begin) & (step <= last)]])
    rows = curve.iloc[np.searchsorted(step, times, side="right") - 1]
    survival = rows["survival"].to_numpy()
    variance = (rows["std_error"].to_numpy() / survival) ** 2
    if kind == "equal-precision":
        value = equal_precision_value(level, float(variance[-1] / variance[0]))
        reach = value * np.sqrt(variance)
    else:
        n = int((curve["events"] + curve["censored"]).sum())
        share = n * variance / (1 + n * variance)
        value = hall_wellner_value(level, float(share[0]), float(share[-1]))
        reach = value * (1 + n * variance) / math.sqrt(n)
    lower, upper = limits_within(survival, reach, scale)
    return pd.DataFrame(
        {
            "group": curve["group"].iloc[0],
            "time": times,
            "survival": survival,
            "lower": lower,
            "upper": upper,
            "critical_value": value,
        }
    )


def _range(curve: pd.DataFrame, start: float | None, end: float | None) -> tuple[float, float]:
    """From where to where the band goes; refused beyond the first and the last event with a curve above 0."""
    group = curve["group"].iloc[0]
    events = curve.loc[(curve["events"] > 0) & (curve["survival"] > 0), "time"]
    if events.empty:
        raise InputError(
            "event", f"never 1 in group {group!r} with others left", "a band needs such an event"
        )
    first, last = float(events.iloc[0]), float(events.iloc[-1])
    begin, finish = first if start is None else start, last if end is None else end
    for argument, value in (("start", begin), ("end", finish)):
        if not (is_number(value) and first <= value <= last):
            allowed = f"from {first:g} to {last:g}, the first and the last usable event of group {group!r}"
            raise InputError(argument, repr(value), allowed)
    if begin > finish:
        raise InputError("start", repr(begin), f"not after the end, {finish:g}")
    return float(begin), float(finish)
