"""When a score became worse by a difference that matters, and stayed so; death as the estimand says."""

from functools import partial

import pandas as pd

from analysis.estimators import (
    InputError,
    LogrankTest,
    cumulative_incidence,
    gray_test,
    kaplan_meier,
    logrank_test,
    sustained_deterioration,
)
from analysis.estimators.sustained_deterioration import Terminal
from analysis.reports.alternative import curves as curves_described
from analysis.reports.exclusions import excluded
from analysis.reports.figures.survival import survival_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.grid import Grid, before_end, before_end_code, grid_of
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines, plain
from analysis.reports.step import Step
from analysis.reports.survival_table import survival_table
from analysis.reports.table import Table
from analysis.reports.words import limits, number, p_words
from app.domain.estimand import Strategy

TERMINAL: dict[Strategy, Terminal] = {
    "event": "event",
    "competing": "competing",
    "censoring": "censored",
    "while-alive": "censored",
}
WORDS: dict[Terminal, str] = {"event": "is one as well", "competing": "competes", "censored": "censors"}
SOURCE = (
    "A sustained deterioration is a score {margin:g} points or more below baseline, confirmed by the next"
    " one, on the planned day of its visit; a death{transplant} {terminal}."
)


def find(step: Step) -> Finding:
    """Curves of the time without one, or its incidence where death competes, and the test between arms."""
    margin = step.analysis.difference or step.estimand.meaningful_difference
    if margin is None:
        raise NotPossible("The plan names no difference that matters.")
    grid = grid_of(step, due=False, baseline=True)
    rows, terminal = _with_end(step, grid), TERMINAL[step.estimand.death_is]
    found = sustained_deterioration(
        rows,
        outcome="AVAL",
        participant="USUBJID",
        day="AVISITN",
        baseline="BASE",
        margin=margin,
        terminal_day="end_day",
        terminal=terminal,
    ).to_frame()
    times = _by_arm(step, rows, found)
    test = _test(times, terminal)
    told = _test_words(test, terminal)
    return Finding(
        sentences=(told,),
        tables=(_counts(step, times), *_medians(step, times, terminal)),
        figures=() if terminal == "competing" else (_figure(step, times, told),),
        results={"times": lines(found), "test": test, **_curves(times, terminal)},
        excluded=excluded(step, rows, grid.left_out),
        methods=(
            SOURCE.format(
                margin=margin,
                transplant=" or a transplant" if step.estimand.transplant_is == "event" else "",
                terminal=WORDS[terminal],
            ),
        ),
        code=_code(step, grid, margin, terminal, tested=test is not None),
    )


def _with_end(step: Step, grid: Grid) -> pd.DataFrame:
    """The grid with `end_day`: of death, or of a transplant before it where that is an event too."""
    rows = grid.rows.assign(end_day=grid.rows["death_day"])
    if step.estimand.transplant_is == "event":
        end = rows[["death_day", "transplant_day"]].min(axis=1)
        rows = rows.assign(end_day=end, AVAL=rows["AVAL"].mask(rows["transplanted"] == 1))
    return before_end(rows, "end_day")


