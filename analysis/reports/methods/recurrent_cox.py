"""Cox models of stays that come again, with errors by participant."""

from analysis.estimators import cox_regression
from analysis.reports.counts_by_arm import counts_by_arm
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.model_rows import adjusted_words, code, model_rows
from analysis.reports.plain import lines
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.terms import of_arms, ratio_sentence, ratio_table
from analysis.reports.words import number

NAME = "Hazard ratio"
MODELS = {
    "andersen-gill": "Andersen and Gill's model (1982)",
    "pwp-total-time": "Prentice, Williams and Peterson's model of total time (1981)",
    "pwp-gap-time": "Prentice, Williams and Peterson's model of gap times (1981)",
}
SOURCE = (
    "Recurrent hospital stays follow {model}, with robust errors by participant (Lin and Wei 1989); all"
    " the time observed is time at risk, and a death ends it as a censoring does."
)


def find(step: Step) -> Finding:
    """The ratio of each arm and covariate."""
    model = step.analysis.model or "andersen-gill"
    pieces = step.pieces
    held = model_rows(step, pieces[pieces["TSTART"] < pieces["TSTOP"]])
    rows = held.rows
    episode = rows.groupby("USUBJID")["EVENT"].cumsum() - rows["EVENT"] + 1
    gap = model == "pwp-gap-time"
    fitted = cox_regression(
        *(rows["TSTOP"] - rows["TSTART"] if gap else rows["TSTOP"], rows["EVENT"], held.columns),
        entry=None if gap else rows["TSTART"],
        strata=None if model == "andersen-gill" else episode,
        cluster=rows["USUBJID"],
    )
    terms = lines(fitted.to_frame())
    arms = of_arms(step, terms)
    day_0 = int(((pieces["TSTOP"] == 0) & (pieces["EVENT"] == 1)).sum())
    left_out = (f"{day_0} stays began on day 0: no time at risk goes before them.",) if day_0 else ()
    return Finding(
        sentences=tuple(
            ratio_sentence(step, row, name=NAME, column="hazard_ratio", adjusted=adjusted_words(step))
            for row in arms
        ),
        headline=(number(arms[0]["hazard_ratio"], 2), NAME.lower()),
        tables=(
            counts_by_arm(
                step,
                rows,
                {
                    gettext("Stays"): rows["EVENT"].astype("int64"),
                    gettext("Person-years"): (rows["TSTOP"] - rows["TSTART"]) / DAYS_PER_YEAR,
                },
                caption=gettext("Hospital stays and time at risk, by arm"),
            ),
            ratio_table(
                step,
                terms,
                caption=gettext("Recurrent hospital stays"),
                name=gettext("Hazard ratio"),
                column="hazard_ratio",
            ),
        ),
        results={"model": model, "terms": terms},
        excluded=(*excluded(step, rows, otherwise="without a time at risk or a covariate"), *left_out),
        methods=(SOURCE.format(model=MODELS[model]),),
        code=_code(step, model),
    )


def _code(step: Step, model: str) -> str:
    times = 'rows["TSTOP"] - rows["TSTART"]' if model == "pwp-gap-time" else 'rows["TSTOP"]'
    entry = "" if model == "pwp-gap-time" else ', entry=rows["TSTART"]'
    strata, episode = "", ""
    if model != "andersen-gill":
        strata = ", strata=episode"
        episode = 'episode = rows.groupby("USUBJID")["EVENT"].cumsum() - rows["EVENT"] + 1\n'
    return (
        f"rows = data.adrec.query(\"PARAMCD == '{step.param}' and TSTART < TSTOP\")\n{code(step)}\n"
        f"{episode}"
        f'cox_regression({times}, rows["EVENT"], x{entry}{strata}, cluster=rows["USUBJID"])'
    )
