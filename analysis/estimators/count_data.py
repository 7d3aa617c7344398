"""Counts of events in person-time and what they are explained by, checked once for every model of rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.contrasts import place_of
from analysis.estimators.design import Design, design
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.observations import Floats, Grouping, Labels, Numbers, are_counts, grouping, numbers


@dataclass(frozen=True, slots=True, eq=False)
class CountData:
    """One row a participant (or what else was observed), without those whose time is 0.

    `reference` is the place of the group that the others are compared with; `explained` has a column for each
    other group, then those of the covariates.
    """

    count: NDArray[np.int64]
    person_time: Floats
    group: Grouping
    reference: int
    explained: Design

    def totals(self) -> tuple[NDArray[np.int64], Floats]:
        """Events and person-time of each group."""
        groups = len(self.group.labels)
        events = np.bincount(self.group.codes, self.count, minlength=groups).astype(np.int64)
        time = np.bincount(self.group.codes, self.person_time, minlength=groups)
        return events, time.astype(np.float64)  # floats already: numpy's types do not know it


def count_data(
    count: Numbers,
    person_time: Numbers,
    group: Labels,
    *,
    covariates: pd.DataFrame | Numbers | None,
    reference: object,
) -> CountData:
    """Check the data; `reference` None is the first group, by name or by the order of categories.

    Raises InputError (a ValueError) naming the argument and the row: of an event in no time, say.
    """
    events = numbers("count", count)
    time = numbers("person_time", person_time, len(events), "count")
    refuse_where(~are_counts(events), "count", events, "a whole number")
    refuse_where(~(np.isfinite(time) & (time >= 0)), "person_time", time, "a number, 0 or more")
    refuse_where((time == 0) & (events > 0), "person_time", time, "no event happens in no time")
    observed = time > 0
    if not observed.any():
        raise InputError("person_time", "0 in every row", "someone must have been observed")
    arms = grouping("group", group, observed, "count")
    place = 0 if reference is None else place_of(reference, arms.labels)
    if len(arms.labels) < 2:
        raise InputError("group", f"{arms.labels[0]!r} in every row", "at least two groups are needed")
    explained = _group_columns(group, arms, place)
    if covariates is not None:
        others = design(covariates, len(events))
        explained = explained.beside(Design(others.matrix[observed], others.terms, others.covariates))
    return CountData(events[observed].astype(np.int64), time[observed], arms, place, explained)


def _group_columns(given: Labels, arms: Grouping, reference: int) -> Design:
    """A column for each group but the reference, named as R names the levels of a factor."""
    named = given.name if isinstance(given, pd.Series) and given.name is not None else "group"
    others: list[Any] = [code for code in range(len(arms.labels)) if code != reference]
    matrix = (arms.codes[:, None] == np.array(others)).astype(np.float64)
    return Design(
        matrix, tuple(f"{named}{arms.labels[code]}" for code in others), (str(named),) * len(others)
    )
