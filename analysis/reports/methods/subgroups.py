"""Effects in subgroups: a hazard ratio in each level, and a test of interaction for each factor."""

from functools import partial

import pandas as pd

from analysis.datasets import levels
from analysis.estimators import subgroup_effects
from analysis.reports import again
from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.factor_words import factor_words, level_words, told_as
from analysis.reports.figures.forest import FITS, Heads, Line, forest_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.methods.log_rank import stratified
from analysis.reports.plain import Json, lines
from analysis.reports.product_effects import product_effects
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, limits, number, p_value, p_words
from app.domain.analysis_covariates import PRODUCT

SOURCE = (
    "In each level of a subgroup the hazard ratio is that of a Cox model with its participants alone; the"
    " test of interaction is the likelihood ratio test of arm by subgroup; ties by {ties}{strata}."
)
PRODUCT_SOURCE = (
    "Subgroups by product compare those infused with each kind with everyone of the reference arm in one"
    " Cox model; the test is the likelihood ratio test of no difference between the kinds, which nobody was"
    " randomised to."
)
MANY = (
    "Tests of interaction: {n}, not adjusted for their number. Where treatment works alike in all"
    " subgroups, one in twenty still has p < 0.05. Levels are estimated, not tested."
)
HIDDEN = (
    "Subgroups by product ({names}) are left out: what was infused tells the arm, and this report is blind"
    " to it."
)


def find(step: Step) -> Finding:
    """The numbers of a forest plot, of what is known on day 0 and then of what was infused, and the plot."""
    (rows, strata), asked = stratified(step), step.analysis.subgroups
    names, product = (
        [name for name in asked if name not in PRODUCT],
        [name for name in asked if name in PRODUCT],
    )
    hidden = (HIDDEN.format(names=", ".join(product)),) if product and step.data.blinded else ()
    if hidden:
        product = []
        if not names:
            raise NotPossible(*hidden)
    effects, tests = _effects(step, rows, strata, names) if names else ([], 0)
    by_product = [row for name in product for row in product_effects(step, rows, strata, name)]
    tests += len({row["subgroup"] for row in by_product if row["interaction_p_value"] is not None})
    shown = _levels(step, [*effects, *by_product])
    table = _table(step, shown)
    return Finding(
        sentences=(MANY.format(n=tests), *_interactions(step, [*effects, *by_product]), *hidden),
        figures=(_figure(step, shown, table, tests),),
        results={"subgroups": effects, "product": by_product, "tests": tests},
        excluded=excluded(step, rows),
        methods=(_source(step), *((PRODUCT_SOURCE,) if product else ())),
        code="\n".join(_code(step, names, product)),
    )


def _source(step: Step) -> str:
    strata = f", models stratified by {told_as(step, step.analysis.strata)}" if step.analysis.strata else ""
    return SOURCE.format(ties=(step.analysis.ties or "efron").capitalize(), strata=strata)


def _effects(
    step: Step, rows: pd.DataFrame, strata: "pd.Series[str] | None", names: list[str]
) -> tuple[list[Json], int]:
    found = subgroup_effects(
        *(rows["AVAL"], rows["event"], rows["ARMCD"].astype(str), levels(step.data.covariates(names, rows))),
        reference=step.reference,
        strata=strata,
        ties=step.analysis.ties or "efron",
    )
    return lines(found.to_frame()), found.tests


def _interactions(step: Step, effects: list[Json]) -> tuple[str, ...]:
    told = {row["subgroup"]: row["interaction_p_value"] for row in effects}
    return tuple(
        f"Interaction with {told_as(step, [name])}: {p_words(value)}."
        for name, value in told.items()
        if value is not None
    )


def _code(step: Step, names: list[str], product: list[str]) -> list[str]:
    others = f', ties="{step.analysis.ties or "efron"}"'
    within = ""
    if step.analysis.strata:
        others, within = f"{others}, strata=strata", ", strata=strata[kept]"
    made = [f"{again.rows_of(step, 'adtte')}\n{again.strata_of(step)}".rstrip()]
    for name in product:
        made += [
            f'level = levels(data.covariates(["{name}"], rows))["{name}"]',
            f'level = level.mask(rows["ARMCD"] == "{step.reference}", "reference")',
            'order = ["reference", *sorted(set(level) - {"reference", "not known"})]',
            "kept = level.isin(order)",
            'cox_regression(rows["AVAL"][kept], rows["event"][kept],'
            f' pd.DataFrame({{"{name}": pd.Categorical(level[kept], categories=order)}})'
            f'{within}, ties="{step.analysis.ties or "efron"}")',
        ]
    if names:
        made.append(f"x = levels(data.covariates({names}, rows))")
        made.append(
            f'subgroup_effects(rows["AVAL"], rows["event"], rows["ARMCD"], x, reference="{step.reference}"'
            f"{others})"
        )
    return made


def _compared(step: Step) -> str:
    """The name of the arm that is held against the reference; of more than one what they have in common."""
    others = [name for arm, name in step.arms.items() if arm != step.reference]
    return others[0] if len(others) == 1 else gettext("Arm")


