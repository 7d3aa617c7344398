"""Landmark analysis: who is still followed without the event at a time, and what happens to them after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.causes import CENSORED
from analysis.estimators.frame_columns import column_of, held, place
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.observations import A_TIME


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Landmark:
    """The rows that count from the landmark on, as `landmark` returns them."""

    at: float
    _frame: pd.DataFrame
    _left_out: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The rows of the given frame that count, with its columns and index, timed from the landmark.

        An entry, where there was one, is 0.
        """
        return self._frame.copy()

    def left_out(self) -> pd.DataFrame:
        """Why the other rows do not count. Columns: reason (event, censored, not yet entered), n."""
        return self._left_out.copy()

    def __repr__(self) -> str:
        """For people: how many count and how many do not."""
        title = f"Landmark at {self.at:g}: {len(self._frame)} rows count from there; left out are"
        return f"{title}\n{self._left_out.to_string(index=False)}"


def landmark(
    frame: pd.DataFrame,
    *,
    at: float,
    duration: str = "duration",
    event: str = "event",
    entry: str | None = None,
) -> Landmark:
    """Keep who is at risk just after the landmark `at`, and count their time from there.

    Groups that are known at the landmark only, such as a response by then, are compared fairly among those
    who reached it, and by no one's survival up to it (Anderson, Cain and Gelber 1983). Left out are rows
    whose `duration` is at most `at` (who has the event or leaves on the day of the landmark did not reach
    what comes after), and with late `entry` those that enter after it: their state at the landmark is not
    known. Who enters at the landmark counts.

    `frame` has one row a participant; `duration`, `event` (0 for a censoring, 1 or a cause) and `entry` name
    its columns. The result goes to any estimator. Raises InputError (a ValueError) where a column or a value
    is missing, a time is none, or nobody is left.

    Five participants and a landmark on day 3: one has the event on day 1, one is censored on day 3.

    >>> trial = pd.DataFrame({"duration": [1, 3, 4, 6, 8], "event": [1, 0, 1, 1, 0]})
    >>> found = landmark(trial.assign(responded=[0, 1, 1, 0, 1]), at=3)
    >>> found.to_frame()
       duration  event  responded
    2       1.0      1          1
    3       3.0      1          0
    4       5.0      0          1
    >>> found
    Landmark at 3: 3 rows count from there; left out are
             reason  n
              event  1
           censored  1
    not yet entered  0
    """
    if not (is_number(at) and 0 <= at < np.inf):
        raise InputError("at", repr(at), A_TIME)
    exits = column_of(frame, duration, "frame")
    entries = np.zeros(len(exits)) if entry is None else column_of(frame, entry, "frame")
    for name, times in ((duration, exits), (entry, entries)):
        refuse_where(~(np.isfinite(times) & (times >= 0)), place("frame", name), times, A_TIME)
    ends = held(frame, event, "frame")
    missing = ends.isna().to_numpy()
    refuse_where(missing, place("frame", event), ends.to_numpy(dtype=object), "0 is a censoring")
    refuse_where(
        (entries >= exits) & (entry is not None),
        place("frame", entry),
        entries,
        "entry comes before the row's duration",
    )
    left, late = exits <= at, entries > at
    kept = ~(left | late)
    if not kept.any():
        raise InputError("at", f"{at:g}", "a time that some reach without the event")
    found = frame[kept].copy()
    found[duration] = exits[kept] - at
    if entry is not None:
        found[entry] = 0.0
    censored = ends.isin(CENSORED).to_numpy()
    reasons = {
        "event": left & ~censored,
        "censored": left & censored,
        "not yet entered": late & ~left,
    }
    left_out = pd.DataFrame({"reason": list(reasons), "n": [int(rows.sum()) for rows in reasons.values()]})
    return Landmark(float(at), found, left_out)
