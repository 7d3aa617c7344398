"""The axis of time since day 0, and the counts of a table that stand below its ticks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.reports.figures.drawing import GREY, Look
from analysis.reports.language import gettext
from analysis.reports.step import DAYS_PER_YEAR

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
MONTHS_UP_TO = 4 * DAYS_PER_YEAR
LEFT, WIDE = 0.155, 0.83
"""Where the axis begins and how wide it is, as shares of the figure; the names of rows stand to its left."""
GROUP = 0.86  # inches of a group below the axis, its name and three lines


@dataclass(frozen=True)
class Ticks:
    """The times below which the table stands, in days, and what they are called; they count `from_day`."""

    unit: str
    days_per_unit: float
    labels: tuple[int, ...]
    from_day: int = 0

    @property
    def days(self) -> NDArray[np.float64]:
        """The ticks in days."""
        return np.array(self.labels) * self.days_per_unit

    @property
    def words(self) -> str:
        """The label of the axis."""
        if self.unit == "months":
            return gettext("Time since day %(day)s, months", day=self.from_day)
        return gettext("Time since day %(day)s, years", day=self.from_day)

    @property
    def head(self) -> str:
        """The head of a column of these times."""
        if self.unit == "months":
            return gettext("Months since day %(day)s", day=self.from_day)
        return gettext("Years since day %(day)s", day=self.from_day)


def ticks(last_day: int, from_day: int = 0) -> Ticks:
    """At most eight steps of a round length over the whole follow-up: months, or years after four of them."""
    unit, days_per_unit = ("months", DAYS_PER_MONTH) if last_day <= MONTHS_UP_TO else ("years", DAYS_PER_YEAR)
    units = max(last_day / days_per_unit, 1)
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if units / step <= 8)
    labels = tuple(range(0, int(units / step) * step + 1, step))
    return Ticks(unit, days_per_unit, labels, from_day)


def mark(axes: Axes, at: Ticks, last_day: float) -> None:
    """Put the ticks on the axis, which ends a little after the last day."""
    axes.set_xlim(0, max(last_day, at.days[-1]) * 1.015)
    axes.set_xticks(at.days, [str(label) for label in at.labels])
    axes.set_xlabel(at.words)


def count_table(
    axes: Axes,
    table: pd.DataFrame,
    at: Ticks,
    look: dict[str, Look],
    names: Mapping[str, str],
    rows: Mapping[str, str],
) -> None:
    """Counts below the ticks: for each group its name, and a line for each column that `rows` names."""
    axes.axis("off")
    tall = len(rows) + 1.3
    axes.set_ylim(len(look) * tall, 0)
    for place, (group, (colour, _, _)) in enumerate(look.items()):
        top = place * tall + 0.5
        own = table[table["group"] == group]
        beside = axes.get_yaxis_transform()
        axes.text(-0.18, top, names[group], transform=beside, color=colour, weight="bold", va="center")
        for row, (column, words) in enumerate(rows.items(), start=1):
            axes.text(-0.035, top + row, words, transform=beside, color=GREY, ha="right", va="center", size=9)
            for day, count in zip(at.days, own[column], strict=True):
                axes.text(day, top + row, f"{count}", ha="center", va="center", size=9.5)
