"""Survival curves as KMunicate asks for them: bands, and a table of at risk, censored and events."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.estimators import KaplanMeier
from analysis.reports.figures.drawing import Look, looks, paper, plain_grid, svg
from analysis.reports.figures.time_axis import GROUP, LEFT, WIDE, Ticks, count_table, mark, ticks
from analysis.reports.language import gettext


def risk_table(rows: pd.DataFrame, at: Ticks) -> pd.DataFrame:
    """Columns group, time (in the unit of the ticks), at_risk, censored, events; the three sum to n.

    At risk are those whose time is not over just before it; censorings and events are those before it.
    """
    groups = list(rows["ARMCD"].cat.categories)
    tables = []
    for group in groups:
        own = rows[rows["ARMCD"] == group]
        days, events = own["AVAL"].to_numpy(), own["event"].to_numpy() == 1
        over = days[None, :] < at.days[:, None]
        tables.append(
            pd.DataFrame(
                {
                    "group": group,
                    "time": at.labels,
                    "at_risk": (~over).sum(axis=1),
                    "censored": (over & ~events).sum(axis=1),
                    "events": (over & events).sum(axis=1),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def survival_figure(
    curves: KaplanMeier,
    rows: pd.DataFrame,
    names: dict[str, str],
    *,
    bands: pd.DataFrame | None = None,
    from_day: int = 0,
    name: str,
    title: str,
    description: str,
) -> str:
    """The curves by arm with pointwise 95 % bands, censorings as ticks, and the table below.

    `rows` are the analysed rows of ADTTE that the curves were estimated from, `bands` those of
    `KaplanMeier.bands`, drawn as dotted lines; `from_day` is the day from which times count.
    """
    at = ticks(int(rows["AVAL"].max()), from_day)
    groups = list(rows["ARMCD"].cat.categories)
    look = looks(groups)
    table_height = len(groups) * GROUP
    with paper(8.2, 4.85 + table_height) as figure:
        total = figure.get_figheight()
        curve_axes = figure.add_axes((LEFT, (table_height + 0.72) / total, WIDE, 3.7 / total))
        table_axes = figure.add_axes((LEFT, 0.02 / total, WIDE, table_height / total), sharex=curve_axes)
        steps = curves.to_frame()
        for group in groups:
            _curve(curve_axes, steps[steps["group"] == group], look[group], names[group])
            if bands is not None:
                _band(curve_axes, bands[bands["group"] == group], look[group])
        _axes(curve_axes, at, title, float(rows["AVAL"].max()))
        count_table(table_axes, risk_table(rows, at), at, look, names, _rows())
        return svg(figure, name=name, title=title, description=description)


def _curve(axes: Axes, own: pd.DataFrame, look: Look, label: str) -> None:
    colour, line, _ = look
    time = np.concatenate([[0], own["time"]])
    share, lower, upper = (np.concatenate([[1], own[column]]) for column in ("survival", "lower", "upper"))
    axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.13, linewidth=0)
    axes.step(time, share, where="post", color=colour, linestyle=line, linewidth=1.9, label=label)
    cut = own[own["censored"] > 0]
    axes.plot(
        cut["time"], cut["survival"], linestyle="none", marker="|", markersize=6, color=colour, alpha=0.75
    )


def _band(axes: Axes, own: pd.DataFrame, look: Look) -> None:
    for limit in ("lower", "upper"):
        axes.step(own["time"], own[limit], where="post", color=look[0], linestyle=":", linewidth=1)


def _axes(axes: Axes, at: Ticks, title: str, last_day: float) -> None:
    plain_grid(axes)
    axes.set_ylim(0, 1.02)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{round(100 * share)} %" for share in np.linspace(0, 1, 6)])
    axes.set_ylabel(gettext("Free of the event"))
    mark(axes, at, last_day)
    axes.set_title(title, pad=10)
    axes.legend(loc="lower left", frameon=False, handlelength=3)


def _rows() -> dict[str, str]:
    return {"at_risk": gettext("At risk"), "censored": gettext("Censored"), "events": gettext("Events")}
