"""How much worse the missing scores of an arm must have been for the conclusion to fall."""

from analysis.estimators import tipping_point
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.imputing import imputed
from analysis.reports.language import gettext
from analysis.reports.methods.multiple_imputation import ASSUMED
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number, p_value


def find(step: Step) -> Finding:
    """The difference at the last visit under each delta, and the delta nearest to 0 at which it tips."""
    others = [arm for arm in step.arms if arm != step.reference]
    if len(others) != 1:
        raise NotPossible(f"A tipping point is sought between two arms; there are {len(step.arms)}.")
    arm, deltas = others[0], list(step.analysis.deltas)
    held = imputed(step, strategy="mar", assumed=ASSUMED["mar"])
    found = tipping_point(held.made, deltas, visit=held.grid.last, arm=arm, reference=step.reference)
    rows, visit = lines(found.to_frame()), step.visits.get(held.grid.last, held.grid.last)
    missing = f"the missing scores of {step.arms[arm]} at {visit}"
    return Finding(
        sentences=(
            f"The conclusion stands for every delta from {min(deltas):g} to {max(deltas):g} added to"
            f" {missing}."
            if found.delta is None
            else f"The conclusion tips where {missing} were changed by {number(found.delta, 1)} points.",
        ),
        tables=(
            Table(
                caption=gettext(
                    "Difference at %(visit)s by what is added to the missing scores of %(arm)s",
                    visit=step.visit_words(held.grid.last),
                    arm=step.arms[arm],
                ),
                columns=[gettext("Delta"), gettext("Difference"), gettext("95 %% interval"), "p"],
                rows=[
                    [
                        number(row["delta"], 1),
                        number(row["estimate"], 1),
                        limits(row["lower"], row["upper"], 1),
                        p_value(row["p_value"]),
                    ]
                    for row in rows
                ],
            ),
        ),
        results={"delta": found.delta, "deltas": rows},
        excluded=excluded(step, held.grid.rows, held.grid.left_out),
        methods=(held.method, "Deltas are added to the imputed scores of one arm at the last visit."),
        code=f'{held.code}\ntipping_point(made, {deltas}, visit="{held.grid.last}", arm="{arm}",'
        f' reference="{step.reference}")',
    )
