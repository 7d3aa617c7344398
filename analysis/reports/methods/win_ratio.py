"""Everyone of one arm compared with everyone of the other, what is gravest first."""

from functools import partial

import pandas as pd

from analysis.datasets import combined
from analysis.estimators import WinRatio, win_ratio
from analysis.reports import again
from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.figures.wins import win_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.hierarchy import LABELS, NAMES, component_words, part
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines, plain
from analysis.reports.score_rows import later_visits
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, p_words

SOURCE = (
    "Everyone of one arm is compared with everyone of the other over the follow-up that the two share"
    " (Pocock and others 2012): {hierarchy}. Intervals rest on the Hoeffding projection (Bebu and Lachin"
    " 2016)."
)


def find(step: Step) -> Finding:
    """Win ratio, win odds and net benefit of the arm against the reference, and what decided the pairs."""
    arm, margin = _other(step), step.analysis.margins.get("score", 0)
    rows, strata = _stratified(step)
    parts = [part(name, margin) for name in step.analysis.hierarchy]
    found = win_ratio(
        rows[rows["ARMCD"] == arm],
        rows[rows["ARMCD"] == step.reference],
        hierarchy=[each for each, _ in parts],
        strata=strata,
    )
    row, decided = lines(found.to_frame())[0], lines(found.components())
    limits = interval(plain(row["lower"]), plain(row["upper"]), 2)
    names = step.arms
    return Finding(
        sentences=(
            f"Win ratio, {names[arm]} against {names[step.reference]}: {number(row['win_ratio'], 2)}"
            f" (95 % interval {limits}), {p_words(row['p_value'])}.",
            f"Of {number(_pairs(row))} pairs {names[arm]} won {number(row['wins'])} and lost"
            f" {number(row['losses'])}; {number(row['ties'])} were ties.",
            *_unpaired(found),
        ),
        headline=(number(row["win_ratio"], 2), "win ratio"),
        tables=(_measure_table(row),),
        figures=(_figure(step, names[arm], decided, _pairs(row)),),
        results={"win_ratio": [row], "components": decided},
        excluded=excluded(step, rows),
        methods=(SOURCE.format(hierarchy=_hierarchy(step)),),
        code=_code(step, arm, [words for _, words in parts]),
    )


def _stratified(step: Step) -> tuple[pd.DataFrame, str | None]:
    rows, names = step.data.compared(step.param, **_asked(step)), step.analysis.strata
    rows = rows[rows["USUBJID"].isin(step.observed["USUBJID"])]
    if not names:
        return rows, None
    rows = rows.assign(stratum=combined(step.data.covariates(names, rows)))
    return rows[rows["stratum"].notna()], "stratum"


def _asked(step: Step) -> dict[str, str]:
    """The score that the composite ends with, where it has one."""
    if "score" not in step.analysis.hierarchy:
        return {}
    visits = later_visits(step)
    if not visits:
        raise NotPossible("No questionnaire has been answered after baseline.")
    return {"instrument": step.estimand.instrument, "scale": step.estimand.scale, "visit": visits[-1]}


def _other(step: Step) -> str:
    others = [arm for arm in step.arms if arm != step.reference]
    if len(others) != 1:
        raise NotPossible(f"A win ratio compares two arms; there are {len(step.arms)}.")
    return others[0]


def _code(step: Step, arm: str, parts: list[str]) -> str:
    asked = "".join(f', {name}="{value}"' for name, value in _asked(step).items())
    lines_ = [f'rows = data.compared("{step.param}"{asked})']
    if step.estimand.of_the_infused:
        lines_.append(f'rows = rows[rows["USUBJID"].isin({again.TREATED})]')
    strata = ""
    if step.analysis.strata:
        lines_.append(f'rows["stratum"] = combined(data.covariates({list(step.analysis.strata)}, rows))')
        lines_.append('rows = rows.dropna(subset=["stratum"])')
        strata = ', strata="stratum"'
    sides = ", ".join(f"rows.query(\"ARMCD == '{each}'\")" for each in (arm, step.reference))
    return "\n".join([*lines_, f"win_ratio({sides}, hierarchy=[{', '.join(parts)}]{strata})"])


def _pairs(row: Json) -> int:
    return int(row["wins"] + row["losses"] + row["ties"])


def _unpaired(found: WinRatio) -> tuple[str, ...]:
    if not found.unpaired:
        return ()
    return (f"{found.unpaired} participants had nobody of the other arm in their stratum.",)


def _hierarchy(step: Step) -> str:
    told = ", then ".join(NAMES[name].lower() for name in step.analysis.hierarchy)
    margin = step.analysis.margins.get("score")
    return f"{told} (a difference below {margin:g} points is a tie)" if margin else told


def _measure_table(row: Json) -> Table:
    shown = [
        [name, number(row[key], 2), limits(row[f"{prefix}lower"], row[f"{prefix}upper"], 2)]
        for name, key, prefix in (
            (gettext("Win ratio"), "win_ratio", ""),
            (gettext("Win odds"), "win_odds", "win_odds_"),
        )
    ]
    benefit = limits(row["net_benefit_lower"], row["net_benefit_upper"], 3)
    return Table(
        caption=gettext("Win ratio, win odds and net benefit"),
        columns=[gettext("Measure"), gettext("Estimate"), gettext("95 %% interval")],
        rows=[*shown, [gettext("Net benefit"), number(row["net_benefit"], 3), benefit]],
    )


def _figure(step: Step, arm: str, decided: list[Json], pairs: int) -> Figure:
    title = gettext("What decided the pairs")
    told = gettext(
        "All %(pairs)s pairs of a participant with %(arm)s and one with %(reference)s, compared on what is"
        " gravest first: won by %(arm)s from the left, lost from the right, what is left undecided between"
        " them. Pale is what was decided higher up.",
        pairs=f"{pairs:,}",
        arm=arm,
        reference=step.arms[step.reference],
    )
    return Figure(
        name=step.code,
        title=title,
        caption=told,
        description=with_table(told),
        table=_part_table(decided),
        drawing=partial(
            win_figure, decided, [component_words(LABELS[each["component"]]) for each in decided], _words(arm)
        ),
    )


def _words(arm: str) -> dict[str, str]:
    return {
        "won": gettext("won by %(arm)s", arm=arm),
        "lost": gettext("lost"),
        "left": gettext("undecided"),
        "axis": gettext("Share of all pairs"),
        "told": gettext("won {wins}, lost {losses}, left undecided {ties}"),
    }


def _part_table(parts: list[Json]) -> Table:
    return Table(
        caption=gettext("What decided the pairs"),
        columns=[gettext("Compared on"), gettext("Won"), gettext("Lost"), gettext("Ties left")],
        rows=[
            [
                component_words(LABELS[part["component"]]),
                *(number(part[column]) for column in ("wins", "losses", "ties")),
            ]
            for part in parts
        ],
    )
