"""What a model of arms rests on: how many participants, and how many events or how much time."""

from collections.abc import Mapping

import pandas as pd

from analysis.reports.language import gettext
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import number

Counts = Mapping[str, "pd.Series[int] | pd.Series[float]"]


def counts_by_arm(step: Step, rows: pd.DataFrame, counts: Counts, *, caption: str) -> Table:
    """Participants of each arm among those analysed, and sums of `counts`, by the head of their column.

    Sums of whole numbers are whole, others have one decimal.
    """
    people = rows.groupby("ARMCD", observed=True)["USUBJID"].nunique()
    sums = {head: values.groupby(rows["ARMCD"], observed=True).sum() for head, values in counts.items()}
    return Table(
        caption=caption,
        columns=[gettext("Arm"), gettext("Participants"), *sums],
        rows=[
            [name, number(int(people[arm])), *(_summed(each[arm]) for each in sums.values())]
            for arm, name in step.arms.items()
            if arm in people.index
        ],
    )


def _summed(total: float) -> str:
    whole = isinstance(total, int) or getattr(total, "dtype", None) == "int64"
    return number(int(total)) if whole else number(float(total), 1)
