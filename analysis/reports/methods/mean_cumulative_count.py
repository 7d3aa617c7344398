"""How many hospital stays a participant has had by each time, on average: death ends or censors them."""

from functools import partial

from analysis.estimators import InputError, MeanCumulativeCount, mean_cumulative_count
from analysis.reports.alternative import curves as curves_described
from analysis.reports.contrasts import contrast_table, contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.figures.mean_count import figure_ticks, mean_count_figure, stay_counts
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, limits, number

SOURCE = (
    "The mean cumulative count of hospital stays takes death as their end (Ghosh and Lin 2000): the dead"
    " have no more stays, and no one is taken to live on."
)
CENSORED = (
    "The mean cumulative count of hospital stays takes death as a censoring (Nelson 1995; variance of Lawless"
    " and Nadeau 1995): the stays that there would be if nobody died and all went on as those who lived."
)


def find(step: Step) -> Finding:
    """Curves by arm, and contrasts on the last day that the plan names."""
    rows = step.pieces
    counts = mean_cumulative_count(
        *(rows["TSTART"], rows["TSTOP"], rows["EVENT"], rows["USUBJID"]),
        group=rows["ARMCD"],
        terminal=None if _censored(step) else rows["TERMINAL"],
    )
    found, why_not = _contrasts(step, counts)
    day = max(step.analysis.at_days, default=None)
    told = difference_sentences(step, found, what=f"mean counts by day {day}", unit="", digits=2)
    stays = int(rows["EVENT"].sum())
    return Finding(
        sentences=(*told, *((why_not,) if why_not else ()), f"{stays} stays of {rows['USUBJID'].nunique()}."),
        tables=(
            *_at_table(step, counts),
            *contrast_table(
                step, found, caption=gettext("Contrasts by day %(day)s", day=day), unit="", digits=2
            ),
        ),
        figures=(_figure(step, counts),),
        results={
            "mean_cumulative_count": lines(counts.to_frame()),
            "contrast": found,
            **({"at": lines(counts.at(step.analysis.at_days))} if step.analysis.at_days else {}),
        },
        excluded=excluded(step, rows),
        methods=(CENSORED if _censored(step) else SOURCE,),
        code=_code(step),
    )


def _censored(step: Step) -> bool:
    return step.estimand.death_is == "censoring"


def _contrasts(step: Step, counts: MeanCumulativeCount) -> tuple[list[Json], str]:
    if not step.analysis.at_days:
        return [], ""
    try:
        return contrasts(step, partial(counts.contrast, time=max(step.analysis.at_days)))
    except InputError as refused:
        return [], f"No contrast: {refused}."


def _code(step: Step) -> str:
    only, terminal = "", "" if _censored(step) else ', terminal=rows["TERMINAL"]'
    if step.estimand.of_the_infused:
        only = '\nrows = rows[rows["USUBJID"].isin(data.adsl.query("TRTFL == \'Y\'")["USUBJID"])]'
    return (
        f"rows = data.adrec.query(\"PARAMCD == '{step.param}'\"){only}\n"
        'mean_cumulative_count(rows["TSTART"], rows["TSTOP"], rows["EVENT"], rows["USUBJID"],'
        f' group=rows["ARMCD"]{terminal})'
    )


def _at_table(step: Step, counts: MeanCumulativeCount) -> tuple[Table, ...]:
    if not step.analysis.at_days:
        return ()
    return (
        Table(
            caption=gettext("%(title)s: on the days that the plan names", title=_title()),
            columns=[
                gettext("Arm"),
                gettext("Day"),
                gettext("At risk"),
                gettext("Hospital stays per participant"),
                gettext("95 %% interval"),
            ],
            rows=[
                [
                    step.arms[row["group"]],
                    number(row["time"]),
                    number(row["at_risk"]),
                    number(row["mean_count"], 2),
                    limits(row["lower"], row["upper"], 2),
                ]
                for row in lines(counts.at(step.analysis.at_days))
            ],
            heads=2,
        ),
    )


def _title() -> str:
    return gettext("Hospital stays per participant")


def _figure(step: Step, counts: MeanCumulativeCount) -> Figure:
    frame = counts.to_frame()
    last = lines(frame.groupby("group", sort=False).tail(1))
    told = "; ".join(f"{step.arms[row['group']]} {number(row['mean_count'], 2)}" for row in last)
    title = _title()
    return Figure(
        name=step.code,
        title=title,
        caption=gettext(
            "%(title)s, by arm: mean cumulative count since day 0 with pointwise 95 %% intervals. Below each"
            " time, those at risk just before it, and the stays before it.",
            title=title,
        ),
        description=curves_described(title, f"By the end of follow-up: {told}."),
        table=_figure_table(step, counts),
        drawing=partial(mean_count_figure, frame, step.arms),
    )


def _figure_table(step: Step, counts: MeanCumulativeCount) -> Table:
    """What the figure shows, in numbers: counts and means at the times of its ticks."""
    frame = counts.to_frame()
    at = figure_ticks(frame)
    means = {(row["group"], row["time"]): row for row in lines(counts.at(at.days))}
    shown = []
    for row in lines(stay_counts(frame, at)):
        here = means.get((row["group"], row["time"] * at.days_per_unit))
        shown.append(
            [
                step.arms[row["group"]],
                number(row["time"]),
                number(row["at_risk"]),
                number(row["events"]),
                number(here["mean_count"], 2) if here else NOTHING,
                limits(here["lower"], here["upper"], 2) if here else NOTHING,
            ]
        )
    return Table(
        caption=gettext("%(title)s: at the times below the figure", title=_title()),
        columns=[
            gettext("Arm"),
            at.head,
            gettext("At risk"),
            gettext("Stays"),
            gettext("Hospital stays per participant"),
            gettext("95 %% interval"),
        ],
        rows=shown,
        heads=2,
    )
