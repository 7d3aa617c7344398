"""Multiple imputation as the plan asks for it: of everyone's scores at every visit, never after death.

A death that no reviewer has confirmed yet ends the scores as well: who is said to be dead is not made to feel
well or ill. Who answered after it lived until then.
"""

from dataclasses import dataclass

from analysis.estimators import Imputations, impute_scores
from analysis.estimators.imputation_strategies import Strategy
from analysis.reports.finding import NotPossible
from analysis.reports.grid import Grid, grid_of
from analysis.reports.step import Step

USUAL = 100
SOURCE = (
    "Scores missing of the living are imputed {n} times, in each arm as a multivariate normal given"
    " {given}, by a chain of regressions ({assumed}); none is made up after a death, be it confirmed or"
    " only reported. Differences between the living are adjusted by analysis of covariance and pooled by"
    " Rubin's rules, with Barnard and Rubin's degrees of freedom (1999)."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Imputed:
    """The imputations, and the lines of Python that make them again as `made`."""

    grid: Grid
    made: Imputations
    method: str
    code: str


def imputed(step: Step, *, strategy: Strategy, assumed: str) -> Imputed:
    """Impute the grid of the plan's visits with the plan's seed."""
    grid, asked = grid_of(step, due=True, baseline=True), step.analysis
    if asked.seed is None:
        raise NotPossible("The plan names no seed.")
    names = [*asked.covariates] or ["baseline"]
    rows = grid.rows.assign(**dict(step.data.covariates(names, grid.rows)))
    rows = rows[rows[names].notna().all(axis=1)]
    made = impute_scores(
        rows,
        outcome="AVAL",
        participant="USUBJID",
        visit="AVISIT",
        arm="ARMCD",
        dead="reported_dead",
        covariates=names,
        imputations=asked.imputations or USUAL,
        seed=asked.seed,
        strategy=strategy,
        reference=step.reference,
    )
    left = grid.rows["USUBJID"].nunique() - rows["USUBJID"].nunique()
    left_out = {**grid.left_out, "without a covariate": left}
    grid_rows = Grid(rows=rows, visits=grid.visits, code=grid.code, left_out=left_out)
    method = SOURCE.format(
        n=asked.imputations or USUAL, given=" and ".join(names) + " and the visits before", assumed=assumed
    )
    return Imputed(grid=grid_rows, made=made, method=method, code=_code(step, grid, names, strategy))


def _code(step: Step, grid: Grid, names: list[str], strategy: Strategy) -> str:
    return (
        f"{grid.code}\nrows = rows.join(data.covariates({names}, rows)).dropna(subset={names})\n"
        'made = impute_scores(rows, outcome="AVAL", participant="USUBJID", visit="AVISIT", arm="ARMCD",'
        f' dead="reported_dead", covariates={names}, imputations={step.analysis.imputations or USUAL},'
        f' seed={step.analysis.seed}, strategy="{strategy}", reference="{step.reference}")'
    )
