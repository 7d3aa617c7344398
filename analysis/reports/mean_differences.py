"""Differences of means by Welch's test, as estimators give them: sentences and a table."""

from collections.abc import Sequence

from analysis.reports.language import gettext
from analysis.reports.plain import Json
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, p_value, p_words


def difference_sentences(step: Step, rows: Sequence[Json], *, what: str) -> tuple[str, ...]:
    """As in "Difference of mean scores, A minus B: 4.0 points (95 % interval 1.0 to 7.0), p = 0.01."."""
    return tuple(
        f"Difference of {what}, {step.arms[row['arm']]} minus {step.arms[step.reference]}:"
        f" {number(row['difference'], 1)} points (95 % interval"
        f" {interval(row['lower'], row['upper'], 1)}), {p_words(row['p_value'])}."
        for row in rows
    )


def difference_table(step: Step, rows: Sequence[Json], *, caption: str, digits: int = 1) -> Table:
    """One row an arm but the reference, whose own n and mean stand beside."""
    return Table(
        caption=caption,
        columns=[
            gettext("Arm"),
            "n",
            gettext("Mean"),
            gettext("n, reference"),
            gettext("Mean, reference"),
            gettext("Difference"),
            gettext("95 %% interval"),
            "p",
        ],
        rows=[
            [
                step.arms[row["arm"]],
                number(row["n"]),
                number(row["mean"], digits),
                number(row["reference_n"]),
                number(row["reference_mean"], digits),
                number(row["difference"], digits),
                limits(row["lower"], row["upper"], digits),
                p_value(row["p_value"]),
            ]
            for row in rows
        ],
    )
