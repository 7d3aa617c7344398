"""Repeated scores as a table: one row a participant, one column a visit, and who was alive to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from analysis.estimators.design import Design, design
from analysis.estimators.frame_columns import column_of, held, place
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ScoreGrid:
    """`score` (n, visits), NaN where there is none; `alive` (n, visits); `baseline` (n, p) covariates.

    `participants` (n,) and `arm` (n,) in the order of `participants`, which are sorted, as are `visits`
    (or in the order of their categories).
    """

    score: Floats
    alive: NDArray[np.bool_]
    participants: NDArray[Any]
    visits: tuple[Any, ...]
    arm: NDArray[Any]
    baseline: Design

    @property
    def last_seen(self) -> NDArray[np.intp]:
        """How many visits there are up to each one's last score, that one included; 0 without any."""
        seen = ~np.isnan(self.score)
        return np.where(seen.any(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1), 0)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Where someone was alive and gave no score."""
        return np.isnan(self.score) & self.alive


def score_grid(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    visit: str,
    arm: str,
    dead: str | None,
    covariates: Sequence[str] = (),
) -> ScoreGrid:
    """Read a long frame, one row a participant and visit; columns are given by name.

    Rows that are not there are visits missed, but only where nobody died (`dead` is None): with deaths every
    participant needs a row for each visit, or one could not tell who was dead from who was not asked.
    Raises InputError (a ValueError) naming the column and the row.
    """
    if not isinstance(covariates, list | tuple):
        raise InputError("covariates", repr(covariates), "a list of columns")
    for name in (participant, visit, arm):
        labels = held(frame, name, "frame")
        refuse_where(
            labels.isna().to_numpy(),
            place("frame", name),
            labels.to_numpy(dtype=object),
            "no label is missing",
        )
    if frame.empty:
        raise InputError("frame", "empty", "at least one row is needed")
    _refuse_unordered(frame[visit], visit)
    row, participants = pd.factorize(frame[participant], sort=True)
    column, visits = pd.factorize(frame[visit], sort=True)
    twice = pd.Series(row * len(visits) + column).duplicated().to_numpy()
    refuse_where(twice, "frame", row, "there is one row a participant and visit")
    shape = (len(participants), len(visits))
    score, alive = np.full(shape, np.nan), np.ones(shape, dtype=bool)
    score[row, column] = _scores(frame, outcome)
    if dead is not None:
        alive = _alive(frame, dead, row, column, shape)
        after = ~np.isnan(score[row, column]) & ~alive[row, column]
        refuse_where(after, place("frame", outcome), frame[outcome].to_numpy(), "nobody answers after death")
    of_first_row = np.unique(row, return_index=True)[1]
    for name in (arm, *covariates):
        _refuse_change(frame, name, row, of_first_row)
    return ScoreGrid(
        score=score,
        alive=alive,
        participants=np.asarray(participants),
        visits=tuple(visits),
        arm=frame[arm].iloc[of_first_row].to_numpy(),
        baseline=_baseline(frame, covariates, of_first_row),
    )


def _refuse_unordered(visits: pd.Series[Any], column: str) -> None:
    """Words have no order that anyone means: "w10" would come before "w4"."""
    if not (is_numeric_dtype(visits) or isinstance(visits.dtype, pd.CategoricalDtype)):
        found = f"of type {visits.dtype}"
        raise InputError(place("frame", column), found, "visits are numbers, or categories in their order")


def _scores(frame: pd.DataFrame, outcome: str) -> Floats:
    score = column_of(frame, outcome, "frame")
    refuse_where(np.isinf(score), place("frame", outcome), score, "a number, or nothing where it is missing")
    return score


def _alive(
    frame: pd.DataFrame,
    dead: str,
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    shape: tuple[int, int],
) -> NDArray[np.bool_]:
    """False from the first visit on at which someone was dead."""
    flag = column_of(frame, dead, "frame")
    refuse_where((flag != 0) & (flag != 1), place("frame", dead), flag, "1 or true: dead at this visit")
    known = np.full(shape, np.nan)
    known[row, column] = flag
    for one, at in np.argwhere(np.isnan(known))[:1]:
        found = f"without a row for participant {one} and visit {at} (from 0, sorted)"
        raise InputError("frame", found, f"with {dead!r} every participant has a row for each visit")
    risen = (known[:, :-1] == 1) & (known[:, 1:] == 0)
    refuse_where(risen.any(axis=1), place("frame", dead), known, "who is dead stays dead")
    return np.asarray(known == 0)


def _refuse_change(
    frame: pd.DataFrame, name: str, row: NDArray[np.intp], of_first_row: NDArray[np.intp]
) -> None:
    values = held(frame, name, "frame")
    first = values.iloc[of_first_row].to_numpy()[row]
    same = (values.to_numpy() == first) | (values.isna().to_numpy() & pd.isna(first))
    refuse_where(
        ~np.asarray(same, dtype=bool), place("frame", name), values.to_numpy(), "one value a participant"
    )


def _baseline(frame: pd.DataFrame, covariates: Sequence[str], of_first_row: NDArray[np.intp]) -> Design:
    if not covariates:
        return Design(np.empty((len(of_first_row), 0)), (), ())
    return design(frame[list(covariates)].iloc[of_first_row])
