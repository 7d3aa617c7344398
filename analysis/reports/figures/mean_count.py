"""Mean cumulative counts by arm with their bands."""

import numpy as np
import pandas as pd

from analysis.reports.figures.drawing import looks, paper, plain_grid, svg
from analysis.reports.figures.survival import ticks


def mean_count_figure(
    counts: pd.DataFrame, names: dict[str, str], *, name: str, title: str, description: str
) -> str:
    """Steps of `mean_cumulative_count` by arm, with pointwise 95 % bands."""
    groups = [group for group in names if group in set(counts["group"])]
    look, at = looks(groups), ticks(int(counts["time"].max()))
    with paper(8.2, 4.4) as figure:
        axes = figure.add_subplot()
        for group in groups:
            own, (colour, line, _) = counts[counts["group"] == group], look[group]
            time = np.concatenate([[0], own["time"]])
            mean, lower, upper = (
                np.concatenate([[0], own[each]]) for each in ("mean_count", "lower", "upper")
            )
            axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.13, linewidth=0)
            axes.step(
                time, mean, where="post", color=colour, linestyle=line, linewidth=1.9, label=names[group]
            )
        plain_grid(axes)
        axes.set_ylim(bottom=0)
        axes.set_xlim(0, max(float(counts["time"].max()), at.days[-1]) * 1.015)
        axes.set_xticks(at.days, [str(label) for label in at.labels])
        axes.set_xlabel(f"Time since day 0, {at.unit}")
        axes.set_title(title, pad=10)
        axes.legend(loc="upper left", frameon=False, handlelength=3)
        figure.tight_layout()
        return svg(figure, name=name, title=title, description=description)
