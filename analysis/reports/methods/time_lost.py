"""Restricted mean time lost to each event by arm, and the differences between arms."""

import pandas as pd

from analysis.estimators import restricted_mean_time_lost
from analysis.reports.causes import CENSORED, cause_words, transplant_or_death
from analysis.reports.contrasts import contrast_table, contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number, out_of

SOURCE = (
    "The restricted mean time lost to an event is the area under its cumulative incidence to the horizon"
    " (Andersen 2013); arms are compared by the difference, and by the ratio on the log scale."
)


def find(step: Step) -> Finding:
    """Mean days lost to transplant and to death before it."""
    causes, tau = transplant_or_death(step), step.analysis.tau_days
    if tau is None:
        raise NotPossible("The plan names no horizon.")
    rows = causes.rows
    lost = restricted_mean_time_lost(
        rows["days"], rows["cause"], group=rows["ARMCD"], tau=tau, censored=CENSORED
    )
    found, why_not = contrasts(step, lost.contrast)
    own = [row for row in found if row["cause"] == causes.of_interest]
    told = difference_sentences(step, own, what=f"mean days lost to {causes.of_interest}", unit="days")
    return Finding(
        sentences=told or (why_not,),
        tables=(
            Table(
                caption=gettext(
                    "Mean days lost within the first %(days)s days, by event and arm", days=f"{tau:,}"
                ),
                columns=[
                    gettext("Event"),
                    gettext("Arm"),
                    gettext("With one, of"),
                    gettext("Mean, days"),
                    gettext("95 %% interval, days"),
                ],
                rows=[
                    [
                        cause_words(row["cause"]),
                        step.arms[row["group"]],
                        _with_one(rows, row, tau),
                        number(row["rmtl"], 1),
                        limits(row["lower"], row["upper"], 1),
                    ]
                    for row in lines(lost.to_frame())
                ],
                heads=2,
            ),
            *contrast_table(
                step,
                own,
                caption=gettext(
                    "Days lost to %(event)s within %(days)s days",
                    event=cause_words(causes.of_interest),
                    days=f"{tau:,}",
                ),
                unit="days",
            ),
        ),
        results={"tau": tau, "rmtl": lines(lost.to_frame()), "contrast": found},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{causes.code}\n"
        f'restricted_mean_time_lost(rows["days"], rows["cause"], group=rows["ARMCD"], tau={tau},'
        f' censored="{CENSORED}")',
    )


def _with_one(rows: pd.DataFrame, row: Json, tau: int) -> str:
    """How many of an arm had the event by the horizon."""
    own = rows[rows["ARMCD"] == row["group"]]
    return out_of(int(((own["cause"] == row["cause"]) & (own["days"] <= tau)).sum()), len(own))
