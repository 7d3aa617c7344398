"""Tables and sentences about the terms of a model of hazard ratios, of the arms first."""

from collections.abc import Sequence

from analysis.reports.language import gettext
from analysis.reports.model_rows import arm_of, term_cell, term_words
from analysis.reports.plain import Json
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, p_value, p_words


def of_arms(step: Step, rows: Sequence[Json]) -> list[Json]:
    """The rows whose term is an arm."""
    return [row for row in rows if arm_of(step, row["term"]) is not None]


def ratio_sentence(step: Step, row: Json, *, name: str, column: str, adjusted: str = "") -> str:
    """As in "Hazard ratio, A against B: 0.52 (95 % interval 0.30 to 0.90), p = 0.02."."""
    limits = interval(row["lower"], row["upper"], 2)
    return (
        f"{name}, {term_words(step, row['term'])}{adjusted}: {number(row[column], 2)}"
        f" (95 % interval {limits}), {p_words(row['p_value'])}."
    )


def ratio_table(step: Step, rows: Sequence[Json], *, caption: str, name: str, column: str) -> Table:
    """One row a term."""
    return Table(
        caption=caption,
        columns=[gettext("Term"), name, gettext("95 %% interval"), "p"],
        rows=[
            [
                term_cell(step, row["term"]),
                number(row[column], 3),
                limits(row["lower"], row["upper"], 3),
                p_value(row["p_value"]),
            ]
            for row in rows
        ],
    )
