"""How many had a transplant, died before one, or neither, by arm: counts, no probabilities over time."""

import pandas as pd

from analysis.reports import again
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import number

ENDS = {"transplanted": 0, "died_before_transplant": 2, "censored": 1}


def find(step: Step) -> Finding:
    """The first of transplant and death of each participant."""
    counts = _counted(step)
    return Finding(
        sentences=(
            "Death before a transplant competes with it; these are counts, not probabilities over time.",
        ),
        tables=(_table(step, counts),),
        results={"counts": lines(counts)},
        excluded=excluded(step, step.times),
        code=f'{again.rows_of(step, "adtte")}\nrows.groupby("ARMCD")["CNSR"].value_counts()',
    )


def _counted(step: Step) -> pd.DataFrame:
    rows = step.times
    counted = {
        name: (rows["CNSR"] == value).groupby(rows["ARMCD"], observed=False).sum()
        for name, value in ENDS.items()
    }
    found = pd.DataFrame(counted).rename_axis("group").reset_index()
    found.insert(1, "n", found[list(ENDS)].sum(axis=1))
    return found.astype({"group": str})


def _table(step: Step, counts: pd.DataFrame) -> Table:
    return Table(
        caption=gettext("First of transplant and death, by arm"),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("Transplanted"),
            gettext("Died without a transplant"),
            gettext("Neither by the end of follow-up"),
        ],
        rows=[
            [step.arms[row["group"]], *(number(row[name]) for name in ("n", *ENDS))] for row in lines(counts)
        ],
    )
