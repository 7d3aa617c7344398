"""Curves from a day on, of those who were followed to it without the event."""

from functools import partial

import pandas as pd

from analysis.estimators import InputError, kaplan_meier, landmark, logrank_test
from analysis.reports import again
from analysis.reports.alternative import curves as curves_described
from analysis.reports.exclusions import excluded
from analysis.reports.figures.survival import survival_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines, plain
from analysis.reports.step import Step
from analysis.reports.survival_table import median_table, survival_table, table_at
from analysis.reports.words import number, p_words

SOURCE = (
    "The landmark analysis (Anderson, Cain and Gelber 1983) follows those who were there without the"
    " event after day {day}, from that day on: what went before decides nothing, and arms are no longer"
    " as they were randomised."
)
REASONS = {
    "event": "with the event by the landmark",
    "censored": "not followed beyond the landmark",
}


def find(step: Step) -> Finding:
    """Curves and test among those who reached the landmark."""
    day = step.analysis.landmark_day
    if day is None:
        raise NotPossible("The plan names no landmark.")
    reached = landmark(step.times, at=day, duration="AVAL")
    rows = reached.to_frame()
    if rows.empty:
        raise NotPossible(f"Nobody was followed beyond day {day} without the event.")
    scale = step.analysis.conf_type or "log-log"
    curves = kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"], conf_type=scale)
    test = _test(rows)
    told = _told(test, day)
    at = lines(curves.at(step.analysis.at_days)) if step.analysis.at_days else []
    return Finding(
        sentences=(told,),
        tables=(
            median_table(curves, rows, step.arms, title=_title(step, day)),
            *table_at(
                at,
                step.arms,
                caption=gettext(
                    "%(endpoint)s, days counted from day %(day)s", endpoint=step.endpoint_words, day=day
                ),
            ),
        ),
        figures=(_figure(step, rows, day, told),),
        results={
            "landmark_day": day,
            "kaplan_meier": lines(curves.to_frame()),
            "median": lines(curves.quantile(0.5)),
            "logrank": test,
            **({"at": at} if at else {}),
        },
        excluded=excluded(step, rows, _reasons(reached.left_out())),
        methods=(SOURCE.format(day=day),),
        code=f"{again.rows_of(step, 'adtte')}\nrows = landmark(rows, at={day},"
        ' duration="AVAL").to_frame()\n'
        f'kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"], conf_type="{scale}")'
        + ('\nlogrank_test(rows["AVAL"], rows["event"], rows["ARMCD"])' if test else ""),
    )


def _reasons(left_out: pd.DataFrame) -> dict[str, int]:
    return {REASONS[row["reason"]]: row["n"] for row in lines(left_out) if row["reason"] in REASONS}


def _test(rows: pd.DataFrame) -> Json | None:
    try:
        found = logrank_test(rows["AVAL"], rows["event"], rows["ARMCD"])
    except InputError:  # one arm, or no event while two were at risk
        return None
    return {"statistic": found.statistic, "df": found.df, "p_value": plain(found.p_value)}


def _told(test: Json | None, day: int) -> str:
    if test is None:
        return f"No log-rank test from day {day} on: it needs two arms and an event while both were at risk."
    freedom = f"{test['df']} degree{'s' if test['df'] != 1 else ''} of freedom"
    return (
        f"Log-rank test from day {day} on: χ² = {number(test['statistic'], 3)} on {freedom},"
        f" {p_words(test['p_value'])}."
    )


def _title(step: Step, day: int) -> str:
    return gettext("%(endpoint)s from day %(day)s on", endpoint=step.endpoint_words, day=day)


def _figure(step: Step, rows: pd.DataFrame, day: int, told: str) -> Figure:
    title = _title(step, day)
    curves = kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"])
    return Figure(
        name=step.code,
        title=title,
        caption=gettext(
            "%(title)s, by arm, of those followed to it without the event; time is counted from that day.",
            title=title,
        ),
        description=curves_described(title, told),
        table=survival_table(curves, rows, step.arms, title=title, from_day=day),
        drawing=partial(survival_figure, curves, rows, step.arms, from_day=day),
    )
