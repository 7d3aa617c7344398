"""Who improved by a difference that matters, by arm, at the plan's last visit."""

from functools import partial

import pandas as pd

from analysis.estimators import responder_analysis
from analysis.estimators.meaningful_difference import reaches
from analysis.reports.alternative import with_table
from analysis.reports.contrasts import contrasts
from analysis.reports.exclusions import excluded
from analysis.reports.figures.waterfall import BARS, waterfall_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.grid import Grid, grid_of
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import (
    interval,
    limits,
    number,
    out_of,
    p_value,
    p_words,
    percent,
    share_limits,
)

SOURCE = (
    "Responders improved from baseline by {margin:g} points or more; {ended}those without a score are none."
    " {alive}Proportions have Wilson's interval, their difference Newcombe's (1998), the odds ratio Woolf's."
)
WHILE_ALIVE = "Of who died by then the last score while alive counts. "


def find(step: Step) -> Finding:
    """Proportions of all for whom the visit has come, and their difference."""
    margin = step.analysis.difference or step.estimand.meaningful_difference
    if margin is None:
        raise NotPossible("The plan names no difference that matters.")
    grid = grid_of(step, due=True, baseline=False)
    rows, ended, made = _counted(step, grid)
    found = responder_analysis(rows["BASE"], rows["AVAL"], rows["ARMCD"], margin=margin, dead=ended)
    shares, (differences, alone) = lines(found.to_frame()), contrasts(step, found.contrast)
    told = [_told(step, row, grid.last) for row in differences if row["measure"] == "difference"]
    if alone:
        told = [*(_share_told(step, row, grid.last) for row in shares), alone]
    return Finding(
        sentences=tuple(told),
        tables=(
            _share_table(step, shares, grid.last),
            *(() if alone else (_difference_table(step, differences),)),
        ),
        figures=(_figure(step, rows, ended, margin, grid.last),),
        results={"responders": shares, "contrast": differences},
        excluded=excluded(step, rows, grid.left_out),
        methods=(_source(step, margin),),
        code=f'{grid.code}\nrows = rows[rows["AVISIT"] == "{grid.last}"]\n{made}\n'
        'responder_analysis(rows["BASE"], rows["AVAL"], rows["ARMCD"],'
        f" margin={margin:g}, dead=ended)",
    )


def _while_alive(step: Step) -> bool:
    return step.estimand.death_is == "while-alive"


def _counted(step: Step, grid: Grid) -> tuple[pd.DataFrame, "pd.Series[bool]", str]:
    """One row a participant; whom a death or a transplant makes a non-responder; the code that says so.

    Where only the time alive counts, the score of who died by the visit is the last one before it.
    """
    rows = grid.at_last
    ended = pd.Series(False, index=rows.index) if _while_alive(step) else rows["dead"] == 1
    made = 'ended = rows["dead"] == 1'
    if _while_alive(step):
        meant = step.estimand
        visits = _visits_until(step, grid.last)
        earlier = step.data.score_grid(instrument=meant.instrument, scale=meant.scale, visits=visits)
        last = earlier.dropna(subset=["AVAL"]).groupby("USUBJID")["AVAL"].last()
        rows = rows.assign(AVAL=rows["AVAL"].mask(rows["dead"] == 1, rows["USUBJID"].map(last)))
        made = (
            f'earlier = data.score_grid(instrument="{meant.instrument}", scale="{meant.scale}",'
            f" visits={visits})\n"
            'last = earlier.dropna(subset=["AVAL"]).groupby("USUBJID")["AVAL"].last()\n'
            'rows["AVAL"] = rows["AVAL"].mask(rows["dead"] == 1, rows["USUBJID"].map(last))\n'
            "ended = pd.Series(False, index=rows.index)"
        )
    if step.estimand.transplant_is == "event":
        ended |= rows["transplanted"] == 1
        made += '\nended |= rows["transplanted"] == 1'
    return rows, ended, made


def _visits_until(step: Step, last: str) -> list[str]:
    """The visits after day 0 that ask the estimand's questionnaire, until the one that is looked at."""
    schedule = step.data.study.schedule
    until = next(visit.day for visit in schedule if visit.code == last)
    asked = [visit for visit in schedule if step.estimand.instrument in visit.instruments]
    return [visit.code for visit in sorted(asked, key=lambda visit: visit.day) if 0 < visit.day <= until]


def _source(step: Step, margin: float) -> str:
    ended = [] if _while_alive(step) else ["the dead"]
    ended += ["the transplanted"] if step.estimand.transplant_is == "event" else []
    return SOURCE.format(
        margin=margin,
        ended=f"{', '.join(ended)} and " if ended else "",
        alive=WHILE_ALIVE if _while_alive(step) else "",
    )


