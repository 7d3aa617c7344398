"""Time to sustained deterioration: a score worse than baseline by what matters, and staying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.frame_columns import column_of, place
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.meaningful_difference import reaches
from analysis.estimators.observations import Floats
from analysis.estimators.score_courses import ScoreCourses, each_ones, score_courses

Terminal: TypeAlias = Literal["event", "censored", "competing"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SustainedDeterioration:
    """One time a participant, as `sustained_deterioration` returns them."""

    margin: float
    terminal: Terminal
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a participant, sorted: participant, time, event, cause.

        `event`: 1 where what is analysed happened at `time`, 0 where it is censored then; `cause`: 1
        deterioration, 2 the terminal event, 0 censored (for `cumulative_incidence`, `gray_test`).
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: how many of what."""
        counts = np.bincount(self._frame["cause"], minlength=3)
        found = f"{counts[1]} deteriorated, {counts[2]} terminal, {counts[0]} censored"
        return f"Sustained deterioration by {self.margin:g} or more ({self.terminal}): {found}"


def sustained_deterioration(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    day: str,
    baseline: str,
    margin: float,
    confirmations: int | Literal["all"] = 1,
    higher_is_better: bool = True,
    terminal_day: str | None = None,
    terminal: Terminal = "event",
    terminal_within: float | None = None,
) -> SustainedDeterioration:
    """Find when each participant's score became worse than baseline by `margin` or more, and stayed so.

    `frame`: long, one row a participant and day, its columns given by name; who has no score after day 0
    needs a row without one. `baseline` and `terminal_day` (of death or transplant; missing: none) are the
    same in all of a participant's rows, and everyone has a baseline. Scores on day 0 or before, or after the
    terminal event, and rows without a score are passed over.

    Deterioration is sustained where the next `confirmations` scores of the participant are as bad too ("all":
    every later score, of which there is at least one; 0: the first bad score counts). Its time is the day of
    the first of those scores. A bad score that no later ones confirm is not an event: who has no event is
    censored on the day of their last score, day 0 without any.

    A terminal event before any sustained deterioration is an event itself (`terminal="event"`,
    deterioration-free survival), competes with it ("competing"), or leaves the participant censored on the
    day of the last score ("censored", which takes those who die as like those who live on: seldom right).
    With `terminal_within`, one that came later than so many days after the last score (after day 0, without
    any) is not counted, as nobody knows what came before it. Times follow the visits: the change itself lies
    between two. Raises InputError (a ValueError) naming the column and row.

    Baseline 50, margin 10. The first is at 40 on day 28 and at 38 on day 56: deteriorated on day 28. The
    second is at 40 only on the last day: censored then. The third recovers and dies on day 70:

    >>> rows = {"who": [1, 1, 2, 2, 3, 3], "day": [28, 56, 28, 56, 28, 56], "eq": [40, 38, 50, 40, 40, 50]}
    >>> frame = pd.DataFrame(rows | {"eq0": 50, "died": [None, None, None, None, 70, 70]})
    >>> columns = {"outcome": "eq", "participant": "who", "day": "day", "baseline": "eq0"}
    >>> sustained_deterioration(frame, **columns, margin=10, terminal_day="died").to_frame()
       participant  time  event  cause
    0            1  28.0      1      1
    1            2  56.0      0      0
    2            3  70.0      1      2
    """
    _refuse(margin, confirmations, terminal, terminal_within)
    if terminal_day is not None:
        frame = _until(frame, day, terminal_day, outcome)
    courses = score_courses(frame, outcome=outcome, participant=participant, day=day, death=terminal_day)
    start = each_ones(frame, baseline, participant)
    refuse_where(~np.isfinite(start), place("frame", baseline), start, "everyone has a baseline")
    later = courses.day > 0
    who, when = courses.who[later], courses.day[later]
    worse = (start[who] - courses.score[later]) * (1 if higher_is_better else -1)
    deteriorated = _first_sustained(who, when, reaches(worse, margin), confirmations, len(start))
    last = np.zeros(len(start))
    np.maximum.at(last, who, when)
    return SustainedDeterioration(
        float(margin), terminal, _times(courses, deteriorated, last, terminal, terminal_within)
    )


def _refuse(
    margin: float, confirmations: int | str, terminal: Terminal, terminal_within: float | None
) -> None:
    if not (is_number(margin) and np.isfinite(margin) and margin > 0):
        raise InputError("margin", repr(margin), "a number above 0")
    whole = isinstance(confirmations, int | np.integer) and not isinstance(confirmations, bool)
    if confirmations != "all" and not (whole and int(confirmations) >= 0):
        raise InputError("confirmations", repr(confirmations), 'a whole number, 0 or more, or "all"')
    if terminal not in get_args(Terminal):
        raise InputError("terminal", repr(terminal), f"choose one of {', '.join(get_args(Terminal))}")
    if terminal_within is not None and not (is_number(terminal_within) and terminal_within >= 0):
        raise InputError("terminal_within", repr(terminal_within), "a number of days, 0 or more")


def _until(frame: pd.DataFrame, day: str, terminal_day: str, outcome: str) -> pd.DataFrame:
    """Scores after the terminal event are of another state, a new liver: not looked at."""
    after = column_of(frame, day, "frame") > column_of(frame, terminal_day, "frame")
    return frame.assign(**{outcome: frame[outcome].mask(after)})


def _first_sustained(
    who: NDArray[np.intp], when: Floats, bad: NDArray[np.bool_], confirmations: int | str, people: int
) -> Floats:
    """The day of each participant's first bad score that enough others follow; infinite without one."""
    rows = np.arange(len(who))
    ends = np.searchsorted(who, who, side="right")
    # The next row, from each on, that is not bad: from behind, the least of those passed.
    next_good = np.minimum.accumulate(np.where(bad, len(who), rows)[::-1])[::-1] if len(who) else rows
    run = np.minimum(next_good, ends) - rows
    if confirmations == "all":
        sustained = bad & (next_good >= ends) & (run >= 2)
    else:
        sustained = bad & (run > int(confirmations))
    found = np.full(people, np.inf)
    np.minimum.at(found, who[sustained], when[sustained])
    return found


def _times(
    courses: ScoreCourses,
    deteriorated: Floats,
    last: Floats,
    terminal: Terminal,
    terminal_within: float | None,
) -> pd.DataFrame:
    within = np.inf if terminal_within is None else terminal_within
    ended = np.isfinite(courses.death) & (courses.death - last <= within) & np.isinf(deteriorated)
    if terminal == "censored":
        ended[:] = False
    cause = np.where(np.isfinite(deteriorated), 1, np.where(ended, 2, 0))
    return pd.DataFrame(
        {
            "participant": courses.participants,
            "time": np.select([cause == 1, cause == 2], [deteriorated, courses.death], last),
            "event": np.where(terminal == "event", cause > 0, cause == 1).astype(np.int64),
            "cause": cause,
        }
    )
