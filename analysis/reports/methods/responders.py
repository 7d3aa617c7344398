"""Who improved by a difference that matters, by arm, at the plan's last visit."""

from functools import partial

import pandas as pd

from analysis.estimators import responder_analysis
from analysis.estimators.meaningful_difference import reaches
from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.figures.waterfall import waterfall_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.grid import grid_of
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import (
    limits,
    number,
    out_of,
    p_value,
    p_words,
    percent,
    percent_interval,
    share_limits,
)

SOURCE = (
    "Responders improved from baseline by {margin:g} points or more; the dead{transplanted} and those"
    " without a score are none. Proportions have Wilson's interval, their difference Newcombe's (1998),"
    " the odds ratio Woolf's."
)


def find(step: Step) -> Finding:
    """Proportions of all for whom the visit has come, and their difference."""
    margin = step.analysis.difference or step.estimand.meaningful_difference
    if margin is None:
        raise NotPossible("The plan names no difference that matters.")
    grid = grid_of(step, due=True, baseline=False)
    rows, composite = grid.at_last, step.estimand.transplant_is == "event"
    ended = rows["dead"] == 1
    if composite:
        ended |= rows["transplant_day"] <= rows["AVISITN"]
    found = responder_analysis(rows["BASE"], rows["AVAL"], rows["ARMCD"], margin=margin, dead=ended)
    reference = step.reference
    shares, differences = lines(found.to_frame()), lines(found.contrast(reference))
    ended_code = '(rows["dead"] == 1)'
    if composite:
        ended_code += ' | (rows["transplant_day"] <= rows["AVISITN"])'
    return Finding(
        sentences=tuple(_told(step, row, grid.last) for row in differences if row["measure"] == "difference"),
        tables=(_share_table(step, shares, grid.last), _difference_table(step, differences)),
        figures=(_figure(step, rows, ended, margin, grid.last),),
        results={"responders": shares, "contrast": differences},
        excluded=excluded(step, rows, grid.left_out),
        methods=(SOURCE.format(margin=margin, transplanted=", the transplanted" if composite else ""),),
        code=f'{grid.code}\nrows = rows[rows["AVISIT"] == "{grid.last}"]\n'
        'responder_analysis(rows["BASE"], rows["AVAL"], rows["ARMCD"],'
        f" margin={margin:g}, dead={ended_code})",
    )


def _told(step: Step, row: Json, visit: str) -> str:
    return (
        f"Difference of responders at {step.visits.get(visit, visit)}, {step.arms[row['arm']]} minus"
        f" {step.arms[step.reference]}: {percent(row['estimate'], 1)}"
        f" (95 % interval {percent_interval(row['lower'], row['upper'])}), {p_words(row['p_value'])}."
    )


def _figure(step: Step, rows: pd.DataFrame, ended: "pd.Series[bool]", margin: float, visit: str) -> Figure:
    """Everyone's change at the visit; who ended as the estimand says has none, whatever was answered."""
    change = (rows["AVAL"] - rows["BASE"]).mask(ended)
    status = pd.Series("scored", index=rows.index).mask(change.isna(), "missing").mask(ended, "dead")
    changes = pd.DataFrame({"group": rows["ARMCD"].astype(str), "change": change, "status": status})
    title = gettext(
        "%(scale)s: change from baseline at %(visit)s",
        scale=step.scale_title,
        visit=step.visit_words(visit),
    )
    told = gettext(
        "One bar a participant, from the worst change to the best; dashed lines are at the difference that"
        " matters, %(margin)s points. The dead stand first, those without a score last.",
        margin=f"{margin:g}",
    )
    return Figure(
        name=step.code,
        title=title,
        caption=told,
        description=with_table(f"{title}. {told}"),
        table=_change_table(step, title, changes, margin),
        drawing=partial(waterfall_figure, changes, step.arms, _words(step, margin), margin=margin),
    )


def _words(step: Step, margin: float) -> dict[str, str]:
    composite = step.estimand.transplant_is == "event"
    return {
        "axis": gettext("Change, points"),
        "better": gettext("better by %(margin)s or more", margin=f"{margin:g}"),
        "worse": gettext("worse by %(margin)s or more", margin=f"{margin:g}"),
        "between": gettext("between"),
        "dead": gettext("dead or transplanted") if composite else gettext("dead"),
        "missing": gettext("without a score"),
    }


def _change_table(step: Step, title: str, changes: pd.DataFrame, margin: float) -> Table:
    words = _words(step, margin)
    rows = []
    for arm, name in step.arms.items():
        own = changes[changes["group"] == arm]
        change = own["change"].dropna()
        worse, better = (int(reaches(sign * change.to_numpy(), margin).sum()) for sign in (-1, 1))
        counts = [
            int((own["status"] == "dead").sum()),
            worse,
            len(change) - worse - better,
            better,
            int((own["status"] == "missing").sum()),
        ]
        if len(own):
            rows.append([name, *map(number, (len(own), *counts)), number(float(change.median()), 1)])
    return Table(
        caption=title,
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            *(words[key].capitalize() for key in ("dead", "worse", "between", "better", "missing")),
            gettext("Median change"),
        ],
        rows=rows,
    )


def _share_table(step: Step, shares: list[Json], visit: str) -> Table:
    return Table(
        caption=gettext("Responders at %(visit)s", visit=step.visit_words(visit)),
        columns=[
            gettext("Arm"),
            gettext("Responders of"),
            gettext("dead").capitalize(),
            gettext("without a score").capitalize(),
            gettext("Proportion"),
            gettext("95 %% interval"),
        ],
        rows=[
            [
                step.arms[row["arm"]],
                out_of(row["responders"], row["n"]),
                number(row["dead"]),
                number(row["missing"]),
                percent(row["proportion"], 1),
                share_limits(row["lower"], row["upper"]),
            ]
            for row in shares
        ],
    )


def _difference_table(step: Step, differences: list[Json]) -> Table:
    return Table(
        caption=gettext("Against %(arm)s", arm=step.arms[step.reference]),
        columns=[
            gettext("Measure"),
            gettext("Arm"),
            gettext("Estimate"),
            gettext("95 %% interval"),
            "p",
        ],
        rows=[
            [
                {"difference": gettext("Difference"), "odds ratio": gettext("Odds ratio")}[row["measure"]],
                step.arms[row["arm"]],
                number(row["estimate"], 3),
                limits(row["lower"], row["upper"], 3),
                p_value(row["p_value"]),
            ]
            for row in differences
        ],
        heads=2,
    )
