"""Survival curves in numbers: at the ticks of their figure, on given days, and their medians."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.estimators import KaplanMeier
from analysis.reports.figures.survival import risk_table
from analysis.reports.figures.time_axis import ticks
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, limits, number, percent, share_limits


def survival_table(
    curves: KaplanMeier, rows: pd.DataFrame, arms: Mapping[str, str], *, title: str, from_day: int = 0
) -> Table:
    """Counts and survival at the ticks of the figure, whose `rows` and `from_day` they are."""
    at = ticks(int(rows["AVAL"].max()), from_day)
    there = {(row["group"], row["time"]): row for row in lines(curves.at(at.days))}
    shown = []
    for count in lines(risk_table(rows, at)):
        here = there.get((count["group"], count["time"] * at.days_per_unit), {})
        counts = [str(count[name]) for name in ("at_risk", "censored", "events")]
        share = percent(here.get("survival"), 1) if here else NOTHING
        reach = share_limits(here.get("lower"), here.get("upper")) if here else NOTHING
        shown.append([arms[count["group"]], str(count["time"]), *counts, share, reach])
    return Table(
        caption=gettext("%(title)s: at the times below the figure", title=title),
        columns=[
            gettext("Arm"),
            at.head,
            gettext("At risk"),
            gettext("Censored"),
            gettext("Events"),
            gettext("Free of the event"),
            gettext("95 %% interval"),
        ],
        rows=shown,
        heads=2,
    )


def median_table(curves: KaplanMeier, rows: pd.DataFrame, arms: Mapping[str, str], *, title: str) -> Table:
    """The median of each arm, beside how many there are and had the event."""
    size, events = rows["ARMCD"].value_counts(), rows.groupby("ARMCD", observed=True)["event"].sum()
    return Table(
        caption=gettext("%(title)s: median time by arm (– not reached)", title=title),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("Events"),
            gettext("Median, days"),
            gettext("95 %% interval, days"),
        ],
        rows=[
            [
                arms[row["group"]],
                number(int(size[row["group"]])),
                number(int(events[row["group"]])),
                number(row["time"]),
                limits(row["lower"], row["upper"]),
            ]
            for row in lines(curves.quantile(0.5))
        ],
    )


def table_at(at: Sequence[Json], arms: Mapping[str, str], *, caption: str) -> tuple[Table, ...]:
    """Survival on the days that the plan names, as `KaplanMeier.at` gives it; none where it names none."""
    if not at:
        return ()
    return (
        Table(
            caption=caption,
            columns=[
                gettext("Arm"),
                gettext("Day"),
                gettext("At risk"),
                gettext("Free of the event"),
                gettext("95 %% interval"),
            ],
            rows=[
                [
                    arms[row["group"]],
                    number(row["time"]),
                    number(row["at_risk"]),
                    percent(row["survival"], 1),
                    share_limits(row["lower"], row["upper"]),
                ]
                for row in at
            ],
            heads=2,
        ),
    )
