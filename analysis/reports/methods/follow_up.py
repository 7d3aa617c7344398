"""For how long participants were followed, and how much of the time that could have been observed was."""

import pandas as pd

from analysis.estimators import follow_up_completeness, reverse_kaplan_meier
from analysis.reports import again
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number, out_of, percent
from app.domain.estimand import ENDPOINTS

SOURCE = (
    "Median follow-up is that of the reverse Kaplan-Meier curve (Schemper and Smith 1996); completeness"
    " is Clark's C (2002): the time observed over the time from day 0 to the cut-off, or to the event."
)


def find(step: Step) -> Finding:
    """Median follow-up and completeness, by arm."""
    timed = step.estimand.endpoint in ENDPOINTS
    rows = step.times if timed else _ends(step.observed)
    potential = (pd.Timestamp(step.data.cutoff) - rows["STARTDT"]).dt.days
    curves = reverse_kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"])
    medians = lines(curves.quantile(0.5))
    complete = lines(
        follow_up_completeness(rows["AVAL"], rows["event"], potential, group=rows["ARMCD"]).to_frame()
    )
    median = {row["group"]: row for row in medians}
    told = "; ".join(f"{step.arms[row['group']]} {percent(row['completeness'], 1)}" for row in complete)
    return Finding(
        sentences=(f"Observed of the time that could have been: {told}.",),
        tables=(
            Table(
                caption=gettext("Follow-up by arm"),
                columns=[
                    gettext("Arm"),
                    gettext("Participants"),
                    gettext("Not followed to the end"),
                    gettext("Person-years, of possible"),
                    gettext("Completeness"),
                    gettext("Median, days"),
                    gettext("95 %% interval, days"),
                ],
                rows=[
                    [
                        step.arms[row["group"]],
                        number(row["n"]),
                        number(row["incomplete"]),
                        out_of(row["observed"] / DAYS_PER_YEAR, row["potential"] / DAYS_PER_YEAR, 1),
                        percent(row["completeness"], 1),
                        number(median[row["group"]]["time"]),
                        limits(median[row["group"]]["lower"], median[row["group"]]["upper"]),
                    ]
                    for row in complete
                ],
            ),
        ),
        results={"completeness": complete, "median": medians},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=_code(step, timed=timed),
    )


def _ends(observed: pd.DataFrame) -> pd.DataFrame:
    """Times observed as times to an event: death."""
    return observed.assign(AVAL=observed["DAYS"], event=(observed["ENDFL"] == "D").astype(int))


def _code(step: Step, *, timed: bool) -> str:
    made = again.rows_of(step, "adtte" if timed else "adobs")
    if not timed:
        made += '\nrows = rows.assign(AVAL=rows["DAYS"], event=(rows["ENDFL"] == "D").astype(int))'
    return (
        f'{made}\nreverse_kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"]).quantile(0.5)\n'
        'potential = (pd.Timestamp(data.cutoff) - rows["STARTDT"]).dt.days\n'
        'follow_up_completeness(rows["AVAL"], rows["event"], potential, group=rows["ARMCD"])'
    )
