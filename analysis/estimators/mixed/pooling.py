"""Participants pooled by the visits at which they have an outcome."""

from __future__ import annotations

import numpy as np

from analysis.estimators.mixed.moments import Moments
from analysis.estimators.mixed.records import Records
from analysis.estimators.observations import Floats, Grouping


def visit_moments(rows: Records, visit: Grouping, outcome: Floats, selection: Floats) -> Moments:
    """The sums of products of `outcome` (N,) and of what `selection` (T, m, p) makes the columns from."""
    n, positions, m = len(rows.participant.labels), len(visit.labels), selection.shape[1]
    place = (rows.participant.codes, visit.codes)
    seen, y = np.zeros((n, positions), dtype=bool), np.zeros((n, positions))
    seen[place], y[place] = True, outcome
    patterns, pattern, count = np.unique(seen, axis=0, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(pattern, kind="stable"), np.cumsum(count)[:-1])
    together = np.hstack([_values(rows, visit, m), y])
    products = np.array([together[own].T @ together[own] for own in members])
    width = together.shape[1] - positions
    places = width // m
    zz = products[:, :width, :width].reshape(-1, places, m, places, m)
    zy = products[:, :width, width:].reshape(-1, places, m, positions)
    return Moments(
        count=count.astype(np.float64),
        seen=patterns,
        zz=np.ascontiguousarray(zz.transpose(1, 3, 0, 2, 4)),
        zy=np.ascontiguousarray(zy.transpose(1, 3, 0, 2)),
        yy=products[:, width:, width:],
        selection=selection,
    )


def _values(rows: Records, visit: Grouping, m: int) -> Floats:
    """The values of each participant (n, m), or (n, T m) where a covariate changes between visits."""
    n, who = len(rows.participant.labels), rows.participant.codes
    values = np.column_stack([np.ones(len(who)), rows.scaled_covariates, rows.arm_columns])
    constant = np.zeros((n, m))
    constant[who] = values
    if (constant[who] == values).all():
        return constant
    by_visit = np.zeros((n, len(visit.labels), m))
    by_visit[who, visit.codes] = values
    return by_visit.reshape(n, -1)