def _levels(step: Step, effects: list[Json]) -> list[list[Json]]:
    """The rows of each subgroup, those of everyone first; `words` is what a level is called."""
    sites, several = _sites(step), len(step.arms) > 2
    found: dict[str, list[Json]] = {}
    for row in effects:
        level = str(row["level"]).removesuffix(".0")
        if row["subgroup"] == "site":
            level = sites.get(level, level)
        level = level_words(step, row["subgroup"], level)
        words = f"{level}, {step.arms[row['arm']]}" if several else level
        found.setdefault(row["subgroup"], []).append(row | {"words": words})
    return list(found.values())


def _sites(step: Step) -> dict[str, str]:
    """Names of the sites by code; their codes, where the names are too long for the plot."""
    names = {site.code: site.name for site in step.data.study.sites}
    return names if max(map(len, names.values()), default=0) <= FITS else {}


def _why_not(reason: str) -> str:
    """Why there is no estimate; in which arm nobody was, the counts say."""
    if reason.startswith("nobody"):
        return gettext("nobody in an arm")
    return gettext("no event in an arm") if reason.startswith("no event") else gettext("no estimate")


def _figure(step: Step, blocks: list[list[Json]], table: Table, tests: int) -> Figure:
    title = gettext("%(endpoint)s: subgroups", endpoint=step.endpoint_words)
    drawn = [line for block in blocks for line in _lines(step, block)]
    told = gettext(
        "Hazard ratios of %(arm)s against %(reference)s with 95 %% intervals, on a logarithmic axis; squares"
        " are as large as they have events.",
        arm=_compared(step),
        reference=step.arms[step.reference],
    )
    return Figure(
        name=step.code,
        title=title,
        caption=f"{told} {_many(tests)}",
        description=with_table(told),
        table=table,
        drawing=partial(forest_figure, drawn, _heads(step, tests)),
    )


def _heads(step: Step, tests: int) -> Heads:
    reference, arm = step.arms[step.reference], _compared(step)
    death = step.estimand.endpoint in ("TFS", "OS")
    return Heads(
        arm=gettext("%(arm)s: events / n", arm=arm),
        reference=gettext("%(arm)s: events / n", arm=reference),
        ratio=gettext("Hazard ratio (95\N{NO-BREAK SPACE}%% interval)"),
        p=gettext("p of interaction"),
        axis=gettext("Hazard ratio, logarithmic axis"),
        fewer=gettext("better: %(arm)s", arm=arm) if death else "",
        more=gettext("better: %(arm)s", arm=reference) if death else "",
        note=_many(tests),
    )


def _many(tests: int) -> str:
    return gettext(
        "Tests of interaction: %(n)s, not adjusted for their number. By chance alone one in twenty has"
        " p < 0.05.",
        n=tests,
    )


def _lines(step: Step, block: list[Json]) -> list[Line]:
    """The lines of a subgroup: its name with the test, below it the levels; everyone has one line."""
    whole = block[0]["subgroup"] == "all"
    told = factor_words(step, block[0]["subgroup"])
    head = Line(label=told, heading=True, p=p_value(block[0]["interaction_p_value"]))
    own = [
        Line(
            label=row["words"],
            heading=whole,
            arm=f"{row['events']} / {row['n']}",
            reference=f"{row['events_reference']} / {row['n_reference']}",
            ratio=row["hazard_ratio"],
            lower=row["lower"],
            upper=row["upper"],
            told=_told(row),
            events=row["events"] + row["events_reference"],
        )
        for row in block
    ]
    return own if whole else [head, *own]


def _told(row: Json) -> str:
    if row["reason"]:
        return _why_not(row["reason"])
    return f"{number(row['hazard_ratio'], 2)} ({limits(row['lower'], row['upper'], 2)})"


def _table(step: Step, blocks: list[list[Json]]) -> Table:
    reference = step.arms[step.reference]
    arm = _compared(step)
    return Table(
        caption=gettext(
            "%(endpoint)s: hazard ratios against %(arm)s in subgroups",
            endpoint=step.endpoint_words,
            arm=reference,
        ),
        columns=[
            gettext("Subgroup"),
            gettext("Level"),
            gettext("%(arm)s: events of participants", arm=arm),
            gettext("%(arm)s: events of participants", arm=reference),
            gettext("Hazard ratio"),
            gettext("95 %% interval"),
            gettext("p of interaction"),
            gettext("Without an estimate because"),
        ],
        rows=[
            [
                factor_words(step, str(row["subgroup"])),
                row["words"],
                f"{number(row['events'])} / {number(row['n'])}",
                f"{number(row['events_reference'])} / {number(row['n_reference'])}",
                number(row["hazard_ratio"], 2),
                limits(row["lower"], row["upper"], 2),
                p_value(row["interaction_p_value"]),
                _why_not(row["reason"]) if row["reason"] else NOTHING,
            ]
            for block in blocks
            for row in block
        ],
        heads=2,
        words=1,
    )
