"""The methods paragraph: what the plan and the methods that carried it out say of themselves."""

from analysis.reports.carrying_out import CarriedOut
from app.domain.study import Study

TIMES = (
    "Times run from day 0 to the event, or to the last day known alive, in days and without adding one."
    " Transplant-free survival ends with a transplant or a death from any cause, whichever is first; survival"
    " ends with death and goes on after a transplant. A participant is censored on the last day on which an"
    " answer, a call, a visit, an infusion or an event shows life, not after the withdrawal from follow-up or"
    " the cut-off, and for transplant-free survival before anything tells of a transplant that is not among"
    " the events counted."
)
LATE = {
    "count": "Deaths before the cut-off count, whenever they were told; {n} were told after it.",
    "as-known": "What was told after the cut-off does not count; {n} deaths are among it.",
}
CHOICE = {
    "confirmed": "Events count where a reviewer confirmed them, on the dates agreed on.",
    "all": "All reported events count that no reviewer refuted.",
}


SEVERAL = (
    "The plan has {n} primary analyses. Each is held against the whole two-sided error of {alpha:g}: nothing"
    " is adjusted for their number, and no order of tests is followed. Under no effect at all the chance that"
    " one or another falls below it is greater than {alpha:g}."
)


def several_primary(study: Study) -> str:
    """What is to be known where more than one analysis is primary; empty where it is one, or none."""
    n = sum(each.rank == "primary" for each in study.analyses)
    return SEVERAL.format(n=n, alpha=study.analysis.alpha) if n > 1 else ""


def methods(done: CarriedOut) -> list[str]:
    """Its sentences, each once, in the order in which the analyses need them."""
    study, data = done.data.study, done.data
    general = [TIMES, CHOICE[data.events], LATE[study.analysis.late_deaths].format(n=data.late_deaths)]
    if done.reported is not None:
        general.append("Sensitivity analyses that say so count all reported events that no reviewer refuted.")
    if len(data.arms) > 1:
        general.append(f"Arms are held against {data.arms[data.reference]}.")
    if caution := several_primary(study):
        general.append(caution)
    own = dict.fromkeys(sentence for _, found in done.steps for sentence in found.methods)
    return [*general, *own]
