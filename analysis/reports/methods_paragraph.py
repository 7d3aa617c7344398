"""The methods paragraph: what the plan and the methods that carried it out say of themselves."""

from analysis.reports.carrying_out import CarriedOut
from analysis.reports.multiplicity import several_primary

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
