"""The rows of a model with its covariates: the arm first, the arm of reference as its first level."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.datasets import combined
from analysis.reports.factor_words import factor_words, level_words, told_as
from analysis.reports.language import gettext
from analysis.reports.step import Step

ARM = "arm"


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelRows:
    """`rows` of a dataset and `columns` of covariates, row for row; without those that miss one of them."""

    rows: pd.DataFrame
    columns: pd.DataFrame
    strata: "pd.Series[Any] | None"


def model_rows(step: Step, rows: pd.DataFrame) -> ModelRows:
    """Rows of a dataset with ARMCD and USUBJID, and the covariates and strata that the plan names."""
    names, strata = step.analysis.covariates, step.analysis.strata
    columns = step.data.covariates(names, rows)
    columns.insert(0, ARM, arm_column(step, rows))
    labels = combined(step.data.covariates(strata, rows)) if strata else None
    whole = columns.notna().all(axis=1)
    if labels is not None:
        whole &= labels.notna()
    return ModelRows(
        rows=rows[whole], columns=columns[whole], strata=None if labels is None else labels[whole]
    )


def arm_column(step: Step, rows: pd.DataFrame) -> "pd.Series[Any]":
    """The arm as a factor whose first level is the reference."""
    return pd.Series(pd.Categorical(rows["ARMCD"], categories=arm_levels(step)), index=rows.index)


def arm_levels(step: Step) -> list[str]:
    """The codes of the arms, the reference first."""
    return [step.reference, *(arm for arm in step.arms if arm != step.reference)]


def code(step: Step) -> str:
    """The lines that make `x` of `rows`: the arm and the covariates, without rows that miss one of them."""
    lines = [
        f"x = data.covariates({list(step.analysis.covariates)}, rows)",
        f'x.insert(0, "arm", pd.Categorical(rows["ARMCD"], categories={arm_levels(step)}))',
    ]
    if step.analysis.strata:
        lines.append(f"strata = combined(data.covariates({list(step.analysis.strata)}, rows)).dropna()")
        lines.append("x = x.loc[strata.index].dropna()")
        lines.append("rows, strata = rows.loc[x.index], strata.loc[x.index]")
    else:
        lines.append("x = x.dropna()")
        lines.append("rows = rows.loc[x.index]")
    return "\n".join(lines)


def term_words(step: Step, term: str) -> str:
    """What a term of the model is called: `armmsc` is the arm against the reference."""
    arm = arm_of(step, term)
    return term if arm is None else f"{step.arms[arm]} against {step.arms[step.reference]}"


def term_cell(step: Step, term: str) -> str:
    """What a term is called in a table."""
    arm = arm_of(step, term)
    if arm is None:
        return _covariate(step, term)
    return gettext("%(arm)s against %(reference)s", arm=step.arms[arm], reference=step.arms[step.reference])


def _covariate(step: Step, term: str) -> str:
    """The words for a covariate, and where it has levels for that of the term, which follows its name."""
    named = [name for name in step.analysis.covariates if term.startswith(name)]
    if not named:
        return term
    name = max(named, key=len)
    level = term.removeprefix(name)
    sites = {site.code: site.name for site in step.data.study.sites} if name == "site" else {}
    factor = factor_words(step, name)
    return f"{factor}: {sites.get(level) or level_words(step, name, level)}" if level else factor


def arm_of(step: Step, term: str) -> str | None:
    """The arm that a term is about, or None; ratios of rates call arms `group...`."""
    return next((arm for arm in step.arms if term in (f"{ARM}{arm}", f"group{arm}")), None)


def adjusted_words(step: Step) -> str:
    """What the model adjusts for and is stratified by, as the end of a sentence."""
    told = []
    if step.analysis.covariates:
        told.append(f"adjusted for {told_as(step, step.analysis.covariates)}")
    if step.analysis.strata:
        told.append(f"stratified by {told_as(step, step.analysis.strata)}")
    return f", {', '.join(told)}" if told else ""