def _by_arm(step: Step, rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    arms = rows.drop_duplicates("USUBJID").set_index("USUBJID")["ARMCD"]
    order = [arm for arm in step.arms if arm in set(arms)]
    codes = pd.Categorical(found["participant"].map(arms), categories=order)
    return found.assign(ARMCD=codes, AVAL=found["time"])


def _test(times: pd.DataFrame, terminal: Terminal) -> Json | None:
    try:
        found: LogrankTest | object
        if terminal == "competing":
            found = gray_test(times["time"], times["cause"], times["ARMCD"])
        else:
            found = logrank_test(times["time"], times["event"], times["ARMCD"])
    except InputError:  # one arm, or no deterioration while two were at risk
        return None
    return {"statistic": found.statistic, "df": found.df, "p_value": plain(found.p_value)}


def _test_words(test: Json | None, terminal: Terminal) -> str:
    name = "Gray's test" if terminal == "competing" else "Log-rank test"
    if test is None:
        return f"No {name[0].lower()}{name[1:]}: it needs two arms and an event while both were at risk."
    freedom = f"{test['df']} degree{'s' if test['df'] != 1 else ''} of freedom"
    statistic = f"χ² = {number(test['statistic'], 3)} on {freedom}"
    return f"{name} of the time to deterioration: {statistic}, {p_words(test['p_value'])}."


def _curves(times: pd.DataFrame, terminal: Terminal) -> Json:
    if terminal == "competing":
        found = cumulative_incidence(times["time"], times["cause"], group=times["ARMCD"])
        return {"incidence": lines(found.to_frame())}
    curves = kaplan_meier(times["time"], times["event"], group=times["ARMCD"])
    return {"kaplan_meier": lines(curves.to_frame()), "median": lines(curves.quantile(0.5))}


def _counts(step: Step, times: pd.DataFrame) -> Table:
    return Table(
        caption=gettext(
            "%(scale)s: first of sustained deterioration and death, by arm", scale=step.scale_words
        ),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("Deteriorated"),
            gettext("Ended by death or transplant"),
            gettext("Neither"),
        ],
        rows=[
            [
                name,
                *(
                    number(int(count))
                    for own in [times.loc[times["ARMCD"] == arm, "cause"]]
                    for count in (len(own), (own == 1).sum(), (own == 2).sum(), (own == 0).sum())
                ),
            ]
            for arm, name in step.arms.items()
        ],
    )


def _medians(step: Step, times: pd.DataFrame, terminal: Terminal) -> tuple[Table, ...]:
    if terminal == "competing":
        return ()
    curves = kaplan_meier(times["time"], times["event"], group=times["ARMCD"])
    return (
        Table(
            caption=gettext("%(title)s: median time by arm (– not reached)", title=_title(step)),
            columns=[gettext("Arm"), gettext("Median, days"), gettext("95 %% interval, days")],
            rows=[
                [step.arms[row["group"]], number(row["time"]), limits(row["lower"], row["upper"])]
                for row in lines(curves.quantile(0.5))
            ],
        ),
    )


def _title(step: Step) -> str:
    return gettext("%(scale)s: free of sustained deterioration", scale=step.scale_words)


def _figure(step: Step, times: pd.DataFrame, told: str) -> Figure:
    curves = kaplan_meier(times["time"], times["event"], group=times["ARMCD"])
    title = _title(step)
    return Figure(
        name=step.code,
        title=title,
        caption=gettext(
            "%(title)s, by arm: Kaplan-Meier curves with pointwise 95 %% intervals.", title=title
        ),
        description=curves_described(title, told),
        table=survival_table(curves, times, step.arms, title=title),
        drawing=partial(survival_figure, curves, times, step.arms),
    )


def _code(step: Step, grid: Grid, margin: float, terminal: Terminal, *, tested: bool) -> str:
    end = 'rows["end_day"] = rows["death_day"]'
    if step.estimand.transplant_is == "event":
        end = (
            'rows["end_day"] = rows[["death_day", "transplant_day"]].min(axis=1)\n'
            'rows["AVAL"] = rows["AVAL"].mask(rows["transplanted"] == 1)'
        )
    curves = 'kaplan_meier(found["time"], found["event"], group=found["arm"])'
    test = 'logrank_test(found["time"], found["event"], found["arm"])'
    if terminal == "competing":
        curves = 'cumulative_incidence(found["time"], found["cause"], group=found["arm"])'
        test = 'gray_test(found["time"], found["cause"], found["arm"])'
    return (
        f"{grid.code}\n{end}\n{before_end_code('end_day')}\n"
        'found = sustained_deterioration(rows, outcome="AVAL", participant="USUBJID", day="AVISITN",'
        f' baseline="BASE", margin={margin:g}, terminal_day="end_day", terminal="{terminal}")'
        ".to_frame()\n"
        'arms = rows.drop_duplicates("USUBJID").set_index("USUBJID")["ARMCD"]\n'
        'found["arm"] = found["participant"].map(arms)\n'
        f"{curves}" + (f"\n{test}" if tested else "")
    )
