"""Fine and Gray's model of the subdistribution: how arms differ in the cumulative incidence."""

from analysis.estimators import fine_gray_regression
from analysis.reports.causes import CENSORED, cause_words, transplant_or_death
from analysis.reports.counts_by_arm import counts_by_arm
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.model_rows import adjusted_words, code, model_rows
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.terms import of_arms, ratio_sentence, ratio_table
from analysis.reports.words import number

SOURCE = (
    "Subdistribution hazard ratios are Fine and Gray's (1999), with their sandwich errors; above 1 they"
    " mean a higher cumulative incidence, and are no ratio of rates among those still at risk."
)
NAME = "Subdistribution hazard ratio"


def find(step: Step) -> Finding:
    """The ratio of each arm and covariate for transplant, death before it competing."""
    causes = transplant_or_death(step)
    held = model_rows(step, causes.rows)
    model = fine_gray_regression(
        *(held.rows["days"], held.rows["cause"], held.columns),
        cause_of_interest=causes.of_interest,
        censored=CENSORED,
    )
    terms = lines(model.to_frame())
    arms = of_arms(step, terms)
    return Finding(
        sentences=tuple(
            ratio_sentence(
                step,
                row,
                name=NAME,
                column="hazard_ratio",
                adjusted=adjusted_words(step),
            )
            for row in arms
        ),
        headline=(number(arms[0]["hazard_ratio"], 2), NAME.lower()),
        tables=(
            counts_by_arm(
                step,
                held.rows,
                {
                    cause_words(cause).capitalize(): (held.rows["cause"] == cause).astype("int64")
                    for cause in (causes.of_interest, *causes.others)
                },
                caption=gettext("%(endpoint)s: events by arm", endpoint=step.endpoint_words),
            ),
            ratio_table(
                step,
                terms,
                caption=gettext("%(endpoint)s: Fine-Gray model", endpoint=step.endpoint_words),
                name=gettext("Subdistribution hazard ratio"),
                column="hazard_ratio",
            ),
        ),
        results={"terms": terms, "events": model.events, "n": model.n},
        excluded=excluded(step, held.rows),
        methods=(SOURCE,),
        code=f"{causes.code}\n{code(step)}\n"
        f'fine_gray_regression(rows["days"], rows["cause"], x, cause_of_interest="{causes.of_interest}",'
        f' censored="{CENSORED}")',
    )
