"""The area under each participant's scores over time, to a horizon or as long as they were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.input_error import InputError, is_number
from analysis.estimators.mean_differences import MeanDifferences, mean_differences
from analysis.estimators.observations import Floats, Grouping
from analysis.estimators.score_courses import ScoreCourses, score_courses

Measure: TypeAlias = Literal["area", "average", "last"]
ESTIMANDS = {
    "area": "Mean area under the score",
    "average": "Mean of the average score while seen",
    "last": "Mean of the last score seen",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AreaUnderCurve:
    """One area a participant, as `area_under_curve` returns them."""

    horizon: float | None
    arm: Grouping
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a participant: participant, arm, start, end, area, average, last.

        `start` and `end`: from when to when the score is known; `area` between them, NaN where it is not
        known from 0 to the horizon; `average`: the area between them by its length (the score itself, where
        there is one only); `last`: the last score until `end`. All NaN for who has no score in that time.
        """
        return self._frame.copy()

    def contrast(
        self, reference: object, *, measure: Measure = "area", conf_level: float = 0.95
    ) -> MeanDifferences:
        """Compare the mean area (or average, or last score) of each arm with the reference's (Welch).

        Participants without it are left out. Areas are compared over the same time: they need a horizon.
        """
        if measure not in get_args(Measure):
            raise InputError("measure", repr(measure), f"choose one of {', '.join(get_args(Measure))}")
        if measure == "area" and self.horizon is None:
            raise InputError(
                "measure", "'area' without a horizon", "areas over different times do not compare"
            )
        return mean_differences(
            self._frame[measure].to_numpy(),
            self.arm,
            reference=reference,
            conf_level=conf_level,
            estimand=ESTIMANDS[measure],
        )

    def __repr__(self) -> str:
        """For people: how many areas are known, and their mean, by arm."""
        found = self._frame.groupby("arm", sort=False, observed=True)
        columns = {
            "participants": ("participant", "size"),
            "known": ("area", "count"),
            "mean": ("area", "mean"),
        }
        to = "each one's last score" if self.horizon is None else f"day {self.horizon:g}"
        return f"Area under the score to {to}\n{found.agg(**columns).reset_index().to_string(index=False)}"


def area_under_curve(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    day: str,
    arm: str | None = None,
    horizon: float | None = None,
    death: str | None = None,
    at_death: float | None = None,
) -> AreaUnderCurve:
    """Join each participant's scores by straight lines, and take the area below from day 0 on (trapezoids).

    `frame`: long, one row a participant and day (days count from the origin and may be negative, before it),
    columns given by name; rows without a score are passed over. The line is cut at day 0 and at `horizon`,
    where there is one; an area to a horizon is known only of those whose scores reach from day 0 to it, and
    is not guessed for others: impute them before, or compare averages. Without a horizon it ends at the last
    score.

    `death` names the day of death (missing: alive); a score after it is refused. With `at_death`, the score
    that death counts as (0 for a utility), the last score holds until the day of death and `at_death` from
    then to the horizon, so that the area of everyone who died before it is known if it begins at day 0: a
    composite of score and survival, as quality-adjusted life time is. Without `at_death` the curve of the
    dead ends with their last score: `average` and `last` then describe scores while alive.

    Raises InputError (a ValueError): columns that are missing, a day or score that is no number, two scores
    on one day, a score after death.

    60 on day -10, 40 on day 10 and 20 on day 30: 50 on day 0, and to day 20, where the line is at 30, an area
    of (50 + 40)/2 * 10 + (40 + 30)/2 * 10. Another has 80 on day 0, dies on day 10 and counts as 0 then:

    >>> scores = {"who": [1, 1, 1, 2], "day": [-10, 10, 30, 0], "eq": [60, 40, 20, 80]}
    >>> frame = pd.DataFrame(scores | {"died": [None, None, None, 10]})
    >>> columns = {"outcome": "eq", "participant": "who", "day": "day", "death": "died"}
    >>> area_under_curve(frame, **columns, horizon=20, at_death=0).to_frame()
       participant  arm  start   end   area  average  last
    0            1  all    0.0  20.0  800.0     40.0  40.0
    1            2  all    0.0  20.0  800.0     40.0   0.0
    """
    if horizon is not None and not (is_number(horizon) and 0 < horizon < np.inf):
        raise InputError("horizon", repr(horizon), "a number above 0")
    if at_death is not None and (horizon is None or death is None or not is_number(at_death)):
        raise InputError("at_death", repr(at_death), "a number, with the day of `death` and a `horizon`")
    courses = score_courses(frame, outcome=outcome, participant=participant, day=day, arm=arm, death=death)
    who, when, score = courses.who, courses.day, courses.score
    if at_death is not None and horizon is not None:
        who, when, score = _with_death(courses, float(at_death), horizon)
    end = np.inf if horizon is None else float(horizon)
    return AreaUnderCurve(horizon, courses.arm, _areas(courses, who, when, score, end))


def _with_death(
    courses: ScoreCourses, at_death: float, horizon: float
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """The courses of the dead held to their day of death, and then what death counts as, to the horizon."""
    last = courses.last_row
    dead = np.flatnonzero((last >= 0) & (courses.death < horizon))
    died = courses.death[dead]
    held = courses.score[last[dead]]
    fixed = np.full(len(dead), at_death)
    return (
        np.concatenate([courses.who, dead, dead, dead]),
        np.concatenate([courses.day, died, died, np.full(len(dead), horizon)]),
        np.concatenate([courses.score, held, fixed, fixed]),
    )


def _areas(
    courses: ScoreCourses, who: NDArray[np.intp], when: Floats, score: Floats, horizon: float
) -> pd.DataFrame:
    people = len(courses.participants)
    # Stable: at a death the score held comes before what death counts as, on the same day.
    order = np.lexsort((np.arange(len(when)), when, who))
    who, when, score = who[order], when[order], score[order]
    joined = who[1:] == who[:-1]
    length = np.where(joined, np.diff(when), 1)
    slope = np.divide(np.diff(score), length, out=np.zeros(len(length)), where=length > 0)
    begin, stop = np.maximum(when[:-1], 0), np.minimum(when[1:], horizon)
    inside = joined & (stop > begin)
    middle = score[:-1] + slope * ((begin + stop) / 2 - when[:-1])
    area = np.bincount(who[:-1][inside], (middle * (stop - begin))[inside], minlength=people)
    first, final = (np.full(people, np.nan) for _ in range(2))
    np.fmin.at(first, who, when)
    np.fmax.at(final, who, when)
    start, end = np.maximum(first, 0), np.minimum(final, horizon)
    seen = start <= end
    last = _last_until(people, who, when, score, end)
    alone = seen & (start == end)
    average = np.divide(area, end - start, out=np.where(alone, last, np.nan), where=seen & ~alone)
    whole = seen if np.isinf(horizon) else seen & (start == 0) & (end == horizon)
    return pd.DataFrame(
        {
            "participant": courses.participants,
            "arm": np.array(courses.arm.labels, dtype=object)[courses.arm.codes],
            "start": np.where(seen, start, np.nan),
            "end": np.where(seen, end, np.nan),
            "area": np.where(whole, area, np.nan),
            "average": average,
            "last": np.where(seen, last, np.nan),
        }
    )


def _last_until(people: int, who: NDArray[np.intp], when: Floats, score: Floats, end: Floats) -> Floats:
    """Each one's last score no later than an end of their own; NaN without any."""
    found = np.full(people, np.nan)
    passed = when <= end[who]
    found[who[passed]] = score[passed]  # sorted by day: the last one written stays
    return found
