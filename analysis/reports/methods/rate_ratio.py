"""How many times as many hospital stays per person-year in one arm as in another."""

from typing import cast

from analysis.estimators import RateModel, event_rate_ratio
from analysis.reports import again
from analysis.reports.counts_by_arm import counts_by_arm
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.model_rows import adjusted_words, code, model_rows
from analysis.reports.plain import lines, plain
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.terms import of_arms, ratio_sentence, ratio_table
from analysis.reports.words import number

SOURCE = "Rates of hospital stays are compared {how}."
HOW: dict[RateModel, str] = {
    "negative-binomial": "by a negative binomial model with the time observed as offset (Lawless 1987)",
    "poisson": "by a Poisson model with the time observed as offset, which takes stays as independent",
    "quasi-poisson": "by a Poisson model, its errors widened by the dispersion that was observed",
    "exact": "exactly, given their sum (Clopper and Pearson 1934), which takes stays as independent",
}


def find(step: Step) -> Finding:
    """The ratio of each arm, adjusted where the plan says so."""
    model = cast("RateModel", step.analysis.model or "negative-binomial")
    held = model_rows(step, step.observed)
    stays = held.rows["USUBJID"].map(step.stays["USUBJID"].value_counts()).fillna(0)
    others = held.columns.drop(columns="arm")
    years = held.rows["DAYS"] / DAYS_PER_YEAR
    ratio = event_rate_ratio(
        *(stays, years, held.columns["arm"]),
        covariates=others if len(others.columns) else None,
        model=model,
        reference=step.reference,
    )
    terms = lines(ratio.to_frame())
    arms = of_arms(step, terms)
    return Finding(
        sentences=tuple(
            ratio_sentence(
                step, row, name="Ratio of rates", column="rate_ratio", adjusted=adjusted_words(step)
            )
            for row in arms
        ),
        headline=(number(arms[0]["rate_ratio"], 2), "ratio of rates"),
        tables=(
            counts_by_arm(
                step,
                held.rows,
                {gettext("Stays"): stays.astype("int64"), gettext("Person-years"): years},
                caption=gettext("Hospital stays and time observed, by arm"),
            ),
            ratio_table(
                step,
                terms,
                caption=gettext("Hospital stays: ratio of rates"),
                name=gettext("Ratio"),
                column="rate_ratio",
            ),
        ),
        results={"model": model, "terms": terms, "dispersion": plain(ratio.dispersion)},
        excluded=excluded(step, held.rows),
        methods=(SOURCE.format(how=HOW[model]),),
        code=_code(step, model),
    )


def _code(step: Step, model: RateModel) -> str:
    others = ', covariates=x.drop(columns="arm")' if step.analysis.covariates else ""
    return (
        f"{again.rows_of(step, 'adobs')}\n{code(step)}\n"
        f'stays = data.adrec.query("PARAMCD == \'{step.param}\' and EVENT == 1")["USUBJID"].value_counts()\n'
        'event_rate_ratio(rows["USUBJID"].map(stays).fillna(0), rows["DAYS"] / 365.25, x["arm"]'
        f'{others}, model="{model}", reference="{step.reference}")'
    )
