"""Cumulative incidence of one kind of event by arm, others competing, with who is at risk below."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.reports.figures.drawing import Look, looks, paper, plain_grid, svg
from analysis.reports.figures.time_axis import GROUP, LEFT, WIDE, Ticks, count_table, mark, ticks
from analysis.reports.language import gettext


def figure_ticks(rows: pd.DataFrame) -> Ticks:
    """The times below which the table stands; `rows` have `days`."""
    return ticks(int(rows["days"].max()))


def incidence_counts(rows: pd.DataFrame, cause: str, at: Ticks, *, censored: str) -> pd.DataFrame:
    """Columns group, time (in the unit of the ticks), at_risk, events, others (competing), both before it.

    `rows` have ARMCD (ordered), `days` and `cause`.
    """
    tables = []
    for group in rows["ARMCD"].cat.categories:
        own = rows[rows["ARMCD"] == group]
        over = own["days"].to_numpy()[None, :] < at.days[:, None]
        event = (own["cause"] == cause).to_numpy()
        other = ~event & (own["cause"] != censored).to_numpy()
        counts = {
            "at_risk": (~over).sum(axis=1),
            "events": (over & event).sum(axis=1),
            "others": (over & other).sum(axis=1),
        }
        tables.append(pd.DataFrame({"group": group, "time": at.labels, **counts}))
    return pd.concat(tables, ignore_index=True)


def incidence_figure(
    steps: pd.DataFrame,
    counts: pd.DataFrame,
    at: Ticks,
    names: dict[str, str],
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """`steps` are the rows of one cause of `cumulative_incidence`, `counts` those of `incidence_counts`."""
    groups = list(dict.fromkeys(counts["group"]))
    look = looks(groups)
    table_height = len(groups) * GROUP
    with paper(8.2, 4.85 + table_height) as figure:
        total = figure.get_figheight()
        axes = figure.add_axes((LEFT, (table_height + 0.72) / total, WIDE, 3.7 / total))
        below = figure.add_axes((LEFT, 0.02 / total, WIDE, table_height / total), sharex=axes)
        for group in groups:
            _curve(axes, steps[steps["group"] == group], look[group], names[group], at)
        _axes(axes, steps, at, title)
        count_table(below, counts, at, look, names, _rows())
        return svg(figure, name=name, title=title, description=description)


def _curve(axes: Axes, own: pd.DataFrame, look: Look, label: str, at: Ticks) -> None:
    colour, line, _ = look
    time = np.concatenate([[0], own["time"]]) if len(own) else np.array([0, at.days[-1]])
    share, lower, upper = (
        np.concatenate([[0], own[column]]) if len(own) else np.zeros(2)
        for column in ("incidence", "lower", "upper")
    )
    axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.13, linewidth=0)
    axes.step(time, share, where="post", color=colour, linestyle=line, linewidth=1.9, label=label)


def _axes(axes: Axes, steps: pd.DataFrame, at: Ticks, title: str) -> None:
    plain_grid(axes)
    top = min(1.0, float(np.nanmax([0.05, *steps["upper"], *steps["incidence"]])) * 1.08)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_ylabel(gettext("With the event"))
    mark(axes, at, float(steps["time"].max()) if len(steps) else 0.0)  # none had it
    axes.set_title(title, pad=10)
    axes.legend(loc="upper left", frameon=False, handlelength=3)


def _rows() -> dict[str, str]:
    return {"at_risk": gettext("At risk"), "events": gettext("Events"), "others": gettext("Others")}
