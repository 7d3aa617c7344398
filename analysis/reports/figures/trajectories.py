"""Quality of life over time: one small picture a scale, the same axis in all."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.reports.figures.drawing import Look, looks, paper, plain_grid, svg

COLUMNS = 2
PICTURE_WIDTH, LETTER_WIDTH = 3.2, 0.09  # inches


def trajectory_figure(
    means: pd.DataFrame,
    names: dict[str, str],
    visits: dict[str, str],
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """Means of one questionnaire by visit and arm with 95 % intervals, the arms side by side.

    `means` has each scale's name as `words`; `names` are the arms' by code, `visits` the visits' by code.
    """
    scales = list(dict.fromkeys(means["scale"]))
    groups = [group for group in names if group in set(means["group"])]
    columns = min(COLUMNS, len(scales))
    look, rows = looks(groups), -(-len(scales) // columns)
    with paper(8.2, 0.75 + (2.4 if columns > 1 else 3.2) * rows) as figure:
        grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
        for axes, scale in zip(grid.flat, scales, strict=False):
            _scale(axes, means[means["scale"] == scale], look, visits)
        for axes in grid.flat[len(scales) :]:
            axes.axis("off")
        handles, labels = grid.flat[0].get_legend_handles_labels()
        labels = [names[label] for label in labels]
        figure.legend(handles, labels, loc="upper left", ncols=len(groups), frameon=False, handlelength=3)
        top = 1 - 0.42 / figure.get_figheight()
        figure.tight_layout(rect=(0, 0, 1, top), h_pad=1.6, w_pad=1.4)
        return svg(figure, name=name, title=title, description=description)


def _visits(axes: Axes, days: NDArray[np.float64], labels: list[str]) -> None:
    """Name every visit below its day; the names lean where they would run into one another."""
    axes.set_xticks(days, labels)
    room = np.diff(days).min(initial=np.inf) / max(np.ptp(days), 1) * PICTURE_WIDTH
    if max(map(len, labels)) * LETTER_WIDTH > room:
        axes.tick_params(axis="x", labelrotation=45, labelsize=9)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")


def _scale(axes: Axes, means: pd.DataFrame, look: dict[str, Look], visits: dict[str, str]) -> None:
    days = means.drop_duplicates("visit").sort_values("day")
    apart = max(float(days["day"].max() - days["day"].min()), 1) / 90
    for place, (group, (colour, line, marker)) in enumerate(look.items()):
        own = means[means["group"] == group]
        beside = (place - (len(look) - 1) / 2) * apart
        at, mean = own["day"].to_numpy(dtype=np.float64) + beside, own["mean"].to_numpy()
        reach = np.vstack([mean - own["lower"], own["upper"] - mean])
        axes.errorbar(
            *(at, mean, np.nan_to_num(reach)),
            color=colour,
            linestyle=line,
            marker=marker,
            markersize=4.5,
            linewidth=1.5,
            elinewidth=1.1,
            capsize=2.5,
            label=group,
        )
    plain_grid(axes)
    axes.set_title(means["words"].iloc[0])
    _visits(axes, days["day"].to_numpy(dtype=np.float64), [visits.get(each, each) for each in days["visit"]])
    axes.yaxis.set_tick_params(labelleft=True)
