"""What a pair of participants is compared on: a time to an event, a count, or a difference that matters.

Each component reads its columns of a frame into arrays with one row a participant (`read`), and says for
every pair of some of one arm and some of the other whether the former fared better (`beats`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.frame_columns import column_of, held, place
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.meaningful_difference import reaches
from analysis.estimators.observations import A_TIME, Floats, are_counts, numbers

Read: TypeAlias = tuple[NDArray[np.float64], ...]
Pairs: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """The later event is better: `time` and `event` (1 happened, 0 censored) name columns.

    A pair is compared over the time that both were followed: who had the event within it fares worse than
    who had it later or not. A censoring on the day of the other's event comes after it, as at-risk sets have
    it; two events on one day decide nothing, nor does an event after the other's censoring.
    """

    time: str
    event: str

    @property
    def label(self) -> str:
        """The column that the component is called after."""
        return self.event

    def read(self, frame: pd.DataFrame, argument: str) -> Read:
        """When the event came (infinity: it did not), until when there was none (a moment past censoring)."""
        time = column_of(frame, self.time, argument)
        refuse_where(~(np.isfinite(time) & (time >= 0)), place(argument, self.time), time, A_TIME)
        event = column_of(frame, self.event, argument)
        refuse_where(
            (event != 0) & (event != 1), place(argument, self.event), event, "1 is an event, 0 a censoring"
        )
        return np.where(event == 1, time, np.inf), np.where(event == 1, time, np.nextafter(time, np.inf))

    def beats(self, ours: Read, theirs: Read) -> Pairs:
        """Pairs (ours, theirs) in which their event came while we were followed and free of it."""
        return theirs[0][None, :] < ours[1][:, None]


@dataclass(frozen=True, slots=True)
class Count:
    """The fewer the better: `column` holds a number a participant, or the days on which each event happened.

    Numbers are compared as they stand, which is fair only where all were followed equally long. Rows of days
    with `follow_up`, the column of the day until which each was followed (to death or censoring), are counted
    over the follow-up that the two of a pair share, its last day included.
    """

    column: str
    follow_up: str | None = None

    @property
    def label(self) -> str:
        """The column that the component is called after."""
        return self.column

    def read(self, frame: pd.DataFrame, argument: str) -> Read:
        """The counts; or days (n, most events), filled up with infinity, and the end of each follow-up."""
        at = place(argument, self.column)
        if self.follow_up is None:
            if _holds_days(held(frame, self.column, argument)):
                raise InputError(
                    at, "rows of days", "say until when each was followed: Count(..., follow_up)"
                )
            counts = column_of(frame, self.column, argument)
            refuse_where(~are_counts(counts), at, counts, "a count is a whole number, 0 or more")
            return (counts,)
        end = column_of(frame, self.follow_up, argument)
        refuse_where(~(np.isfinite(end) & (end >= 0)), place(argument, self.follow_up), end, A_TIME)
        days = _padded(held(frame, self.column, argument), at)
        outside: Pairs = (days < 0) | (np.isfinite(days) & (days > end[:, None]))
        amiss = np.flatnonzero(outside.any(axis=1))
        if len(amiss):
            found = frame[self.column].iloc[amiss[0]]
            raise InputError(at, found, "days lie between 0 and the end of follow-up", row=int(amiss[0]))
        return days, end

    def beats(self, ours: Read, theirs: Read) -> Pairs:
        """Pairs (ours, theirs) in which we have fewer."""
        if self.follow_up is None:
            return ours[0][:, None] < theirs[0][None, :]
        # No event lies past its own follow-up: what lies within the other's lies within both.
        return _counted_until(ours[0], theirs[1]) < _counted_until(theirs[0], ours[1]).T


@dataclass(frozen=True, slots=True)
class Difference:
    """The higher the better, where the two differ by `margin` or more (by anything at all, where it is 0).

    `column` names a score; a missing one decides nothing. `higher_is_better=False` turns it round.
    """

    column: str
    margin: float = 0.0
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        if not (is_number(self.margin) and np.isfinite(self.margin) and self.margin >= 0):
            raise InputError("margin", repr(self.margin), "a number, 0 or more")

    @property
    def label(self) -> str:
        """The column that the component is called after."""
        return self.column

    def read(self, frame: pd.DataFrame, argument: str) -> Read:
        """The scores, turned round where lower is better; missing ones are NaN, which beats nothing."""
        score = column_of(frame, self.column, argument)
        refuse_where(np.isinf(score), place(argument, self.column), score, "a number, or nothing if missing")
        return (score if self.higher_is_better else -score,)

    def beats(self, ours: Read, theirs: Read) -> Pairs:
        """Pairs (ours, theirs) in which our score is higher by the margin."""
        ahead = ours[0][:, None] - theirs[0][None, :]
        return reaches(ahead, self.margin)


Component: TypeAlias = TimeToEvent | Count | Difference


def _holds_days(values: pd.Series[Any]) -> bool:
    return values.dtype == object and any(_is_row(value) for value in values)


def _is_row(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


def _padded(values: pd.Series[Any], at: str) -> Floats:
    """Each row's days, in any order, filled up with infinity to the longest (at least one column)."""
    rows = values.tolist()
    no_row = np.array([not _is_row(row) for row in rows], dtype=bool)
    refuse_where(
        no_row, at, values.to_numpy(dtype=object), "give the days of a participant's events, [] for none"
    )
    days = [numbers(at, row) for row in rows]
    unknown = np.array([not np.isfinite(found).all() for found in days], dtype=bool)
    refuse_where(unknown, at, values.to_numpy(dtype=object), "the day of each event must be known")
    padded = np.full((len(days), max([1, *map(len, days)])), np.inf)
    for row, found in enumerate(days):
        padded[row, : len(found)] = found
    return padded


def _counted_until(days: Floats, end: Floats) -> NDArray[np.int64]:
    """How many of each row's days come no later than each end: (rows, ends).

    By position among the sorted ends, so that rows of many days take little longer than rows of one.
    """
    order = np.argsort(end)
    first = np.searchsorted(end[order], days)  # the first end that is not earlier; behind the last for none
    width = len(end) + 1
    cell = (first + np.arange(len(days))[:, None] * width).ravel()
    counts = np.bincount(cell, minlength=len(days) * width).reshape(len(days), width)
    so_far: NDArray[np.int64] = counts.cumsum(axis=1).take(np.argsort(order), axis=1)
    return so_far
