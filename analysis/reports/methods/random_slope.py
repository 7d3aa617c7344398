"""How fast a score changes in each arm, every participant having a line of their own."""

import pandas as pd

from analysis.estimators import random_slope_model
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.score_differences import OF_MODEL, difference_sentences, difference_table
from analysis.reports.score_rows import ScoreRows, score_rows
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number

SOURCE = (
    "Slopes of the score are those of a model with a random intercept and slope of each participant"
    " (Laird and Ware 1982){adjusted}, on the days on which they answered, REML, {df} degrees of freedom."
)
DF = {"kenward-roger": "Kenward and Roger's (1997)", "satterthwaite": "Satterthwaite's"}


def find(step: Step) -> Finding:
    """Change in a year by arm, and the differences."""
    held, df = score_rows(step), step.analysis.df or "kenward-roger"
    names = [*held.by_visit, *held.names]
    rows = held.rows.assign(
        ARMCD=held.rows["ARMCD"].astype(str), years=held.rows["ADY"].astype(float) / DAYS_PER_YEAR
    )
    model = random_slope_model(
        rows,
        outcome="AVAL",
        participant="USUBJID",
        time="years",
        arm="ARMCD",
        covariates=names,
        df=df,
    )
    slopes, differences = lines(model.slopes()), lines(model.contrasts(step.reference))
    adjusted = f", adjusted for {' and '.join(names)}" if names else ""
    return Finding(
        sentences=difference_sentences(step, differences, what="of slopes", unit="points in a year"),
        tables=(
            _slope_table(step, slopes, rows),
            difference_table(
                step,
                differences,
                OF_MODEL,
                caption=gettext("Differences of slopes from %(arm)s", arm=step.arms[step.reference]),
            ),
        ),
        results={
            "slopes": slopes,
            "contrasts": differences,
            "terms": lines(model.to_frame()),
            "log_likelihood": model.log_likelihood,
        },
        excluded=excluded(step, held.rows, held.left_out),
        methods=(SOURCE.format(adjusted=adjusted, df=DF[df]),),
        code=_code(held, names, df),
    )


def _code(held: ScoreRows, names: list[str], df: str) -> str:
    return (
        f'{held.code}\nrows["ARMCD"] = rows["ARMCD"].astype(str)\n'
        'rows["years"] = rows["ADY"].astype(float) / 365.25\n'
        'random_slope_model(rows, outcome="AVAL", participant="USUBJID", time="years", arm="ARMCD",'
        f' covariates={names}, df="{df}")'
    )


def _slope_table(step: Step, slopes: list[Json], rows: pd.DataFrame) -> Table:
    people, scores = rows.groupby("ARMCD")["USUBJID"].nunique(), rows["ARMCD"].value_counts()
    return Table(
        caption=gettext("%(scale)s: change in a year, in points", scale=step.scale_words),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("Scores"),
            gettext("Slope"),
            gettext("95 %% interval"),
            gettext("Degrees of freedom"),
        ],
        rows=[
            [
                step.arms[row["arm"]],
                number(int(people[row["arm"]])),
                number(int(scores[row["arm"]])),
                number(row["slope"], 1),
                limits(row["lower"], row["upper"], 1),
                number(row["df"], 1),
            ]
            for row in slopes
        ],
    )
