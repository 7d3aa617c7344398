"""Differences of scores between arms, as estimators give them: sentences and a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from analysis.reports.language import gettext
from analysis.reports.plain import Json
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, p_value, p_words

Column = Literal[
    "visit",
    "arm",
    "n",
    "alive",
    "mean",
    "reference_n",
    "reference_mean",
    "difference",
    "interval",
    "df",
    "p",
]
OF_MEANS: Sequence[Column] = (
    *("arm", "n", "mean", "reference_n", "reference_mean"),
    *("difference", "interval", "p"),
)
OF_MODEL: Sequence[Column] = ("arm", "difference", "interval", "df", "p")


def difference_sentences(
    step: Step, rows: Sequence[Json], *, what: str, unit: str = "points"
) -> tuple[str, ...]:
    """As in "Difference of mean scores, A minus B: 4.0 points (95 % interval 1.0 to 7.0), p = 0.01."."""
    return tuple(
        f"Difference {what}, {step.arms[row['arm']]} minus {step.arms[step.reference]}:"
        f" {number(row['difference'], 1)} {unit} (95 % interval"
        f" {interval(row['lower'], row['upper'], 1)}), {p_words(row['p_value'])}."
        for row in rows
    )


def difference_table(
    step: Step, rows: Sequence[Json], columns: Sequence[Column], *, caption: str, digits: int = 1
) -> Table:
    """One row a difference from the reference arm, with these columns; visits and arms name it."""
    told = _columns(step, digits)
    return Table(
        caption=caption,
        columns=[told[name][0] for name in columns],
        rows=[[told[name][1](row) for name in columns] for row in rows],
        heads=sum(name in ("visit", "arm") for name in columns),
    )


def _columns(step: Step, digits: int) -> Mapping[Column, tuple[str, Callable[[Json], str]]]:
    """The head of each column, and what stands in it."""
    return {
        "visit": (gettext("Visit"), lambda row: step.visit_words(row["visit"])),
        "arm": (gettext("Arm"), lambda row: step.arms[row["arm"]]),
        "n": ("n", lambda row: number(row["n"])),
        "alive": (gettext("Alive"), lambda row: number(row["n"])),
        "mean": (gettext("Mean"), lambda row: number(row["mean"], digits)),
        "reference_n": (gettext("n, reference"), lambda row: number(row["reference_n"])),
        "reference_mean": (gettext("Mean, reference"), lambda row: number(row["reference_mean"], digits)),
        "difference": (gettext("Difference"), lambda row: number(row["difference"], digits)),
        "interval": (gettext("95 %% interval"), lambda row: limits(row["lower"], row["upper"], digits)),
        "df": (gettext("Degrees of freedom"), lambda row: number(row["df"], 1)),
        "p": ("p", lambda row: p_value(row["p_value"])),
    }
