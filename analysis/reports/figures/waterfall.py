"""A waterfall: each participant's change of score, from the worst to the best, and who has none."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from analysis.estimators.meaningful_difference import reaches
from analysis.reports.figures.drawing import COLOURS, GREY, INK, RULE, paper, svg

BETTER, WORSE, BETWEEN = COLOURS[0], COLOURS[1], "#b8c2c7"
Floats = NDArray[np.float64]
WIDTH, PANEL = 8.2, 2.15  # inches
BARS = 300
"""Of more changes in an arm a bar is the median of neighbours, as wide as they are many."""


def waterfall_figure(
    changes: pd.DataFrame,
    names: Mapping[str, str],
    words: Mapping[str, str],
    *,
    margin: float,
    name: str,
    title: str,
    description: str,
) -> str:
    """`changes` have group, change and status (scored, dead, missing), a row a participant.

    One panel an arm, all as wide as the largest; lines at the margin that matters. `words` are axis, better,
    worse, between, missing, and dead where anyone can be.
    """
    groups = [group for group in names if group in set(changes["group"])]
    known = changes.loc[changes["status"] == "scored", "change"].abs()
    reach = max(float(known.max()) if len(known) else 0.0, 1.5 * margin) * 1.08
    most = int(changes["group"].value_counts().max())
    height = 0.6 + PANEL * len(groups)
    with paper(WIDTH, height) as figure:
        for place, group in enumerate(groups):
            bottom = height - 0.6 - PANEL * (place + 1) + 0.15
            axes = figure.add_axes((0.085, bottom / height, 0.9, (PANEL - 0.5) / height))
            own = changes[changes["group"] == group]
            _panel(axes, own, margin)
            axes.set_title(f"{names[group]} (n = {len(own)})", size=9.5, pad=4)
            axes.set_xlim(-0.7, most - 0.3)
            axes.set_ylim(-reach, reach)
        figure.supylabel(words["axis"], size=9, x=0.008)
        figure.legend(handles=_handles(words), ncols=5, bbox_to_anchor=(0.0, 1 - 0.26 / height), **_LEGEND)
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        return svg(figure, name=name, title=title, description=description)


_LEGEND: dict[str, Any] = {
    "loc": "upper left",
    "frameon": False,
    "fontsize": 8.5,
    "handlelength": 1.1,
    "columnspacing": 1.2,
}


def _panel(axes: Axes, own: pd.DataFrame, margin: float) -> None:
    """The dead first, then changes from the worst to the best, then those without a score."""
    changes = np.sort(own.loc[own["status"] == "scored", "change"].to_numpy(dtype=float))
    dead, missing = (int((own["status"] == status).sum()) for status in ("dead", "missing"))
    at = dead + np.arange(len(changes), dtype=float)
    better, worse = reaches(changes, margin), reaches(-changes, margin)
    for which, colour in ((better, BETTER), (worse, WORSE), (~better & ~worse, BETWEEN)):
        middle, height, width = bars(at[which], changes[which], of=len(changes))
        axes.bar(middle, height, width=width, color=colour, linewidth=0)
    _unchanged(axes, at[changes == 0])
    if dead:
        axes.axvspan(-0.5, dead - 0.5, color=INK, alpha=0.82, linewidth=0)
    if missing:
        first = dead + len(changes) - 0.5
        axes.axvspan(first, first + missing, facecolor="white", edgecolor=RULE, hatch="////", linewidth=0)
    axes.axhline(0, color=INK, linewidth=0.8)
    for limit in (-margin, margin):
        axes.axhline(limit, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    axes.grid(axis="y")
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def bars(at: Floats, changes: Floats, *, of: int) -> tuple[Floats, Floats, Floats]:
    """Middle, height and width of the bars of one colour, in an arm with `of` changes.

    >>> [each.tolist() for each in bars(np.arange(2.0), np.array([3.0, 5.0]), of=2)]
    [[0.0, 1.0], [3.0, 5.0], [0.82, 0.82]]
    """
    if of <= BARS:
        return at, changes, np.full(len(at), 0.82)
    neighbours = np.array_split(np.arange(len(at)), max(1, round(BARS * len(at) / of)))
    kept = [each for each in neighbours if len(each)]
    return (
        np.array([at[each].mean() for each in kept]),
        np.array([np.median(changes[each]) for each in kept]),
        np.array([float(len(each)) for each in kept]),
    )


def _unchanged(axes: Axes, at: Floats) -> None:
    """A short line for each of those without a change, one for all where they are many."""
    if len(at) > BARS:
        axes.plot([at[0] - 0.4, at[-1] + 0.4], [0, 0], color=GREY, linewidth=2)
    else:
        axes.plot(at, np.zeros(len(at)), "_", color=GREY, ms=4)


def _handles(words: Mapping[str, str]) -> Sequence[Patch]:
    ended = [Patch(facecolor=INK, alpha=0.82, label=words["dead"])] if "dead" in words else []
    return [
        *ended,
        Patch(facecolor=WORSE, label=words["worse"]),
        Patch(facecolor=BETWEEN, label=words["between"]),
        Patch(facecolor=BETTER, label=words["better"]),
        Patch(facecolor="white", edgecolor=RULE, hatch="////", label=words["missing"]),
    ]
