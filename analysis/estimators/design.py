"""Covariates as columns of numbers, as R's `model.matrix` makes them with treatment contrasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.levels import levels
from analysis.estimators.observations import Numbers, numbers

# Squares are summed: a number beyond this is a mistake, and would end as infinity.
HUGE = 1e100
A_TABLE = "give a frame with one column a covariate, or one value a row"


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """`matrix` (n, p); `terms` names its p columns as R does, `covariates` says what each is made of."""

    matrix: NDArray[np.float64]
    terms: tuple[str, ...]
    covariates: tuple[str, ...]

    def beside(self, other: Design) -> Design:
        """Both side by side, this one first."""
        return Design(
            np.hstack([self.matrix, other.matrix]),
            self.terms + other.terms,
            self.covariates + other.covariates,
        )

    def by(self, other: Design) -> Design:
        """Every column times every column of `other`, in R's order: this one's columns run fastest.

        >>> sex, age = design(pd.DataFrame({"sex": ["f", "m"]})), design(pd.DataFrame({"age": [40, 50]}))
        >>> product = sex.by(age)
        >>> product.terms, product.matrix.ravel().tolist()
        (('sexm:age',), [0.0, 50.0])
        """
        pairs = [(own, others) for others in range(len(other.terms)) for own in range(len(self.terms))]
        columns = [self.matrix[:, own] * other.matrix[:, others] for own, others in pairs]
        return Design(
            np.column_stack(columns) if columns else np.empty((len(self.matrix), 0)),
            tuple(f"{self.terms[own]}:{other.terms[others]}" for own, others in pairs),
            tuple(f"{self.covariates[own]}:{other.covariates[others]}" for own, others in pairs),
        )


def design(covariates: pd.DataFrame | Numbers, size: int | None = None) -> Design:
    """Columns of numbers as they are, true as 1; labels as one column for each level but the first.

    `covariates`: a frame with one column a covariate, or one Series or row of numbers. Levels come in the
    order of their categories, or sorted; those that no row has are left out. Numbers in a column of objects
    are numbers. Rows are taken by position.
    Raises InputError (a ValueError) naming the column and the row of what is missing, of a column that is
    the same in every row, and where there are not `size` rows.

    >>> found = design(pd.DataFrame({"age": [40, 50, 60], "stage": ["b", "a", "c"]}))
    >>> found.terms, found.matrix.tolist()
    (('age', 'stageb', 'stagec'), [[40.0, 1.0, 0.0], [50.0, 0.0, 0.0], [60.0, 0.0, 1.0]])
    """
    frame = _frame(covariates)
    if size is not None and len(frame) != size:
        raise InputError("covariates", f"{len(frame)} long", f"the data are {size} long")
    made = Design(np.empty((len(frame), 0)), (), ())
    for name in frame.columns:
        made = made.beside(_columns(str(name), frame[name]))
    return made


def columns_of(covariates: pd.DataFrame | Numbers | Design, size: int) -> Design:
    """The columns of a regression of `size` rows: at least one, made by `design` unless they are already."""
    found = covariates if isinstance(covariates, Design) else design(covariates, size)
    if len(found.matrix) != size:
        raise InputError("covariates", f"{len(found.matrix)} long", f"the data are {size} long")
    if not found.terms:
        raise InputError("covariates", "without a column", "a regression needs at least one")
    return found


def _frame(covariates: pd.DataFrame | Numbers) -> pd.DataFrame:
    if isinstance(covariates, pd.DataFrame):
        if not covariates.columns.is_unique:
            raise InputError("covariates", "a frame with a column twice", "each column has a name of its own")
        return covariates.reset_index(drop=True).infer_objects()
    if isinstance(covariates, pd.Series):
        name = "x" if covariates.name is None else str(covariates.name)
        return pd.DataFrame({name: covariates.reset_index(drop=True).infer_objects()})
    try:
        # As they are, if they are an array: a masked one keeps what is missing.
        held = covariates if isinstance(covariates, np.ndarray) else np.asarray(covariates)
    except ValueError as fault:  # rows of several lengths
        raise InputError("covariates", f"not a table ({fault})", A_TABLE) from fault
    if held.ndim not in {1, 2}:
        raise InputError("covariates", f"of type {type(covariates).__name__}", A_TABLE)
    if held.ndim == 2:
        return pd.DataFrame(held, columns=[f"x{place}" for place in range(1, held.shape[1] + 1)])
    return pd.DataFrame({"x": held}).infer_objects()


def _columns(name: str, values: pd.Series[Any]) -> Design:
    place = f"covariates[{name!r}]"
    refuse_where(values.isna().to_numpy(), place, values.to_numpy(dtype=object), "every row needs a value")
    if is_bool_dtype(values) or (
        is_numeric_dtype(values) and not isinstance(values.dtype, pd.CategoricalDtype)
    ):
        column = numbers(place, values)
        refuse_where(~(np.abs(column) < HUGE), place, column, "a number is finite, and its square too")
        matrix = column[:, None]
        terms: tuple[str, ...] = (name,)
        constant = len(column) > 0 and bool((column == column[0]).all())
    else:
        try:
            codes, found = levels(values)
        except TypeError as fault:
            raise InputError(place, f"not of one kind ({fault})", "give numbers, or labels") from fault
        matrix = (codes[:, None] == np.arange(1, len(found))).astype(np.float64)
        terms = tuple(f"{name}{level}" for level in found[1:])
        constant = len(found) == 1
    if constant:
        raise InputError(
            place, f"{values.iloc[:1].tolist()[0]!r} in every row", "a covariate differs between rows"
        )
    return Design(matrix, terms, (name,) * len(terms))
