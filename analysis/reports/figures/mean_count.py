"""Mean cumulative counts by arm with their bands, and who is at risk below."""

import numpy as np
import pandas as pd

from analysis.reports.figures.drawing import looks, paper, plain_grid, svg
from analysis.reports.figures.time_axis import LEFT, WIDE, Ticks, count_table, mark, ticks
from analysis.reports.language import gettext

LINES = 0.66  # inches of a group below the axis, its name and two lines


def figure_ticks(counts: pd.DataFrame) -> Ticks:
    """The times below which the table stands; `counts` as `mean_cumulative_count` gives them."""
    return ticks(int(counts["time"].max()))


def stay_counts(counts: pd.DataFrame, at: Ticks) -> pd.DataFrame:
    """Columns group, time (in the unit of the ticks), at_risk just before it, events before it."""
    tables = []
    for group, own in counts.groupby("group", sort=False):
        place = np.searchsorted(own["time"], at.days)
        at_risk, so_far = own["at_risk"].to_numpy(), np.concatenate([[0], own["events"].cumsum()])
        there = np.append(at_risk, 0)[place]
        tables.append(
            pd.DataFrame({"group": group, "time": at.labels, "at_risk": there, "events": so_far[place]})
        )
    return pd.concat(tables, ignore_index=True)


def mean_count_figure(
    counts: pd.DataFrame, names: dict[str, str], *, name: str, title: str, description: str
) -> str:
    """Steps of `mean_cumulative_count` by arm, with pointwise 95 % bands, and the table below."""
    groups = [group for group in names if group in set(counts["group"])]
    look, at = looks(groups), figure_ticks(counts)
    tall = len(groups) * LINES
    with paper(8.2, 4.85 + tall) as figure:
        total = figure.get_figheight()
        axes = figure.add_axes((LEFT, (tall + 0.72) / total, WIDE, 3.7 / total))
        below = figure.add_axes((LEFT, 0.02 / total, WIDE, tall / total), sharex=axes)
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
        axes.set_ylabel(gettext("Hospital stays per participant"))
        mark(axes, at, float(counts["time"].max()))
        axes.set_title(title, pad=10)
        axes.legend(loc="upper left", frameon=False, handlelength=3)
        rows = {"at_risk": gettext("At risk"), "events": gettext("Stays")}
        count_table(below, stay_counts(counts, at), at, look, names, rows)
        return svg(figure, name=name, title=title, description=description)
