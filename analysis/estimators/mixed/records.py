"""The rows of a frame of repeated measurements, checked once for both mixed models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from analysis.estimators.design import Design, design
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.levels import levels
from analysis.estimators.observations import Floats, Grouping, numbers


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """N rows with an outcome; `left_out` counts those without, `row` (N,) is where each was in the frame.

    `centre` and `scale` make of each column of the covariates numbers of moderate size (0 and 1, which change
    nothing, for the columns of a factor). `typical` is where least-squares means take them: a number at its
    mean, the levels of a factor weighing equally.
    """

    row: NDArray[np.intp]
    left_out: int
    outcome: Floats
    participant: Grouping
    arm: Grouping
    covariates: Design
    centre: Floats
    scale: Floats
    typical: Floats

    @property
    def scaled_covariates(self) -> Floats:
        """The covariates' columns (N, c), centred and scaled."""
        found: Floats = (self.covariates.matrix - self.centre) / self.scale
        return found

    @property
    def arm_columns(self) -> Floats:
        """One column of ones and zeros for each arm but the first."""
        found: Floats = (self.arm.codes[:, None] == np.arange(1, len(self.arm.labels))).astype(np.float64)
        return found


def records(
    frame: pd.DataFrame, *, outcome: str, participant: str, arm: str, covariates: Sequence[str]
) -> Records:
    """Check the columns and leave out the rows without an outcome. Raises InputError (a ValueError)."""
    for argument, name in [("outcome", outcome), ("participant", participant), ("arm", arm)]:
        refuse_unknown(frame, argument, name)
    for name in covariates:
        refuse_unknown(frame, "covariates", name)
    values = numbers(column(outcome), frame[outcome])
    kept = ~np.isnan(values)
    refuse_where(np.isinf(values), column(outcome), values, "a number is finite")
    if not kept.any() or np.ptp(values[kept]) == 0:
        found = values[kept][0] if kept.any() else "missing"
        raise InputError(column(outcome), f"{found} in every row", "outcomes differ between rows")
    who, arms = labels(frame, participant, kept), labels(frame, arm, kept)
    row = np.flatnonzero(kept)
    _refuse_two_arms(who, arms, arm, row)
    columns, centre, scale, typical = _covariates(frame, list(covariates), kept)
    return Records(row, len(frame) - len(row), values[kept], who, arms, columns, centre, scale, typical)


def names(argument: str, given: Sequence[str] | None) -> tuple[str, ...]:
    """The names once each; one name alone will do, and None for no name."""
    if given is None or isinstance(given, str):
        return () if given is None else (given,)
    try:
        return tuple(dict.fromkeys(given))
    except TypeError as fault:
        raise InputError(argument, repr(given), "give the names of columns of the frame") from fault


def column(name: str) -> str:
    """How a refusal names a column of the frame."""
    return f"frame[{name!r}]"


def refuse_unknown(frame: pd.DataFrame, argument: str, name: str) -> None:
    """Refuse a name that is not that of one column."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError("frame", f"of type {type(frame).__name__}", "give a frame with named columns")
    if list(frame.columns).count(name) != 1:
        raise InputError(argument, repr(name), "give the name of one column of the frame")


def labels(frame: pd.DataFrame, name: str, kept: NDArray[np.bool_]) -> Grouping:
    """The labels of the rows kept, sorted or in the order of their categories; none may be missing."""
    refuse_missing(frame, name, kept)
    try:
        codes, found = levels(frame.loc[kept, name])
    except TypeError as fault:
        raise InputError(column(name), f"not of one kind ({fault})", "labels can be sorted") from fault
    return Grouping(codes, tuple(found))


def refuse_missing(frame: pd.DataFrame, name: str, kept: NDArray[np.bool_]) -> None:
    """Refuse a value that is missing in a row that is kept."""
    missing = kept & frame[name].isna().to_numpy()
    refuse_where(missing, column(name), frame[name].to_numpy(dtype=object), "a row with an outcome needs one")


def _refuse_two_arms(who: Grouping, arms: Grouping, name: str, row: NDArray[np.intp]) -> None:
    first = np.zeros(len(who.labels), dtype=np.intp)
    first[who.codes[::-1]] = arms.codes[::-1]
    moved = arms.codes != first[who.codes]
    if moved.any():
        place = int(np.argmax(moved))
        raise InputError(
            column(name),
            arms.labels[arms.codes[place]],
            f"participant {who.labels[who.codes[place]]} has another arm before, and has one",
            row=int(row[place]),
        )


def _covariates(
    frame: pd.DataFrame, names: list[str], kept: NDArray[np.bool_]
) -> tuple[Design, Floats, Floats, Floats]:
    for name in names:
        refuse_missing(frame, name, kept)
    given = frame.loc[kept, names].infer_objects()  # as `design` takes them
    columns = design(given, int(kept.sum()))
    centre, scale = np.zeros(len(columns.terms)), np.ones(len(columns.terms))
    typical = np.zeros(len(columns.terms))
    for name in names:
        own = np.array([covariate == name for covariate in columns.covariates], dtype=bool)
        if _is_number(given[name]):
            values = columns.matrix[:, own]
            centre[own], scale[own], typical[own] = values.mean(), values.std(), values.mean()
        else:
            typical[own] = 1 / (own.sum() + 1)
    return columns, centre, scale, typical


def _is_number(given: pd.Series[Any]) -> bool:
    return is_numeric_dtype(given) and not (
        is_bool_dtype(given) or isinstance(given.dtype, pd.CategoricalDtype)
    )
