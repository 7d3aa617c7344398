"""Data from which a mean by arm and visit cannot be estimated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError
from analysis.estimators.mixed.records import Records, column
from analysis.estimators.observations import Floats, Grouping

# A variance of residuals this small beside that of the outcome is 0 up to rounding.
NO_VARIANCE = 1e-12
# What is left of a column's square after the columns before it, beside the whole: rounding leaves 1e-15.
DEPENDENT = 1e-10


def refuse_visits(rows: Records, visit: Grouping, *, visit_name: str, arm_name: str) -> None:
    """Refuse a participant with a visit twice, and an arm of which no one has an outcome at a visit."""
    twice = pd.DataFrame({"who": rows.participant.codes, "visit": visit.codes}).duplicated().to_numpy()
    if twice.any():
        place = int(np.argmax(twice))
        whose = rows.participant.labels[rows.participant.codes[place]]
        raise InputError(
            column(visit_name),
            visit.labels[visit.codes[place]],
            f"participant {whose} has an outcome there already, and a visit has one",
            row=int(rows.row[place]),
        )
    count = np.zeros((len(rows.arm.labels), len(visit.labels)), dtype=np.intp)
    np.add.at(count, (rows.arm.codes, visit.codes), 1)
    for arm, at in np.argwhere(count == 0):
        raise InputError(
            column(visit_name),
            f"{visit.labels[at]} in no row with an outcome of {arm_name} {rows.arm.labels[arm]}",
            "each arm needs an outcome at each visit (rows of a visit can be left out)",
        )


def refuse_one_arm(arms: Sequence[object], name: str) -> None:
    """Refuse to compare what is one arm alone; `name` is what the frame calls it."""
    if len(arms) < 2:
        raise InputError(name, f"{arms[0]} in every row", "at least two arms are needed")


def refuse_dependent(information: Floats, terms: Sequence[str]) -> None:
    """Refuse columns of which one is a combination of those before it; `information` (p, p) is X'X."""
    left, size = information.copy(), np.diag(information).copy()
    for place, term in enumerate(terms):
        if left[place, place] <= DEPENDENT * size[place]:
            raise InputError(
                "covariates",
                f"such that the term {term} is a combination of those before it",
                "each term says something new of the rows with an outcome",
            )
        left -= np.outer(left[:, place], left[place]) / left[place, place]


def refuse_explained(variance: float, place: object) -> None:
    """Refuse residuals without a `variance`, where that of the outcome is 1."""
    if variance < NO_VARIANCE:
        raise InputError("outcome", f"explained wholly {place}", "outcomes vary beyond what explains them")
