"""The mean score for as long as each participant was seen alive, by arm."""

import pandas as pd

from analysis.estimators import while_alive_contrast
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.grid import before_end, before_end_code, grid_of
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.score_differences import OF_MEANS, difference_sentences, difference_table
from analysis.reports.step import Step

SOURCE = (
    "The score while alive is each participant's average from baseline to the last score, by trapezoids"
    " on the planned days; arms are compared by Welch's test. How long people lived does not count: read"
    " it beside survival."
)


def find(step: Step) -> Finding:
    """The difference of the averages."""
    grid = grid_of(step, due=False, baseline=True)
    start = grid.rows.drop_duplicates("USUBJID")
    rows = pd.concat([start.assign(AVISITN=0, AVAL=start["BASE"]), before_end(grid.rows, "death_day")])
    horizon = int(grid.at_last["AVISITN"].max())
    found = while_alive_contrast(
        rows,
        outcome="AVAL",
        participant="USUBJID",
        day="AVISITN",
        arm="ARMCD",
        reference=step.reference,
        horizon=horizon,
        death="death_day",
    )
    differences = lines(found.to_frame())
    return Finding(
        sentences=difference_sentences(step, differences, what=f"of average scores over {horizon} days"),
        tables=(
            difference_table(
                step,
                differences,
                OF_MEANS,
                caption=gettext("Average score while alive, %(days)s days", days=horizon),
            ),
        ),
        results={"horizon": horizon, "contrast": differences},
        excluded=excluded(step, rows, grid.left_out),
        methods=(SOURCE,),
        code=f"{grid.code}\n{before_end_code('death_day')}\n"
        'start = rows.drop_duplicates("USUBJID").assign(AVISITN=0, AVAL=lambda each: each["BASE"])\n'
        "rows = pd.concat([start, rows])\n"
        'while_alive_contrast(rows, outcome="AVAL", participant="USUBJID", day="AVISITN", arm="ARMCD",'
        f' reference="{step.reference}", horizon={horizon}, death="death_day")',
    )
