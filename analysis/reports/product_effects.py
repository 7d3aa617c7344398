"""Hazard ratios by what was infused: each kind of product against everyone of the reference arm."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.stats import chi2

from analysis.datasets import levels
from analysis.estimators import CoxRegression, InputError, cox_regression
from analysis.reports.plain import Json, lines, plain
from analysis.reports.step import Step

REFERENCE, UNKNOWN = "reference", "not known"


def product_effects(step: Step, rows: pd.DataFrame, strata: "pd.Series[Any] | None", name: str) -> list[Json]:
    """Rows as those of `subgroup_effects`, one for each kind that was infused.

    `strata` are those of the rows, where the plan names some. Who of another arm had no infusion (or of an
    unknown lot) has no kind, and is left out. The test is of no difference between the kinds: the likelihood
    of kinds against that of one arm of all of them.
    """
    level = levels(step.data.covariates([name], rows))[name].mask(rows["ARMCD"] == step.reference, REFERENCE)
    kinds = sorted(set(level) - {REFERENCE, UNKNOWN})
    kept = level.isin([REFERENCE, *kinds])
    counts = [_counted(step, rows[level == kind], rows[level == REFERENCE], name, kind) for kind in kinds]
    try:
        ratios, test = _fitted(_Cox(step, rows[kept], strata), level[kept], kinds)
    except InputError as refused:  # nobody had an event in one of them, or nobody was infused
        none = {"hazard_ratio": None, "lower": None, "upper": None, "reason": str(refused)}
        return [{**row, **none, "interaction_p_value": None} for row in counts]
    return [{**row, **ratios[row["level"]], "reason": "", "interaction_p_value": test} for row in counts]


@dataclass(frozen=True)
class _Cox:
    """What the models of kinds and of all kinds as one arm have in common."""

    step: Step
    rows: pd.DataFrame
    strata: "pd.Series[Any] | None"

    def model(self, columns: pd.DataFrame) -> CoxRegression:
        return cox_regression(
            *(self.rows["AVAL"], self.rows["event"], columns),
            strata=None if self.strata is None else self.strata[self.rows.index],
            ties=self.step.analysis.ties or "efron",
        )


def _fitted(cox: _Cox, level: "pd.Series[str]", kinds: list[str]) -> tuple[dict[str, Json], float | None]:
    by_kind = pd.Series(pd.Categorical(level, categories=[REFERENCE, *kinds]), index=level.index)
    model = cox.model(pd.DataFrame({"kind": by_kind}))
    terms = {row["term"].removeprefix("kind"): row for row in lines(model.to_frame())}
    ratios = {
        kind: {each: terms[kind][each] for each in ("hazard_ratio", "lower", "upper")} for kind in kinds
    }
    if len(kinds) < 2:
        return ratios, None
    together = pd.DataFrame({"infused": (level != REFERENCE).astype(float)})
    one = cox.model(together)
    statistic = 2 * (model.log_likelihood - one.log_likelihood)
    return ratios, plain(float(chi2.sf(statistic, len(kinds) - 1)))


def _counted(step: Step, own: pd.DataFrame, reference: pd.DataFrame, name: str, kind: str) -> Json:
    return {
        "subgroup": name,
        "level": kind,
        "arm": next(iter(own["ARMCD"]), None),
        "reference": step.reference,
        "n": len(own),
        "events": int(own["event"].sum()),
        "n_reference": len(reference),
        "events_reference": int(reference["event"].sum()),
    }
