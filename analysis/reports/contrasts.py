"""Differences and ratios between arms, as estimators give them: sentences and a table."""

from collections.abc import Callable, Sequence

import pandas as pd

from analysis.reports.finding import NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, p_value, p_words


def contrasts(step: Step, contrast: Callable[[str], pd.DataFrame]) -> tuple[list[Json], str]:
    """The rows of a contrast with the reference arm, or none and why there is none."""
    try:
        return lines(contrast(step.reference)), ""
    except NotPossible as refused:
        return [], str(refused)


def difference_sentences(
    step: Step, rows: Sequence[Json], *, what: str, unit: str, digits: int = 0
) -> tuple[str, ...]:
    """As in "Difference of restricted means, A minus B: 20 days (95 % interval 3 to 37), p = 0.02."."""
    return tuple(
        f"Difference of {what}, {step.arms[row['group']]} minus {step.arms[step.reference]}:"
        f" {number(row['estimate'], digits)} {unit}".rstrip()
        + f" (95 % interval {interval(row['lower'], row['upper'], digits)}), {p_words(row['p_value'])}."
        for row in rows
        if row["measure"] == "difference"
    )


def contrast_table(
    step: Step, rows: Sequence[Json], *, caption: str, unit: str, digits: int = 1
) -> tuple[Table, ...]:
    """Differences and ratios, one row each; no table without arms to compare."""
    if not rows:
        return ()
    places = {"difference": digits, "ratio": 3}
    difference = gettext("Difference, days") if unit == "days" else gettext("Difference")
    names = {"difference": difference, "ratio": gettext("Ratio")}
    return (
        Table(
            caption=caption,
            columns=[
                gettext("Measure"),
                gettext("Arms"),
                gettext("Estimate"),
                gettext("95 %% interval"),
                "p",
            ],
            rows=[
                [
                    names[row["measure"]],
                    gettext(
                        "%(arm)s against %(reference)s",
                        arm=step.arms[row["group"]],
                        reference=step.arms[step.reference],
                    ),
                    number(row["estimate"], places[row["measure"]]),
                    limits(row["lower"], row["upper"], places[row["measure"]]),
                    p_value(row["p_value"]),
                ]
                for row in rows
            ],
            heads=2,
        ),
    )
