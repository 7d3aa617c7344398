"""What is known of each participant, checked once for every estimator of times to an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.levels import levels

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = "Sequence[float] | NDArray[Any] | pd.Series[Any]"
Labels: TypeAlias = "Sequence[Any] | NDArray[Any] | pd.Series[Any]"

A_TIME = "a time is a number, 0 or more"
# Whole numbers are exact as floats up to here; counts and weights beyond it are mistakes.
LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which group each row is in: `codes` point into `labels`, sorted or in the order of their categories."""

    codes: NDArray[np.intp]
    labels: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Rows of equal length; each stands for `weights` participants and none has the weight 0.

    A row is at risk at the times t with `entry < t <= duration`; where `entry` is None, from the beginning
    on, 0 included.
    """

    duration: Floats
    event: NDArray[np.bool_]
    entry: Floats | None
    weights: Floats
    group: Grouping
    stratum: Grouping

    @property
    def whole_weights(self) -> bool:
        """True where each row stands for a whole number of participants."""
        return bool((self.weights == np.floor(self.weights)).all())

    def of_group(self, code: int) -> Observations:
        """The rows of one group; it keeps its code."""
        own = self.group.codes == code
        return Observations(
            duration=self.duration[own],
            event=self.event[own],
            entry=None if self.entry is None else self.entry[own],
            weights=self.weights[own],
            group=Grouping(self.group.codes[own], self.group.labels),
            stratum=Grouping(self.stratum.codes[own], self.stratum.labels),
        )


def observations(
    duration: Numbers,
    event: Numbers,
    *,
    group: Labels | None = None,
    strata: Labels | None = None,
    entry: Numbers | None = None,
    weights: Numbers | None = None,
) -> Observations:
    """Check the data and give them as arrays, without the rows of weight 0. Raises InputError (a ValueError).

    Series are taken by position: their index is not looked at.
    """
    exits = _times("duration", duration)
    size = len(exits)
    if size == 0:
        raise InputError("duration", "empty", "at least one row is needed")
    happened = numbers("event", event, size)
    refuse_where((happened != 0) & (happened != 1), "event", happened, "1 is an event, 0 a censoring")
    entries = None if entry is None else _times("entry", entry, size)
    if entries is not None:
        refuse_where(entries >= exits, "entry", entries, "entry comes before the row's duration")
    counted = np.ones(size) if weights is None else numbers("weights", weights, size)
    refuse_where(~(counted >= 0), "weights", counted, "a weight is 0 or more")
    refuse_where(counted > LARGEST_WHOLE, "weights", counted, "a weight is at most 2 to the power of 53")
    kept = counted > 0
    if not kept.any():
        raise InputError("weights", "0 in every row", "at least one row needs a weight above 0")
    return Observations(
        duration=exits[kept],
        event=happened[kept] == 1,
        entry=None if entries is None else entries[kept],
        weights=counted[kept],
        group=grouping("group", group, kept),
        stratum=grouping("strata", strata, kept),
    )


def _times(argument: str, given: Numbers, size: int | None = None) -> Floats:
    times = numbers(argument, given, size)
    refuse_where(~(np.isfinite(times) & (times >= 0)), argument, times, A_TIME)
    return times


def numbers(argument: str, given: Numbers, size: int | None = None, beside: str = "duration") -> Floats:
    """The values as floats; what is missing becomes NaN, which each caller refuses in its own words.

    Refused where they are not `size` in number, which is the length of the argument `beside`.
    """
    try:
        series = pd.Series(given) if len(given) else pd.Series(dtype=np.float64)
        found = None if series.dtype.kind in "mMc" else series.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError) as fault:
        raise InputError(argument, f"not a row of numbers ({fault})", "give one number a row") from fault
    if found is None:  # pandas would count nanoseconds, or drop an imaginary part
        raise InputError(argument, f"of type {series.dtype}", "give numbers, for example days")
    _refuse_other_length(argument, len(found), size, beside)
    return found


def are_counts(values: Floats) -> NDArray[np.bool_]:
    """Where a value is a whole number, 0 or more, that a float holds exactly.

    >>> are_counts(np.array([3, 0.5, -1, np.nan, np.inf])).tolist()
    [True, False, False, False, False]
    """
    found: NDArray[np.bool_] = (values >= 0) & (values == np.floor(values)) & (values <= LARGEST_WHOLE)
    return found


def one_or_more(given: float | Numbers) -> Numbers:
    """A row of numbers also where one number was given."""
    try:
        alone = np.ndim(given) == 0
    except ValueError:  # rows of several lengths, which `numbers` refuses
        alone = False
    return [cast("float", given)] if alone else cast("Numbers", given)


def grouping(
    argument: str, given: Labels | None, kept: NDArray[np.bool_], beside: str = "duration"
) -> Grouping:
    """The labels of the rows that are `kept`; one group, "all", where none are given."""
    if given is None:
        return Grouping(np.zeros(int(kept.sum()), dtype=np.intp), ("all",))
    try:
        labels = pd.Series(given)
        every_code, found = levels(labels)
    except (TypeError, ValueError) as fault:
        raise InputError(argument, f"not a row of labels ({fault})", "give one label a row") from fault
    _refuse_other_length(argument, len(labels), len(kept), beside)
    refuse_where(every_code < 0, argument, labels.to_numpy(dtype=object), "each row needs a label")
    used, codes = np.unique(every_code[kept], return_inverse=True)
    return Grouping(codes, tuple(found[used]))


def participants(given: Labels | None, size: int, beside: str) -> Grouping:
    """Whose row each is. Without an answer all would pass for one participant's: None is refused."""
    if given is None:
        raise InputError("participant", "None", "give one label a row")
    return grouping("participant", given, np.ones(size, dtype=np.bool_), beside)


def _refuse_other_length(argument: str, length: int, size: int | None, beside: str) -> None:
    if size is not None and length != size:
        raise InputError(argument, f"{length} long", f"{beside} is {size} long, and all have one value a row")
