"""Where the likelihood of a line for each participant is highest, also if that is at the edge of its D."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from analysis.estimators.mixed.lines import Lines
from analysis.estimators.mixed.newton import Maximum, NotConvergedError, maximum
from analysis.estimators.mixed.reml import derivatives
from analysis.estimators.observations import Floats

# Where to look at the edge: for lines through one point, now, earlier, later, or never (parallel).
DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))
# How fast the deviance must grow inwards: less than this is rounding, or a flat ridge.
FALLING = 1e-6


def line_maximum(made: Lines, start: Floats) -> tuple[Maximum, Floats]:
    """The maximum, and D there (2, 2): inside what is a covariance, or else at its edge, where D = ll'."""
    try:
        found = maximum(made.data, made.model, start)
    except NotConvergedError as failure:
        edge = _edge(made, start)
        if edge is None:
            raise failure from None
        return edge, np.outer(edge.point.theta[:2], edge.point.theta[:2])
    return found, found.point.theta[[0, 1, 1, 2]].reshape(2, 2)


def _edge(made: Lines, start: Floats) -> Maximum | None:
    """The maximum at the edge, if the likelihood falls from there into what is a covariance."""
    found: list[Maximum] = []
    for direction in DIRECTIONS:
        with suppress(NotConvergedError):
            l_and_variance = np.append(np.sqrt(start[0]) * np.array(direction), start[3])
            found.append(maximum(made.data, made.rank_one_model, l_and_variance))
    if not found:
        return None
    best = min(found, key=lambda each: each.point.deviance)
    one, two, variance = best.point.theta
    linear = made.model(np.array([one**2, one * two, two**2, variance]))
    gradient = derivatives(made.data, replace(best.point, covariance=linear)).gradient
    inwards = np.array([two**2, -one * two, one**2, 0]) / (one**2 + two**2)
    return best if inwards @ gradient > FALLING else None
