"""Effects in subgroups: a hazard ratio in each level, and a test of interaction for each factor."""

from analysis.datasets import combined
from analysis.estimators import subgroup_effects
from analysis.reports import again
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, number, p_value, p_words

SOURCE = (
    "In each level of a subgroup the hazard ratio is that of a Cox model with its participants alone; the"
    " test of interaction is the likelihood ratio test of arm by subgroup."
)
MANY = (
    "{n} tests of interaction, not adjusted for their number: where treatment works alike in all"
    " subgroups, one in twenty still has p < 0.05. Levels are estimated, not tested."
)


def find(step: Step) -> Finding:
    """The numbers of a forest plot."""
    rows, names = step.times, list(step.analysis.subgroups)
    columns = step.data.covariates(names, rows).fillna("not known")
    strata = combined(step.data.covariates(step.analysis.strata, rows)) if step.analysis.strata else None
    found = subgroup_effects(
        *(rows["AVAL"], rows["event"], rows["ARMCD"].astype(str), columns.astype(str)),
        reference=step.reference,
        strata=strata,
        ties=step.analysis.ties or "efron",
    )
    effects = lines(found.to_frame())
    return Finding(
        sentences=(MANY.format(n=found.tests), *_interactions(effects)),
        tables=(_table(step, effects),),
        results={"subgroups": effects, "tests": found.tests},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=_code(step, names),
    )


def _interactions(effects: list[Json]) -> tuple[str, ...]:
    told = {row["subgroup"]: row["interaction_p_value"] for row in effects}
    return tuple(
        f"Interaction with {name}: {p_words(value)}." for name, value in told.items() if value is not None
    )


def _code(step: Step, names: list[str]) -> str:
    others = f', ties="{step.analysis.ties or "efron"}"'
    if step.analysis.strata:
        others += f", strata=combined(data.covariates({list(step.analysis.strata)}, rows))"
    return (
        f"{again.rows_of(step, 'adtte')}\n"
        f'x = data.covariates({names}, rows).fillna("not known").astype(str)\n'
        f'subgroup_effects(rows["AVAL"], rows["event"], rows["ARMCD"], x, reference="{step.reference}"'
        f"{others})"
    )


def _table(step: Step, effects: list[Json]) -> Table:
    return Table(
        caption=f"{step.endpoint}: hazard ratios against {step.arms[step.reference]} in subgroups",
        columns=[
            "Subgroup",
            "Level",
            "Events of participants",
            "In the reference arm",
            "Hazard ratio",
            "95 % interval",
            "p of interaction",
        ],
        rows=[
            [
                str(row["subgroup"]),
                str(row["level"]),
                f"{number(row['events'])} of {number(row['n'])}",
                f"{number(row['events_reference'])} of {number(row['n_reference'])}",
                number(row["hazard_ratio"], 2) if not row["reason"] else str(row["reason"]),
                interval(row["lower"], row["upper"], 2),
                p_value(row["interaction_p_value"]),
            ]
            for row in effects
        ],
        heads=2,
    )
