"""Observed means of scores by visit and arm, without any model for what is missing."""

from functools import partial

import pandas as pd

from analysis.estimators.means import mean_score
from analysis.reports import again
from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.figures.trajectories import trajectory_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number

SOURCE = (
    "Scores follow each questionnaire's own rule, in the version that was answered; a scale with too few"
    " answers has no score. Means are given with t-intervals, without any model for what is missing."
)
READ = (
    "Observed means of the scores answered within the windows of their visits; higher is better. Those who"
    " died, withdrew or did not answer are not in them, so that arms can differ by who is left: read them"
    " beside the completion."
)


def find(step: Step) -> Finding:
    """Means of the estimand's scale, or of all scales of its questionnaire."""
    means = _means(step)
    table = _table(step, means)
    return Finding(
        sentences=(READ,),
        figures=(_figure(step, means, table),),
        results={"means": lines(means)},
        excluded=excluded(step, _rows(step), otherwise="without a score at these visits"),
        methods=(SOURCE,),
        code=_code(step),
    )


def _rows(step: Step) -> pd.DataFrame:
    rows, visits = step.scores, step.analysis.visits
    rows = rows[rows["AVISIT"].isin(visits)] if visits else rows
    if rows.empty:
        raise NotPossible("No questionnaire of these visits has been answered.")
    return rows


def _means(step: Step) -> pd.DataFrame:
    """Columns instrument, scale, title, visit, day, group, n, mean, sd, lower, upper."""
    rows = _rows(step)
    order = {scale: place for place, scale in enumerate(dict.fromkeys(rows["PARAMCD"]))}
    arms = {arm: place for place, arm in enumerate(step.data.arms)}
    keys = rows[["PARCAT1", "PARAMCD", "PARAM", "AVISIT", "AVISITN", "ARMCD"]].set_axis(
        ["instrument", "scale", "title", "visit", "day", "group"], axis=1
    )
    means = mean_score(rows["AVAL"], group=keys.astype({"group": str})).to_frame()
    place = means.assign(scale=means["scale"].map(order), group=means["group"].map(arms))
    return means.loc[place.sort_values(["instrument", "scale", "day", "group"]).index].reset_index(drop=True)


def _code(step: Step) -> str:
    asked = (
        f'\nrows = rows[rows["AVISIT"].isin({list(step.analysis.visits)})]' if step.analysis.visits else ""
    )
    return (
        f"{again.scores_of(step)}{asked}\n"
        'mean_score(rows["AVAL"], group=rows[["PARAMCD", "AVISIT", "ARMCD"]])'
    )


def _title(step: Step) -> str:
    return gettext("%(questionnaire)s: mean scores by visit and arm", questionnaire=step.questionnaire_words)


def _figure(step: Step, means: pd.DataFrame, table: Table) -> Figure:
    title = _title(step)
    return Figure(
        name=step.code,
        title=title,
        caption=gettext("%(title)s, with 95 %% intervals.", title=title),
        description=with_table(f"{title}."),
        table=table,
        drawing=partial(trajectory_figure, _named(step, means), step.data.arms, step.visit_names),
    )


def _named(step: Step, means: pd.DataFrame) -> pd.DataFrame:
    """With `words`: what each scale is called in the language of tables and figures."""
    called = map(step.scale_called, means["scale"], means["title"])
    return means.assign(words=list(called))


def _table(step: Step, means: pd.DataFrame) -> Table:
    return Table(
        caption=_title(step),
        columns=[
            gettext("Scale"),
            gettext("Visit"),
            gettext("Arm"),
            "n",
            gettext("Mean"),
            gettext("SD"),
            gettext("95 %% interval"),
        ],
        rows=[
            [
                row["words"],
                step.visit_words(row["visit"]),
                step.data.arms[row["group"]],
                number(row["n"]),
                number(row["mean"], 1),
                number(row["sd"], 1),
                limits(row["lower"], row["upper"], 1),
            ]
            for row in lines(_named(step, means))
        ],
        heads=3,
    )
