"""Reading a survival curve, as R does: when it falls to a level, and where it stands at given times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.estimators.observations import Floats

# R's sqrt(.Machine$double.eps): a step this close to the level counts as resting on it.
RESTING = 1.5e-8


def crossing_time(curve: pd.DataFrame, column: str, share: float) -> float:
    """The first time at which `column` (survival or a limit) is below 1 - share; NaN if it never is.

    A step that rests at 1 - share gives its middle: halfway to the next fall, or to the end of the curve if
    it is the last. A limit may rise again where few are left; then, as R, the level nearest beyond 1 - share
    is taken, not the first.
    """
    defined = curve.dropna(subset=[column])
    time, fallen = defined["time"].to_numpy(), 1 - defined[column].to_numpy()
    reached = _nearest(time, fallen, share - RESTING)
    passed = _nearest(time, fallen, share + RESTING)
    rests_to_the_end = bool(curve[column].notna().iloc[-1]) and abs(fallen[-1] - share) < RESTING
    return (reached + (curve["time"].iloc[-1] if rests_to_the_end else passed)) / 2


def _nearest(time: Floats, fallen: Floats, share: float) -> float:
    """The time of the smallest fall of at least `share` (the first of equal ones); NaN if there is none."""
    beyond = np.where(fallen >= share, fallen, np.inf)
    if not np.isfinite(beyond).any():
        return float("nan")
    return float(time[np.argmin(beyond)])


def curve_at(
    curve: pd.DataFrame,
    times: Floats,
    *,
    start: Mapping[str, float],
    summed: Sequence[str] = ("events", "censored"),
    kept: Sequence[str] = ("group",),
) -> pd.DataFrame:
    """The curve at sorted `times`, with its own columns; times after its last one are left out.

    `start` names the columns of a step curve and where each begins; `summed` those that count since the
    previous time; `kept` those that are the same in every row.
    """
    step = curve["time"].to_numpy()
    times = times[times <= step[-1]]
    passed, coming = np.searchsorted(step, times, side="right"), np.searchsorted(step, times, side="left")
    found = {name: curve[name].iloc[0] for name in kept}
    found |= {"time": times, "at_risk": curve["at_risk"].to_numpy()[coming]}
    for name in summed:
        found[name] = np.diff(np.concatenate([[0], curve[name].to_numpy().cumsum()])[passed], prepend=0)
    for name, at_start in start.items():
        found[name] = np.concatenate([[at_start], curve[name].to_numpy()])[passed]
    return pd.DataFrame(found)
