"""Restricted mean survival time by arm, and the differences and ratios between arms."""

from analysis.estimators import RestrictedMean, restricted_mean_survival
from analysis.reports import again
from analysis.reports.contrasts import contrast_table, contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number

SOURCE = (
    "The restricted mean survival time is the area under Kaplan and Meier's curve to the horizon (Klein"
    " and Moeschberger 2003, section 4.5); arms are compared by the difference, and by the ratio on the log"
    " scale."
)


def find(step: Step) -> Finding:
    """Means, and contrasts with the reference arm where there are arms to compare."""
    rows, tau = step.times, step.analysis.tau_days
    if tau is None:
        raise NotPossible("The plan names no horizon.")
    means = restricted_mean_survival(rows["AVAL"], rows["event"], group=rows["ARMCD"], tau=tau)
    found, why_not = contrasts(step, means.contrast)
    first = next((row for row in found if row["measure"] == "difference"), None)
    return Finding(
        sentences=difference_sentences(step, found, what="restricted means", unit="days") or (why_not,),
        headline=None
        if first is None
        else (f"{number(first['estimate'])} days", f"more within {tau:,} days"),
        tables=(
            _means_table(step, means, tau),
            *contrast_table(
                step,
                found,
                caption=gettext("Contrasts within %(days)s days", days=f"{tau:,}"),
                unit="days",
            ),
        ),
        results={"tau": tau, "rmst": lines(means.to_frame()), "contrast": found},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{again.rows_of(step, 'adtte')}\n"
        f'restricted_mean_survival(rows["AVAL"], rows["event"], group=rows["ARMCD"], tau={tau})',
    )


def _means_table(step: Step, means: RestrictedMean, tau: int) -> Table:
    rows = step.times
    size, events = rows["ARMCD"].value_counts(), rows.groupby("ARMCD", observed=True)["event"].sum()
    return Table(
        caption=gettext(
            "%(endpoint)s: mean days free of the event within the first %(days)s days",
            endpoint=step.endpoint_words,
            days=f"{tau:,}",
        ),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("Events"),
            gettext("Mean, days"),
            gettext("95 %% interval, days"),
        ],
        rows=[
            [
                step.arms[row["group"]],
                number(int(size[row["group"]])),
                number(int(events[row["group"]])),
                number(row["rmst"], 1),
                limits(row["lower"], row["upper"], 1),
            ]
            for row in lines(means.to_frame())
        ],
    )
