"""Scores of an estimand's scale, a row for each participant and visit, with covariates beside."""

from dataclasses import dataclass

import pandas as pd

from analysis.datasets.score_grid import ONE_SCORE
from analysis.reports import again
from analysis.reports.finding import NotPossible
from analysis.reports.step import Step
from app.domain.analysis_plan import Method

OF_LAST_VISIT: tuple[Method, ...] = (
    "mmrm",
    "responders",
    "area-under-curve",
    "while-alive-mean",
    "composite-mean",
    "worst-rank",
    "multiple-imputation",
    "tipping-point",
    "pattern-mixture",
    "win-ratio",
)
"""Methods whose result is about the last visit, or the time until it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreRows:
    """`rows` of ADQS, `AVISIT` ordered as the visits are, and a column for each covariate of the plan.

    `visits` are their codes; `names` and `by_visit` the columns of covariates with one effect, and with one
    effect a visit (the baseline); `code` makes the rows again. `left_out` counts those observed who have no
    row, by reason.
    """

    rows: pd.DataFrame
    visits: list[str]
    names: list[str]
    by_visit: list[str]
    code: str
    left_out: dict[str, int]

    @property
    def last(self) -> str:
        """The code of the last visit: the one that is told."""
        return self.visits[-1]


def score_rows(step: Step) -> ScoreRows:
    """The rows of the plan's visits, or of all after baseline, without those that miss a covariate."""
    visits = later_visits(step)
    rows = step.scores.drop_duplicates(ONE_SCORE, keep="last")
    rows = rows[rows["AVISIT"].isin(visits)]
    there = [visit for visit in visits if visit in set(rows["AVISIT"])]
    if not there:
        raise NotPossible("No questionnaire of these visits has been answered.")
    scored = rows["USUBJID"].nunique()
    named = list(step.analysis.covariates)
    columns = step.data.covariates(named, rows)
    rows = rows.assign(**{name: columns[name] for name in named})
    rows = rows.assign(AVISIT=pd.Categorical(rows["AVISIT"], categories=there))
    if named:
        rows = rows[rows[named].notna().all(axis=1)]
    return ScoreRows(
        rows=rows,
        visits=there,
        names=[name for name in named if name != "baseline"],
        by_visit=[name for name in named if name == "baseline"],
        code=_code(step, there),
        left_out={
            "without a score at these visits": len(step.observed) - scored,
            _lacking(named): scored - rows["USUBJID"].nunique(),
        },
    )


def _lacking(named: list[str]) -> str:
    return "without a score at baseline" if named == ["baseline"] else f"without {' or '.join(named)}"


def later_visits(step: Step) -> list[str]:
    """The visits that the plan names, or all after baseline that have scores, in their order."""
    asked = step.analysis.visits
    baseline = set(step.data.adqs.loc[step.data.adqs["ABLFL"] == "Y", "AVISIT"])
    known = step.scores.drop_duplicates("AVISIT").sort_values("AVISITN")["AVISIT"]
    return [visit for visit in known if (visit in asked if asked else visit not in baseline)]


def earlier_visit(step: Step) -> str:
    """Says so where a method that tells of the plan's last visit tells of an earlier one; else empty.

    As long as nobody has a score at the planned visit, `later_visits` ends before it.
    """
    scored = "score" in step.analysis.hierarchy if step.analysis.method == "win-ratio" else True
    if step.analysis.method not in OF_LAST_VISIT or not scored:
        return ""
    planned = step.analysis.visits or [
        visit.code for visit in step.data.study.schedule if step.estimand.instrument in visit.instruments
    ]
    days = {visit.code: visit.day for visit in step.data.study.schedule}
    meant, there = max(planned, key=lambda visit: days.get(visit, 0)), later_visits(step)
    if not there or meant == there[-1]:
        return ""
    names = (step.visits.get(visit, visit) for visit in (meant, there[-1]))
    return "Caution: {} is the visit of the plan, and nobody has a score then; this is told of {}.".format(
        *names
    )


def _code(step: Step, visits: list[str]) -> str:
    lines = [
        again.scores_of(step),
        f'rows = rows.drop_duplicates({ONE_SCORE}, keep="last")',
        f'rows = rows[rows["AVISIT"].isin({visits})]',
    ]
    named = list(step.analysis.covariates)
    if named:
        lines.append(f"rows = rows.join(data.covariates({named}, rows)).dropna(subset={named})")
    lines.append(f'rows["AVISIT"] = pd.Categorical(rows["AVISIT"], categories={visits})')
    return "\n".join(lines)
