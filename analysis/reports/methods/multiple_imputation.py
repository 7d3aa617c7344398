"""Differences of scores had everyone alive answered: missing at random, or as the reference arm."""

from typing import cast

from analysis.estimators import imputed_contrasts
from analysis.estimators.imputation_strategies import Strategy
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.imputing import imputed
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.score_differences import difference_sentences, difference_table
from analysis.reports.step import Step

ASSUMED: dict[Strategy, str] = {
    "mar": "missing at random",
    "jump-to-reference": "after their last score, those of other arms as those of the reference arm",
    "copy-reference": "those of other arms as if they had been in the reference arm from the start",
    "copy-increments": "after their last score, those of other arms change as the reference arm does",
}


def find(step: Step) -> Finding:
    """Missing at random."""
    return _found(step, "mar")


def pattern_mixture(step: Step) -> Finding:
    """As the reference arm, in the way that the plan names (Carpenter, Roger and Kenward 2013)."""
    return _found(step, cast("Strategy", step.analysis.model or "jump-to-reference"))


def _found(step: Step, strategy: Strategy) -> Finding:
    held = imputed(step, strategy=strategy, assumed=ASSUMED[strategy])
    rows = lines(imputed_contrasts(held.made, reference=step.reference).to_frame())
    visit = held.grid.last
    last = [row for row in rows if row["visit"] == visit]
    return Finding(
        sentences=difference_sentences(step, last, what=f"at {step.visits.get(visit, visit)}"),
        tables=(
            difference_table(
                step,
                rows,
                ("visit", "arm", "alive", "difference", "interval", "p"),
                caption=gettext(
                    "%(scale)s: differences from %(arm)s by visit, scores imputed",
                    scale=step.scale_words,
                    arm=step.arms[step.reference],
                ),
            ),
        ),
        results={"strategy": strategy, "contrasts": rows},
        excluded=excluded(step, held.grid.rows, held.grid.left_out),
        methods=(held.method,),
        code=f'{held.code}\nimputed_contrasts(made, reference="{step.reference}")',
    )
