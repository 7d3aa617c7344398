"""Several primary analyses held together against one error, as the plan says: adjusted p values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.estimators import MultiplicityRule, adjusted_p_values
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.primary_tests import primary_p_value
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import p_value, p_words
from app.domain.study import Study

RULES: dict[MultiplicityRule, str] = {
    "holm": (
        "The plan has {n} primary analyses, held together against a two-sided error of {alpha:g} by Holm's"
        " step-down rule (1979): what is significant is told by the adjusted p values. Intervals are not"
        " adjusted. An analysis without a p value counts as if it were 1."
    ),
    "fixed-sequence": (
        "The plan has {n} primary analyses, tested in the order in which they stand here, each at the whole"
        " two-sided error of {alpha:g}, and none after one that was not significant (Maurer, Hothorn and"
        " Lehmacher 1995): an adjusted p value is the greatest up to there. Intervals are not adjusted. An"
        " analysis without a p value counts as if it were 1."
    ),
}
UNADJUSTED = (
    "The plan has {n} primary analyses. Each is held against the whole two-sided error of {alpha:g}: nothing"
    " is adjusted for their number, and no order of tests is followed. Under no effect at all the chance that"
    " one or another falls below it is greater than {alpha:g}."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldTogether:
    """`rows` of the primary analyses in their order: analysis, p_value, adjusted_p_value, significant."""

    rule: MultiplicityRule
    alpha: float
    rows: Sequence[Json]
    table: Table

    @property
    def results(self) -> Json:
        """What results.json has of it."""
        return {"rule": self.rule, "alpha": self.alpha, "analyses": list(self.rows)}


def several_primary(study: Study) -> str:
    """What is to be known where more than one analysis is primary; empty where it is one, or none."""
    n, rule = sum(each.rank == "primary" for each in study.analyses), study.analysis.multiplicity
    words = UNADJUSTED if rule is None or rule == "none" else RULES[rule]
    return words.format(n=n, alpha=study.analysis.alpha) if n > 1 else ""


def held_together(study: Study, steps: Sequence[tuple[Step, Finding]]) -> HeldTogether | None:
    """The p values adjusted; None where the plan has no rule, or nothing was compared at all."""
    rule, alpha = study.analysis.multiplicity, study.analysis.alpha
    primary = [(step, found) for step, found in steps if step.analysis.rank == "primary"]
    if rule is None or rule == "none" or len(primary) < 2:
        return None
    found = [primary_p_value(step, finding.results) for step, finding in primary]
    if all(p is None for p in found):
        return None
    adjusted = lines(adjusted_p_values([1.0 if p is None else p for p in found], rule=rule).to_frame())
    rows = [
        {
            "analysis": step.code,
            "p_value": p,
            "adjusted_p_value": None if p is None else row["adjusted_p_value"],
            "significant": p is not None and row["adjusted_p_value"] <= alpha,
        }
        for (step, _), p, row in zip(primary, found, adjusted, strict=True)
    ]
    table = _table([step for step, _ in primary], rows, alpha)
    return HeldTogether(rule=rule, alpha=alpha, rows=rows, table=table)


def with_adjusted(step: Step, found: Finding, together: HeldTogether | None) -> Finding:
    """The finding of a primary analysis with its adjusted p value beside its own."""
    rows = together.rows if together else ()
    row = next((each for each in rows if each["analysis"] == step.code), None)
    if together is None or row is None or row["adjusted_p_value"] is None:
        return found
    adjusted = f"adjusted {p_words(row['adjusted_p_value'])}"
    significant = "significant" if row["significant"] else "not significant"
    sentence = (
        f"Held together with the other primary analyses: {adjusted}, {significant} at {together.alpha:g}."
    )
    first, *others = found.sentences
    headline = found.headline and (found.headline[0], f"{found.headline[1]}, {adjusted}")
    return replace(found, sentences=(first, sentence, *others), headline=headline)


def _table(steps: Sequence[Step], rows: Sequence[Json], alpha: float) -> Table:
    return Table(
        caption=gettext("Primary analyses held together: adjusted p values"),
        columns=[
            gettext("Analysis"),
            "p",
            gettext("Adjusted p"),
            gettext("Significant at %(alpha)s", alpha=f"{alpha:g}"),
        ],
        rows=[
            [
                _called(step),
                p_value(row["p_value"]),
                p_value(row["adjusted_p_value"]),
                gettext("yes") if row["significant"] else gettext("no"),
            ]
            for step, row in zip(steps, rows, strict=True)
        ],
        words=1,
    )


def _called(step: Step) -> str:
    about = step.scale_words if step.estimand.endpoint == "QOL" else step.endpoint_words
    return f"{about} ({step.code})"
