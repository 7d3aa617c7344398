"""Days by arm: each participant's, their quartiles, and the estimated mean with its interval."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from analysis.estimators.observations import Floats
from analysis.reports.figures.drawing import GREY, INK, Look, looks, paper, stacked, svg
from analysis.reports.plain import Json

WIDTH, ROW, LABELS = 8.2, 0.95, 1.75  # inches
MOST = 300
"""Points of an arm; of more participants those that stand evenly apart in their order."""
GOLDEN = 0.6180339887498949


def days_figure(
    days: pd.DataFrame,
    horizon: float,
    means: Sequence[Json],
    names: Mapping[str, str],
    words: Mapping[str, str],
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """`days` have group and days, of those whose days are known; `means` have group, mean, lower and upper.

    `words` are axis, point, quartiles and mean.
    """
    groups = [row["group"] for row in means]
    look = looks(groups)
    height = 0.62 + ROW * len(groups) + 0.55
    with paper(WIDTH, height) as figure:
        box = (LABELS / WIDTH, 0.55 / height, (WIDTH - LABELS - 0.2) / WIDTH, ROW * len(groups) / height)
        axes = figure.add_axes(box, ylim=(len(groups), 0))
        for place, row in enumerate(means):
            own = np.sort(days.loc[days["group"] == row["group"], "days"].to_numpy(dtype=float))
            _arm(axes, place, own, row, look[row["group"]])
            beside = {"xycoords": axes.get_yaxis_transform(), "color": look[row["group"]][0], **_BESIDE}
            stacked(axes, 0, place + 0.5, names[row["group"]], 20, **beside)
        _axis(axes, words["axis"], horizon)
        figure.legend(handles=_handles(words), ncols=3, bbox_to_anchor=(0.0, 1 - 0.28 / height), **_LEGEND)
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        return svg(figure, name=name, title=title, description=description)


_BESIDE: dict[str, Any] = {"ha": "right", "va": "center", "size": 9.5, "weight": "bold", "aside": (-8, 0)}
_LEGEND: dict[str, Any] = {"loc": "upper left", "frameon": False, "fontsize": 9, "handletextpad": 0.6}


def _arm(axes: Axes, place: int, days: Floats, mean: Json, look: Look) -> None:
    """Points below, quartiles behind them, the mean above."""
    colour, _, marker = look
    if len(days):
        low, middle, high = np.quantile(days, [0.25, 0.5, 0.75])
        box = Rectangle((low, place + 0.36), high - low, 0.5, facecolor=colour, alpha=0.16, linewidth=0)
        axes.add_patch(box)
        axes.plot([middle, middle], [place + 0.36, place + 0.86], color=colour, linewidth=1.6)
        shown = days[np.unique(np.linspace(0, len(days) - 1, MOST).round().astype(int))]
        # Each point has a height of its own that no chance has drawn.
        heights = place + 0.38 + 0.46 * (np.arange(1, len(shown) + 1) * GOLDEN % 1)
        axes.plot(shown, heights, "o", ms=2.6, mfc=colour, mec="none", alpha=0.55)
    if mean["mean"] is not None:
        axes.plot([mean["lower"], mean["upper"]], [place + 0.2] * 2, color=INK, linewidth=1.8)
        axes.plot([mean["mean"]], [place + 0.2], color=INK, marker=marker, markersize=6)


def _axis(axes: Axes, words: str, horizon: float) -> None:
    axes.set_yticks([])
    axes.set_xlim(0, horizon * 1.02)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words)


def _handles(words: Mapping[str, str]) -> list[Patch | Line2D]:
    return [
        Line2D([], [], color=INK, linewidth=1.8, marker="o", markersize=5, label=words["mean"]),
        Patch(facecolor=GREY, alpha=0.25, label=words["quartiles"]),
        Line2D([], [], linestyle="none", marker="o", ms=3, mfc=GREY, mec="none", label=words["point"]),
    ]
