"""What a figure of survival curves shows, in numbers."""

from collections.abc import Mapping

import pandas as pd

from analysis.estimators import KaplanMeier
from analysis.reports.figures.survival import risk_table
from analysis.reports.figures.time_axis import ticks
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, percent, share_limits


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
