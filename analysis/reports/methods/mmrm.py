"""The mixed model for repeated measures: how arms differ in a score at each visit."""

from functools import partial
from typing import cast

import pandas as pd

from analysis.estimators import Mmrm, mmrm
from analysis.estimators.mixed.structures import Structure
from analysis.reports.alternative import with_table
from analysis.reports.contrasts import contrasts
from analysis.reports.exclusions import excluded
from analysis.reports.factor_words import told_as
from analysis.reports.figures.trajectories import trajectory_figure
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.score_differences import OF_MODEL, difference_sentences, difference_table
from analysis.reports.score_rows import ScoreRows, score_rows
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number

SOURCE = (
    "Scores over time are compared by a mixed model for repeated measures: arm, visit and their"
    " product{adjusted}, {covariance} covariance, REML, {df} degrees of freedom."
)
DF = {"kenward-roger": "Kenward and Roger's (1997)", "satterthwaite": "Satterthwaite's"}
DEAD = (
    "{n} of those analysed died before the last of these visits. The model tells what scores would have"
    " been like without deaths, as those of others with the same scores so far: it makes up no score, and"
    " says nothing of how the dead fared."
)


def find(step: Step) -> Finding:
    """Least-squares means by arm and visit, and their differences."""
    held = score_rows(step)
    df = step.analysis.df or "kenward-roger"
    asked = step.analysis.covariance or "unstructured"
    model = mmrm(
        held.rows.assign(ARMCD=held.rows["ARMCD"].astype(str)),
        outcome="AVAL",
        participant="USUBJID",
        visit="AVISIT",
        arm="ARMCD",
        covariates=held.names,
        covariate_by_visit=held.by_visit,
        covariance=cast("Structure", asked),
        df=df,
    )
    (differences, alone), means = contrasts(step, model.contrasts), lines(model.ls_means())
    last = [row for row in differences if row["visit"] == held.last]
    visit = step.visits.get(held.last, held.last)
    told = [*difference_sentences(step, last, what=f"at {visit}")]
    if alone:
        last = [row for row in means if row["visit"] == held.last]
        told = [*(_mean_told(step, row) for row in last), alone]
    tried = [f"{name} covariance was left: {why}." for name, why in model.tried]
    return Finding(
        sentences=(*told, *tried, *_dead(step, held)),
        headline=(
            number(last[0]["estimate" if alone else "difference"], 1),
            f"points at {visit}",
        ),
        tables=() if alone else (_difference_table(step, differences),),
        figures=(_figure(step, held, means),),
        results={
            "contrasts": differences,
            "ls_means": means,
            "terms": lines(model.to_frame()),
            "covariance": model.covariance,
            "log_likelihood": model.log_likelihood,
        },
        excluded=excluded(step, held.rows, held.left_out),
        methods=(_source(step, model, DF[df]),),
        code=_code(held, asked, df),
    )


def _mean_told(step: Step, row: Json) -> str:
    return (
        f"Mean at {step.visits.get(row['visit'], row['visit'])}, {step.arms[row['arm']]}:"
        f" {number(row['estimate'], 1)} points (95 % interval {interval(row['lower'], row['upper'], 1)})."
    )


def _dead(step: Step, held: ScoreRows) -> tuple[str, ...]:
    due = held.rows.loc[held.rows["AVISIT"] == held.last, "AVISITN"].max()
    people = step.people[step.people["USUBJID"].isin(held.rows["USUBJID"])]
    dead = int(((people["DTHDT"] - people["RANDDT"]).dt.days <= due).sum())
    return (DEAD.format(n=dead),) if dead else ()


def _source(step: Step, model: Mmrm, df: str) -> str:
    adjusted = [
        "baseline by visit" if name == "baseline" else told_as(step, [name])
        for name in step.analysis.covariates
    ]
    return SOURCE.format(
        adjusted=f", {', '.join(adjusted)}" if adjusted else "", covariance=model.covariance, df=df
    )


def _code(held: ScoreRows, covariance: str, df: str) -> str:
    return (
        f'{held.code}\nrows["ARMCD"] = rows["ARMCD"].astype(str)\n'
        'mmrm(rows, outcome="AVAL", participant="USUBJID", visit="AVISIT", arm="ARMCD",'
        f' covariates={held.names}, covariate_by_visit={held.by_visit}, covariance="{covariance}", df="{df}")'
    )


def _difference_table(step: Step, differences: list[Json]) -> Table:
    return difference_table(
        step,
        differences,
        ("visit", *OF_MODEL),
        caption=gettext(
            "%(scale)s: differences from %(arm)s by visit",
            scale=step.scale_words,
            arm=step.arms[step.reference],
        ),
    )


def _figure(step: Step, held: ScoreRows, means: list[Json]) -> Figure:
    days = held.rows.groupby("AVISIT", observed=True)["AVISITN"].first().to_dict()
    drawn = pd.DataFrame(
        [
            {
                "scale": step.estimand.scale,
                "words": step.scale_words,
                "visit": row["visit"],
                "day": days[row["visit"]],
                "group": row["arm"],
                "mean": row["estimate"],
                "lower": row["lower"],
                "upper": row["upper"],
            }
            for row in means
        ]
    )
    title = gettext("%(scale)s: model means by visit and arm", scale=step.scale_words)
    return Figure(
        name=step.code,
        title=title,
        caption=gettext("%(title)s, with 95 %% intervals; covariates at their mean.", title=title),
        description=with_table(f"{title}."),
        table=Table(
            caption=title,
            columns=[
                gettext("Visit"),
                gettext("Arm"),
                gettext("Mean"),
                gettext("95 %% interval"),
                gettext("Scores"),
            ],
            rows=[_mean_line(step, held, row) for row in means],
            heads=2,
        ),
        drawing=partial(trajectory_figure, drawn, step.arms, step.visit_names),
    )


def _mean_line(step: Step, held: ScoreRows, row: Json) -> list[str]:
    own = (held.rows["AVISIT"] == row["visit"]) & (held.rows["ARMCD"] == row["arm"])
    return [
        step.visit_words(row["visit"]),
        step.arms[row["arm"]],
        number(row["estimate"], 1),
        limits(row["lower"], row["upper"], 1),
        number(int(own.sum())),
    ]
