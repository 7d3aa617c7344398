"""The log-rank test between arms, stratified and weighted where the plan says so."""

from dataclasses import dataclass, field

import pandas as pd

from analysis.datasets import combined
from analysis.estimators import InputError, logrank_test
from analysis.reports import again
from analysis.reports.exclusions import excluded
from analysis.reports.factor_words import told_as
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.looks import boundary
from analysis.reports.plain import Json, lines, plain
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import number, p_words

SOURCE = "Arms are compared by the log-rank test{weight}{strata}."


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The test in one sentence, or why there is none; `results` None then."""

    sentence: str
    headline: tuple[str, str] | None = None
    boundary: tuple[str, ...] = ()
    results: Json | None = None
    frame: list[Json] = field(default_factory=list)
    methods: tuple[str, ...] = ()
    code: str = ""


def find(step: Step) -> Finding:
    """The test alone, with the events observed and expected."""
    found = comparison(step)
    if found.results is None:
        raise NotPossible(found.sentence)
    table = Table(
        caption=gettext(
            "%(endpoint)s: events observed, and expected if the arms were alike", endpoint=step.endpoint_words
        ),
        columns=[gettext("Arm"), gettext("Participants"), gettext("Observed"), gettext("Expected")],
        rows=[
            [
                step.arms[row["group"]],
                number(row["n"]),
                number(row["observed"], 1),
                number(row["expected"], 1),
            ]
            for row in found.frame
        ],
    )
    return Finding(
        sentences=(found.sentence, *found.boundary),
        headline=found.headline,
        tables=(table,),
        results={"logrank": found.results, "groups": found.frame},
        excluded=excluded(step, stratified(step)[0]),
        methods=found.methods,
        code=f"{again.rows_of(step, 'adtte')}\n{found.code}",
    )


def comparison(step: Step) -> Comparison:
    """The test, or why there is none: one arm, pooled arms, or no event while two arms were at risk."""
    rho, names = step.analysis.rho or 0.0, step.analysis.strata
    rows, strata = stratified(step)
    try:
        found = logrank_test(rows["AVAL"], rows["event"], rows["ARMCD"], strata=strata, rho=rho)
    except InputError:
        return Comparison(
            sentence="No log-rank test: it needs two arms and an event while both were at risk."
        )
    p = plain(found.p_value)
    name = "Stratified log-rank test" if names else "Log-rank test"
    freedom = f"{found.df} degree{'s' if found.df != 1 else ''} of freedom"
    sentence = f"{name}: χ² = {number(found.statistic, 3)} on {freedom}, {p_words(p)}."
    given = ", strata=strata" if names else ""
    look = boundary(step, int(rows["event"].sum()), p)
    return Comparison(
        sentence=sentence,
        boundary=(look.sentence,) if look else (),
        headline=(p_words(p), f"{name.lower()} between arms"),
        results={
            "statistic": found.statistic,
            "df": found.df,
            "p_value": p,
            **({"look": look.results} if look else {}),
        },
        frame=lines(found.to_frame()),
        methods=(_source(step), *((look.source,) if look else ())),
        code=f"{again.strata_of(step)}"
        f'logrank_test(rows["AVAL"], rows["event"], rows["ARMCD"]{given}, rho={rho})',
    )


def stratified(step: Step) -> tuple[pd.DataFrame, "pd.Series[str] | None"]:
    """The analysed rows and their strata; without those whose stratum is not known."""
    rows = step.times
    if not step.analysis.strata:
        return rows, None
    strata = combined(step.data.covariates(step.analysis.strata, rows))
    return rows[strata.notna()], strata[strata.notna()]


def _source(step: Step) -> str:
    rho = step.analysis.rho
    return SOURCE.format(
        weight=f", weighted early by S(t-)^{rho:g} (Harrington and Fleming 1982)" if rho else "",
        strata=f", stratified by {told_as(step, step.analysis.strata)}" if step.analysis.strata else "",
    )
