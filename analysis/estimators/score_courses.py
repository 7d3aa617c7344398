"""Scores on days: the course of each participant, sorted, with the day of death where one is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.frame_columns import column_of, held, place
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.levels import levels
from analysis.estimators.observations import Floats, Grouping, grouping


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCourses:
    """Rows with a score, sorted: `who` points into `participants`; `death` is infinite without one."""

    who: NDArray[np.intp]
    day: Floats
    score: Floats
    participants: NDArray[Any]
    arm: Grouping
    death: Floats

    @property
    def last_row(self) -> NDArray[np.intp]:
        """The row of each participant's last score, -1 without any."""
        rows = np.full(len(self.participants), -1, dtype=np.intp)
        rows[self.who] = np.arange(len(self.who))
        return rows


def score_courses(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    day: str,
    arm: str | None = None,
    death: str | None = None,
) -> ScoreCourses:
    """Read a long frame, whose columns are given by name; everyone who has a row is a participant.

    Raises InputError (a ValueError) for columns and rows that cannot be used.
    """
    labels = held(frame, participant, "frame")
    if frame.empty:
        raise InputError("frame", "empty", "at least one row is needed")
    refuse_where(
        labels.isna().to_numpy(),
        place("frame", participant),
        labels.to_numpy(dtype=object),
        "no label is missing",
    )
    who, participants = levels(labels)
    first = np.unique(who, return_index=True)[1]
    when, score = column_of(frame, day, "frame"), column_of(frame, outcome, "frame")
    refuse_where(~np.isfinite(when), place("frame", day), when, "every row has its day, a number")
    refuse_where(np.isinf(score), place("frame", outcome), score, "a number, or nothing where it is missing")
    died = np.full(len(first), np.inf) if death is None else _deaths(frame, death, participant)
    after = ~np.isnan(score) & (when > died[who])
    refuse_where(after, place("frame", day), when, "there is no score after death")
    order = np.lexsort((when, who))
    order = order[~np.isnan(score[order])]
    twice = (np.diff(who[order]) == 0) & (np.diff(when[order]) == 0)
    refuse_where(twice, place("frame", day), when[order], "one score a participant and day")
    arms = None if arm is None else _one_label(frame, arm, who, first)
    everyone = np.ones(len(first), dtype=bool)
    return ScoreCourses(
        who=who[order],
        day=when[order],
        score=score[order],
        participants=np.asarray(participants),
        arm=grouping("arm", arms, everyone),
        death=died,
    )


def each_ones(frame: pd.DataFrame, column: str, participant: str) -> Floats:
    """A number that is the same in all of a participant's rows, or missing in all: one a participant."""
    who, _ = levels(held(frame, participant, "frame"))
    values = column_of(frame, column, "frame")
    each = values[np.unique(who, return_index=True)[1]]
    differs = (values != each[who]) & ~(np.isnan(values) & np.isnan(each[who]))
    refuse_where(differs, place("frame", column), values, "one value a participant")
    return each


def _deaths(frame: pd.DataFrame, column: str, participant: str) -> Floats:
    """The day of each participant's death, infinite where it is missing."""
    days = each_ones(frame, column, participant)
    refuse_where(days < 0, place("frame", column), days, "a day from 0 on, or nothing")
    return np.where(np.isnan(days), np.inf, days)


def _one_label(
    frame: pd.DataFrame, column: str, who: NDArray[np.intp], first: NDArray[np.intp]
) -> pd.Series[Any]:
    labels = held(frame, column, "frame").reset_index(drop=True)
    given = labels.to_numpy(dtype=object)
    refuse_where(labels.isna().to_numpy(), place("frame", column), given, "each row needs an arm")
    refuse_where(given != given[first][who], place("frame", column), given, "one value a participant")
    return labels.iloc[first]