def _told(step: Step, row: Json, visit: str) -> str:
    share = {name: 100 * row[name] for name in ("estimate", "lower", "upper")}
    return (
        f"Difference of responders at {step.visits.get(visit, visit)}, {step.arms[row['arm']]} minus"
        f" {step.arms[step.reference]}: {number(share['estimate'], 1)} percentage points"
        f" (95 % interval {interval(share['lower'], share['upper'], 1)}), {p_words(row['p_value'])}."
    )


def _share_told(step: Step, row: Json, visit: str) -> str:
    return (
        f"Responders at {step.visits.get(visit, visit)}, {step.arms[row['arm']]}:"
        f" {row['responders']} of {row['n']}, {percent(row['proportion'], 1)}"
        f" (95 % interval {interval(100 * row['lower'], 100 * row['upper'], 1)})."
    )


def _figure(step: Step, rows: pd.DataFrame, ended: "pd.Series[bool]", margin: float, visit: str) -> Figure:
    """Everyone's change at the visit; who ended as the estimand says has none, whatever was answered."""
    change = (rows["AVAL"] - rows["BASE"]).mask(ended)
    status = pd.Series("scored", index=rows.index).mask(change.isna(), "missing").mask(ended, "dead")
    changes = pd.DataFrame({"group": rows["ARMCD"].astype(str), "change": change, "status": status})
    title = gettext(
        "%(scale)s: change from baseline at %(visit)s",
        scale=step.scale_words,
        visit=step.visit_words(visit),
    )
    told = _caption(step, margin)
    if int(changes.loc[status == "scored", "group"].value_counts().max()) > BARS:
        told += " " + gettext(
            "Where an arm has more than %(n)s changes, a bar is the median of neighbours, as wide as they are"
            " many.",
            n=BARS,
        )
    return Figure(
        name=step.code,
        title=title,
        caption=told,
        description=with_table(f"{title}. {told}"),
        table=_change_table(step, title, changes, margin),
        drawing=partial(waterfall_figure, changes, step.arms, _words(step, margin), margin=margin),
    )


def _caption(step: Step, margin: float) -> str:
    if _while_alive(step):
        return gettext(
            "One bar a participant, from the worst change to the best; dashed lines are at the difference"
            " that matters, %(margin)s points. Of the dead the last score while alive counts; those without"
            " a score stand last.",
            margin=f"{margin:g}",
        )
    return gettext(
        "One bar a participant, from the worst change to the best; dashed lines are at the difference that"
        " matters, %(margin)s points. The dead stand first, those without a score last.",
        margin=f"{margin:g}",
    )


def _words(step: Step, margin: float) -> dict[str, str]:
    return {
        "axis": gettext("Change, points"),
        "better": gettext("better by %(margin)s or more", margin=f"{margin:g}"),
        "worse": gettext("worse by %(margin)s or more", margin=f"{margin:g}"),
        "between": gettext("between"),
        **({"dead": _ended_words(step)} if _may_have_ended(step) else {}),
        "missing": gettext("without a score"),
    }


def _may_have_ended(step: Step) -> bool:
    """Whether a death or a transplant can make someone a non-responder, whatever was answered."""
    return not _while_alive(step) or step.estimand.transplant_is == "event"


def _ended_words(step: Step) -> str:
    if _while_alive(step):
        return gettext("transplanted")
    return gettext("dead or transplanted") if step.estimand.transplant_is == "event" else gettext("dead")


def _change_table(step: Step, title: str, changes: pd.DataFrame, margin: float) -> Table:
    words = _words(step, margin)
    columns = ("dead", "worse", "between", "better", "missing")[0 if _may_have_ended(step) else 1 :]
    rows = []
    for arm, name in step.arms.items():
        own = changes[changes["group"] == arm]
        change = own["change"].dropna()
        worse, better = (int(reaches(sign * change.to_numpy(), margin).sum()) for sign in (-1, 1))
        counts = {
            "dead": int((own["status"] == "dead").sum()),
            "worse": worse,
            "between": len(change) - worse - better,
            "better": better,
            "missing": int((own["status"] == "missing").sum()),
        }
        if len(own):
            told = [number(len(own)), *(number(counts[key]) for key in columns)]
            rows.append([name, *told, number(float(change.median()), 1)])
    return Table(
        caption=title,
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            *(words[key].capitalize() for key in columns),
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
            *([_ended_words(step).capitalize()] if _may_have_ended(step) else []),
            gettext("without a score").capitalize(),
            gettext("Proportion"),
            gettext("95 %% interval"),
        ],
        rows=[
            [
                step.arms[row["arm"]],
                out_of(row["responders"], row["n"]),
                *([number(row["dead"])] if _may_have_ended(step) else []),
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
