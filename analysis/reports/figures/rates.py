"""Rates by arm with their intervals, side by side on one axis."""

import pandas as pd

from analysis.reports.figures.drawing import looks, paper, svg
from analysis.reports.language import gettext


def rate_figure(
    rates: pd.DataFrame, names: dict[str, str], *, name: str, title: str, description: str
) -> str:
    """One line an arm: the rate and its exact 95 % interval."""
    look = looks(list(rates["group"]))
    with paper(8.2, 0.95 + 0.45 * len(rates)) as figure:
        axes = figure.add_subplot()
        for place, row in enumerate(rates.to_dict("records")):
            colour, _, marker = look[row["group"]]
            axes.plot([row["lower"], row["upper"]], [place, place], color=colour, linewidth=2)
            axes.plot([row["rate"]], [place], color=colour, marker=marker, markersize=7)
        axes.set_yticks(range(len(rates)), [names[group] for group in rates["group"]])
        axes.set_ylim(len(rates) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(gettext("Hospital stays per person-year, with 95 %% interval"))
        figure.tight_layout()
        return svg(figure, name=name, title=title, description=description)
