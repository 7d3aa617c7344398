"""The share that has had an event by each time, where another rules it out, and Gray's test between arms."""

from functools import partial

import pandas as pd

from analysis.datasets import combined
from analysis.estimators import CumulativeIncidence, GrayTest, InputError, cumulative_incidence, gray_test
from analysis.reports import again
from analysis.reports.alternative import curves as curves_described
from analysis.reports.causes import CENSORED, Causes, cause_words, causes_of
from analysis.reports.exclusions import excluded
from analysis.reports.figures.incidence import figure_ticks, incidence_counts, incidence_figure
from analysis.reports.figures.time_axis import Ticks
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines, plain
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, number, p_words, percent, share_limits

SOURCE = (
    "Cumulative incidence is Aalen and Johansen's estimate (1978), exact at ties, with the infinitesimal"
    " jackknife's error and log-log intervals; arms are compared by Gray's test (1988){strata}."
)


def find(step: Step) -> Finding:
    """Incidence of each kind of event that the plan asks for."""
    found = [_one(step, each) for each in causes_of(step)]
    strata = step.analysis.strata
    return Finding(
        sentences=tuple(sentence for each in found for sentence in each.sentences),
        headline=found[0].headline,
        tables=tuple(table for each in found for table in each.tables),
        figures=tuple(figure for each in found for figure in each.figures),
        results=found[0].results
        if len(found) == 1
        else {each.results["cause"]: each.results for each in found},
        excluded=found[0].excluded,
        methods=(SOURCE.format(strata=f", stratified by {' and '.join(strata)}" if strata else ""),),
        code="\n".join(each.code for each in found if each.code),
    )


def _one(step: Step, causes: Causes) -> Finding:
    rows = causes.rows
    curves = cumulative_incidence(rows["days"], rows["cause"], group=rows["ARMCD"], censored=CENSORED)
    test = _test(step, causes)
    sentence = _sentence(causes, test)
    return Finding(
        sentences=(sentence,),
        headline=(p_words(plain(test.p_value)), "Gray's test") if test else None,
        tables=_at_table(step, causes, curves),
        figures=(_figure(step, causes, curves, sentence),),
        results={
            "cause": causes.of_interest,
            "incidence": lines(curves.to_frame()),
            "gray": _gray(test),
            **({"at": lines(curves.at(step.analysis.at_days))} if step.analysis.at_days else {}),
        },
        excluded=excluded(step, rows),
        code=_code(step, causes, test),
    )


def _test(step: Step, causes: Causes) -> GrayTest | None:
    rows, names = causes.rows, step.analysis.strata
    strata = combined(step.data.covariates(names, rows)) if names else None
    if strata is not None:
        rows, strata = rows[strata.notna()], strata[strata.notna()]
    try:
        return gray_test(
            *(rows["days"], rows["cause"], rows["ARMCD"]),
            cause_of_interest=causes.of_interest,
            strata=strata,
            censored=CENSORED,
        )
    except InputError:  # one arm, or no event while two were at risk
        return None


def _sentence(causes: Causes, test: GrayTest | None) -> str:
    if test is None:
        return f"No test of {causes.of_interest}: it needs two arms and an event while both were at risk."
    freedom = f"{test.df} degree{'s' if test.df != 1 else ''} of freedom"
    return (
        f"Gray's test of {causes.of_interest}: χ² = {number(test.statistic, 3)} on {freedom},"
        f" {p_words(plain(test.p_value))}."
    )


def _gray(test: GrayTest | None) -> Json | None:
    if test is None:
        return None
    return {"statistic": test.statistic, "df": test.df, "p_value": plain(test.p_value)}


def _code(step: Step, causes: Causes, test: GrayTest | None) -> str:
    if not causes.code:
        return ""
    made = (
        f"{causes.code}\n"
        f'cumulative_incidence(rows["days"], rows["cause"], group=rows["ARMCD"], censored="{CENSORED}")'
    )
    if test is None:
        return made
    strata = ", strata=strata" if step.analysis.strata else ""
    return (
        f'{made}\n{again.strata_of(step)}gray_test(rows["days"], rows["cause"], rows["ARMCD"],'
        f' cause_of_interest="{causes.of_interest}"{strata}, censored="{CENSORED}")'
    )


def _at_table(step: Step, causes: Causes, curves: CumulativeIncidence) -> tuple[Table, ...]:
    if not step.analysis.at_days:
        return ()
    return (
        Table(
            caption=gettext("%(title)s: on the days that the plan names", title=_title(causes.of_interest)),
            columns=[
                gettext("Arm"),
                gettext("Event"),
                gettext("Day"),
                gettext("At risk"),
                gettext("Incidence"),
                gettext("95 %% interval"),
            ],
            rows=[
                [
                    step.arms[row["group"]],
                    cause_words(row["cause"]),
                    number(row["time"]),
                    number(row["at_risk"]),
                    percent(row["incidence"], 1),
                    share_limits(row["lower"], row["upper"]),
                ]
                for row in lines(curves.at(step.analysis.at_days))
            ],
            heads=3,
        ),
    )


def _title(cause: str) -> str:
    return gettext("Cumulative incidence: %(event)s", event=cause_words(cause))


def _figure(step: Step, causes: Causes, curves: CumulativeIncidence, told: str) -> Figure:
    at = figure_ticks(causes.rows)
    counts = incidence_counts(causes.rows, causes.of_interest, at, censored=CENSORED)
    frame = curves.to_frame()
    own = frame[frame["cause"] == causes.of_interest]
    title = _title(causes.of_interest)
    several = len(step.analysis.kinds) > 1
    return Figure(
        name=f"{step.code}-{causes.of_interest.replace(' ', '-')}" if several else step.code,
        title=title,
        caption=gettext(
            "%(title)s, by arm, with pointwise 95 %% intervals, other events competing. Below each time,"
            " those at risk just before it, and those with the event, or with another that rules it out,"
            " before it.",
            title=title,
        ),
        description=curves_described(title, told),
        table=_figure_table(step, counts, curves.at(at.days), causes.of_interest, at),
        drawing=partial(incidence_figure, own, counts, at, step.arms),
    )


def _figure_table(step: Step, counts: pd.DataFrame, there: pd.DataFrame, cause: str, at: Ticks) -> Table:
    held = {(row["group"], row["time"]): row for row in lines(there[there["cause"] == cause])}
    shown = []
    for row in lines(counts):
        here = held.get((row["group"], row["time"] * at.days_per_unit), {})
        share = percent(here.get("incidence"), 1) if here else NOTHING
        reach = share_limits(here.get("lower"), here.get("upper")) if here else NOTHING
        numbers = [str(row[name]) for name in ("at_risk", "events", "others")]
        shown.append([step.arms[row["group"]], str(row["time"]), *numbers, share, reach])
    return Table(
        caption=gettext(
            "%(title)s: at the times below the figure",
            title=gettext("Cumulative incidence: %(event)s", event=cause_words(cause)),
        ),
        columns=[
            gettext("Arm"),
            at.head,
            gettext("At risk"),
            gettext("Events"),
            gettext("Others"),
            gettext("Incidence"),
            gettext("95 %% interval"),
        ],
        rows=shown,
        heads=2,
    )
