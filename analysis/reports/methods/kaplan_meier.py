"""Survival curves by arm, medians, survival at given days, and the log-rank test."""

from functools import partial

import pandas as pd

from analysis.estimators import InputError, KaplanMeier, kaplan_meier
from analysis.reports import again
from analysis.reports.alternative import curves as curves_described
from analysis.reports.exclusions import excluded
from analysis.reports.figures.survival import survival_figure
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.methods import log_rank
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.survival_table import median_table, survival_table, table_at
from analysis.reports.words import number

SOURCE = (
    "Survival is estimated by Kaplan and Meier's product limit (1958) with Greenwood's error; pointwise 95 %"
    " intervals are taken on the {scale} scale; medians have Brookmeyer and Crowley's intervals (1982)."
)
BANDS = {
    "equal-precision": "Dotted lines are simultaneous 95 % bands of equal precision (Nair 1984).",
    "hall-wellner": "Dotted lines are simultaneous 95 % bands of Hall and Wellner (1980).",
}
NO_BANDS = (
    "The plan asks for simultaneous bands; none are drawn, as in an arm nobody had the event while others of"
    " it were still followed."
)


def find(step: Step) -> Finding:
    """Curves, and beside them the test where there are arms to compare."""
    rows = step.times
    scale = step.analysis.conf_type or "log-log"
    curves = kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"], conf_type=scale)
    test = log_rank.comparison(step)
    medians, bands = _medians(step, curves), _bands(step, curves)
    asked = step.analysis.bands
    drawn = asked if bands is not None else None
    at = lines(curves.at(step.analysis.at_days)) if step.analysis.at_days else []
    return Finding(
        sentences=(
            test.sentence,
            *test.boundary,
            _told(medians, step.arms),
            *((NO_BANDS,) if asked and not drawn else ()),
        ),
        headline=test.headline,
        tables=(
            median_table(curves, rows, step.arms, title=step.endpoint_words),
            *table_at(
                at,
                step.arms,
                caption=gettext("%(title)s: on the days that the plan names", title=step.endpoint_words),
            ),
        ),
        figures=(_figure(step, curves, bands, f"{_told(medians, step.arms)} {test.sentence}"),),
        results={
            "kaplan_meier": lines(curves.to_frame()),
            "median": lines(curves.quantile(0.5)),
            "logrank": test.results,
            **({} if bands is None else {"bands": lines(bands)}),
            **({"at": at} if at else {}),
        },
        excluded=excluded(step, rows),
        methods=(SOURCE.format(scale=scale), *((BANDS[drawn],) if drawn else ()), *test.methods),
        code=f"{again.rows_of(step, 'adtte')}\n"
        f'kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"], conf_type="{scale}")'
        + (f'.bands("{drawn}")' if drawn else "")
        + (f"\n{test.code}" if test.code else ""),
    )


def _bands(step: Step, curves: KaplanMeier) -> pd.DataFrame | None:
    """Rows of the bands that hold the whole curve, where the plan asks for them and the events allow them."""
    if not step.analysis.bands:
        return None
    try:
        return curves.bands(step.analysis.bands)
    except InputError:  # in an arm nobody had an event that left others at risk
        return None


def _medians(step: Step, curves: KaplanMeier) -> pd.DataFrame:
    return curves.quantile(0.5).set_index("group").loc[list(step.times["ARMCD"].cat.categories)].reset_index()


def _told(medians: pd.DataFrame, names: dict[str, str]) -> str:
    told = "; ".join(
        f"{names[row['group']]} {number(row['time'])} days"
        if row["time"] is not None
        else f"{names[row['group']]} not reached"
        for row in lines(medians)
    )
    return f"Median time: {told}."


def _figure(step: Step, curves: KaplanMeier, bands: pd.DataFrame | None, told: str) -> Figure:
    title, rows = step.endpoint_words, step.times
    return Figure(
        name=step.code,
        title=title,
        caption=gettext(
            "%(title)s, by arm: Kaplan-Meier curves with pointwise 95 %% intervals. Short upright strokes are"
            " censored participants. Below each time, those at risk just before it, and those censored and"
            " with the event before it.",
            title=title,
        ),
        description=curves_described(title, told),
        table=survival_table(curves, rows, step.arms, title=title),
        drawing=partial(survival_figure, curves, rows, step.arms, bands=bands),
    )
