"""The grid of an estimand's scores: every participant of its set at every visit, with a baseline."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.reports import again
from analysis.reports.finding import NotPossible
from analysis.reports.score_rows import later_visits
from analysis.reports.step import Step


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """`rows` as `StudyData.score_grid` gives them; `code` makes them again; `left_out` counts by reason."""

    rows: pd.DataFrame
    visits: list[str]
    code: str
    left_out: Mapping[str, int]

    @property
    def last(self) -> str:
        """The code of the last visit."""
        return self.visits[-1]

    @property
    def at_last(self) -> pd.DataFrame:
        """One row a participant: that of the last visit."""
        return self.rows[self.rows["AVISIT"] == self.last]


def grid_of(step: Step, *, due: bool, baseline: bool) -> Grid:
    """The grid over the plan's visits, or all after baseline.

    `due`: only those for whom the last visit has come by the cut-off; `baseline`: only those with a score
    then. Scores after a transplant are no scores where the estimand censors at it.
    """
    visits = later_visits(step)
    if not visits:
        raise NotPossible("No questionnaire of these visits has been answered.")
    meant = step.estimand
    rows = step.data.score_grid(instrument=meant.instrument, scale=meant.scale, visits=visits)
    lines = [
        f'rows = data.score_grid(instrument="{meant.instrument}", scale="{meant.scale}", visits={visits})'
    ]
    rows = rows[rows["USUBJID"].isin(step.people["USUBJID"])]
    if meant.of_the_infused:
        lines.append(f'rows = rows[rows["USUBJID"].isin({again.TREATED})]')
    left_out: dict[str, int] = {}
    if due:
        everyone = rows["USUBJID"].nunique()
        rows = rows[rows.groupby("USUBJID")["due"].transform("min") == 1]
        lines.append('rows = rows[rows.groupby("USUBJID")["due"].transform("min") == 1]')
        left_out["who have not reached the last visit yet"] = everyone - rows["USUBJID"].nunique()
    if baseline:
        left_out["without a score at baseline"] = rows.loc[rows["BASE"].isna(), "USUBJID"].nunique()
        rows = rows[rows["BASE"].notna()]
        lines.append('rows = rows[rows["BASE"].notna()]')
    if meant.transplant_is == "censoring":
        rows = rows.assign(AVAL=rows["AVAL"].mask(rows["transplanted"] == 1))
        lines.append('rows["AVAL"] = rows["AVAL"].mask(rows["transplanted"] == 1)')
    if rows.empty:
        raise NotPossible("Nobody has reached the last of these visits with a score at baseline.")
    return Grid(rows=rows, visits=visits, code="\n".join(lines), left_out=left_out)


def before_end(rows: pd.DataFrame, end: str) -> pd.DataFrame:
    """The rows, none of whose scores stands on a day after that of the end, a column: they came before it.

    A score stands on the planned day of its visit, or on the day of the end where that comes sooner.
    """
    late = rows["AVAL"].notna() & (rows[end] < rows["AVISITN"])
    return rows.assign(AVISITN=rows["AVISITN"].astype("float64").mask(late, rows[end]))


def before_end_code(end: str) -> str:
    """The Python that does the same to `rows`."""
    return (
        f'late = rows["AVAL"].notna() & (rows["{end}"] < rows["AVISITN"])\n'
        f'rows["AVISITN"] = rows["AVISITN"].astype("float64").mask(late, rows["{end}"])'
    )
