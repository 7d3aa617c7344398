"""How much of a score people had over time: the area under it to the plan's last visit."""

import pandas as pd

from analysis.estimators import area_under_curve
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.grid import Grid, grid_of
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.score_differences import OF_MEANS, difference_table
from analysis.reports.step import Step
from analysis.reports.words import interval, number, p_words

SOURCE = (
    "The area under a score is made of trapezoids on the planned days, from baseline to the last visit;"
    " it is known of those who were scored at both, and told per day. Arms are compared by Welch's test."
)


def find(step: Step) -> Finding:
    """Mean areas, per day, and their difference."""
    grid = grid_of(step, due=True, baseline=True)
    horizon = int(grid.at_last["AVISITN"].max())
    rows = _with_baseline(grid)
    areas = area_under_curve(
        rows,
        outcome="AVAL",
        participant="USUBJID",
        day="AVISITN",
        arm="ARMCD",
        horizon=horizon,
    )
    found = lines(areas.contrast(step.reference).to_frame())
    known = areas.to_frame().dropna(subset=["area"]).rename(columns={"participant": "USUBJID"})
    return Finding(
        sentences=tuple(_told(step, row, horizon) for row in found),
        tables=(
            difference_table(
                step,
                found,
                OF_MEANS,
                caption=gettext(
                    "Area under the score over %(days)s days, in points times days", days=horizon
                ),
                digits=0,
            ),
        ),
        results={"horizon": horizon, "contrast": found, "areas": lines(areas.to_frame())},
        excluded=excluded(step, known, grid.left_out, otherwise="without a score at the last visit"),
        methods=(SOURCE,),
        code=f"{grid.code}\n"
        'start = rows.drop_duplicates("USUBJID").assign(AVISITN=0, AVAL=lambda each: each["BASE"])\n'
        "rows = pd.concat([start, rows])\n"
        'area_under_curve(rows, outcome="AVAL", participant="USUBJID", day="AVISITN", arm="ARMCD",'
        f" horizon={horizon})",
    )


def _with_baseline(grid: Grid) -> pd.DataFrame:
    start = grid.rows.drop_duplicates("USUBJID")
    return pd.concat([start.assign(AVISITN=0, AVAL=start["BASE"]), grid.rows])


def _told(step: Step, row: Json, horizon: int) -> str:
    per_day = {
        name: row[name] / horizon if row[name] is not None else None
        for name in ("difference", "lower", "upper")
    }
    return (
        f"Difference of the mean score over {horizon} days, {step.arms[row['arm']]} minus"
        f" {step.arms[step.reference]}: {number(per_day['difference'], 1)} points (95 % interval"
        f" {interval(per_day['lower'], per_day['upper'], 1)}), {p_words(row['p_value'])}."
    )
