"""Cox's model: how many times as fast events happen in one arm as in another."""

from analysis.estimators import CoxRegression, InputError, cox_regression
from analysis.reports import again
from analysis.reports.counts_by_arm import counts_by_arm
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.model_rows import adjusted_words, code, model_rows
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.terms import of_arms, ratio_sentence, ratio_table
from analysis.reports.words import number, p_words

SOURCE = (
    "Hazard ratios are of Cox's model (1972), ties by {ties}, with Wald intervals; proportional hazards are"
    " tested after Grambsch and Therneau (1994){cause}."
)
CAUSE = "; hazards are those of the event itself, a competing death being a censoring (cause-specific)"


def find(step: Step) -> Finding:
    """The ratio of each arm and covariate, and the test of proportional hazards."""
    held = model_rows(step, step.times)
    ties = step.analysis.ties or "efron"
    model = cox_regression(held.rows["AVAL"], held.rows["event"], held.columns, strata=held.strata, ties=ties)
    terms = lines(model.to_frame())
    told = [
        ratio_sentence(step, row, name="Hazard ratio", column="hazard_ratio", adjusted=adjusted_words(step))
        for row in of_arms(step, terms)
    ]
    proportional = _proportional(model)
    first = of_arms(step, terms)[0]
    strata = ", strata=strata" if step.analysis.strata else ""
    return Finding(
        sentences=(*told, _proportional_words(proportional)),
        headline=(number(first["hazard_ratio"], 2), "hazard ratio"),
        tables=(
            counts_by_arm(
                step,
                held.rows,
                {gettext("Events"): held.rows["event"]},
                caption=gettext("%(endpoint)s: events by arm", endpoint=step.endpoint_words),
            ),
            ratio_table(
                step,
                terms,
                caption=gettext("%(endpoint)s: Cox model", endpoint=step.endpoint_words),
                name=gettext("Hazard ratio"),
                column="hazard_ratio",
            ),
        ),
        results={
            "terms": terms,
            "proportional_hazards": proportional,
            "log_likelihood": model.log_likelihood,
        },
        excluded=excluded(step, held.rows),
        methods=(
            SOURCE.format(ties=ties.capitalize(), cause=CAUSE if step.estimand.endpoint == "TTX" else ""),
        ),
        code=f"{again.rows_of(step, 'adtte')}\n{code(step)}\n"
        f'cox_regression(rows["AVAL"], rows["event"], x{strata}, ties="{ties}")',
    )


def _proportional(model: CoxRegression) -> list[Json]:
    try:
        return lines(model.proportional_hazards_test())
    except InputError:  # too few distinct days of events to tell how the ratio changes with time
        return []


def _proportional_words(rows: list[Json]) -> str:
    if not rows:
        return "Proportional hazards could not be tested: events fell on too few days."
    whole = rows[-1]
    return f"Test of proportional hazards: {p_words(whole['p_value'])}."
