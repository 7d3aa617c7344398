"""Days alive and out of hospital within a horizon, by arm."""

from functools import partial

import numpy as np
import pandas as pd

from analysis.estimators import DaysOutOfHospital, days_alive_out_of_hospital
from analysis.reports import again
from analysis.reports.alternative import with_table
from analysis.reports.contrasts import contrast_table, contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.figures.days import days_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number

SOURCE = (
    "Days alive and out of hospital are days of the horizon less nights in hospital and days after death;"
    " those censored before the horizon are stood for by who was followed longer (Bang and Tsiatis 2000)."
)


def find(step: Step) -> Finding:
    """Means by arm, and the difference."""
    rows, tau = step.observed, step.analysis.tau_days
    if tau is None:
        raise NotPossible("The plan names no horizon.")
    days = days_alive_out_of_hospital(
        *(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D", step.data.stays(step.param)),
        horizon=tau,
        group=rows["ARMCD"].astype(str),
    )
    found, why_not = contrasts(step, days.contrast)
    means = lines(days.means())
    return Finding(
        sentences=difference_sentences(
            step, found, what="mean days alive and out of hospital", unit="days", digits=1
        )
        or (why_not,),
        tables=(
            Table(
                caption=gettext("Days alive and out of hospital within %(days)s days", days=f"{tau:,}"),
                columns=[
                    gettext("Arm"),
                    gettext("Participants"),
                    gettext("Followed to the end"),
                    gettext("Mean, days"),
                    gettext("95 %% interval, days"),
                ],
                rows=[
                    [
                        step.arms[row["group"]],
                        number(row["n"]),
                        number(row["complete"]),
                        number(row["mean"], 1),
                        limits(row["lower"], row["upper"], 1),
                    ]
                    for row in means
                ],
            ),
            *contrast_table(
                step, found, caption=gettext("Contrasts within %(days)s days", days=f"{tau:,}"), unit="days"
            ),
        ),
        figures=(_figure(step, days, tau),),
        results={"horizon": tau, "means": means, "contrast": found, "days": lines(days.to_frame())},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{again.rows_of(step, 'adobs')}\n"
        'days_alive_out_of_hospital(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D",'
        f' data.stays("{step.param}"), horizon={tau}, group=rows["ARMCD"])',
    )


def _figure(step: Step, found: DaysOutOfHospital, tau: int) -> Figure:
    title = gettext("Days alive and out of hospital within %(days)s days", days=f"{tau:,}")
    told = gettext(
        "A point is a participant whose days are all known, boxes reach from the lower to the upper quartile"
        " of these with the median between; the mean stands for all participants, with its 95 %% interval."
    )
    everyone = found.to_frame()
    known = everyone[everyone["status"] == "complete"]
    return Figure(
        name=step.code,
        title=title,
        caption=told,
        description=with_table(f"{title}. {told}"),
        table=_spread_table(step, title, known, lines(found.means())),
        drawing=partial(days_figure, known, tau, lines(found.means()), step.arms, _words()),
    )


def _words() -> dict[str, str]:
    return {
        "axis": gettext("Days alive and out of hospital"),
        "point": gettext("a participant"),
        "quartiles": gettext("quartiles"),
        "mean": gettext("mean with 95 %% interval"),
    }


def _spread_table(step: Step, title: str, known: pd.DataFrame, means: list[Json]) -> Table:
    """How the days of those whose days are all known are spread."""
    spread = known.groupby("group")["days"].quantile(np.array([0, 0.25, 0.5, 0.75, 1]))
    return Table(
        caption=title,
        columns=[
            gettext("Arm"),
            gettext("Days all known"),
            gettext("Lowest"),
            gettext("Lower quartile"),
            gettext("Median"),
            gettext("Upper quartile"),
            gettext("Highest"),
        ],
        rows=[
            [
                step.arms[row["group"]],
                number(row["complete"]),
                *(number(float(days)) for days in spread[row["group"]]),
            ]
            for row in means
        ],
    )
