"""Restricted mean survival time by arm, and the differences and ratios between arms."""

from analysis.estimators import restricted_mean_survival
from analysis.estimators.restricted_mean import RestrictedMean
from analysis.reports import again
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, number, p_value

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
    contrasts, why_not = _contrasts(step, means)
    told = [_told(step, row) for row in contrasts if row["measure"] == "difference"] or [why_not]
    first = next((row for row in contrasts if row["measure"] == "difference"), None)
    return Finding(
        sentences=tuple(told),
        headline=None
        if first is None
        else (f"{number(first['estimate'])} days", f"more within {tau:,} days"),
        tables=(_means_table(step, means, tau), *_contrast_table(step, contrasts, tau)),
        results={"tau": tau, "rmst": lines(means.to_frame()), "contrast": contrasts},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{again.rows_of(step, 'adtte')}\n"
        f'restricted_mean_survival(rows["AVAL"], rows["event"], group=rows["ARMCD"], tau={tau})',
    )


def _contrasts(step: Step, means: RestrictedMean) -> tuple[list[Json], str]:
    try:
        return lines(means.contrast(step.reference)), ""
    except NotPossible as refused:
        return [], str(refused)


def _told(step: Step, row: Json) -> str:
    limits = interval(row["lower"], row["upper"])
    return (
        f"Difference of restricted means, {step.arms[row['group']]} minus {step.arms[step.reference]}:"
        f" {number(row['estimate'])} days (95 % interval {limits}), p = {p_value(row['p_value'])}."
    ).replace("p = <", "p <")


def _means_table(step: Step, means: RestrictedMean, tau: int) -> Table:
    rows = step.times
    size, events = rows["ARMCD"].value_counts(), rows.groupby("ARMCD", observed=True)["event"].sum()
    return Table(
        caption=f"{step.endpoint}: mean days free of the event within the first {tau:,} days",
        columns=["Arm", "Participants", "Events", "Mean, days", "95 % interval, days"],
        rows=[
            [
                step.arms[row["group"]],
                number(int(size[row["group"]])),
                number(int(events[row["group"]])),
                number(row["rmst"], 1),
                interval(row["lower"], row["upper"], 1),
            ]
            for row in lines(means.to_frame())
        ],
    )


def _contrast_table(step: Step, contrasts: list[Json], tau: int) -> tuple[Table, ...]:
    if not contrasts:
        return ()
    digits = {"difference": 1, "ratio": 3}
    return (
        Table(
            caption=f"Contrasts with {step.arms[step.reference]} within the first {tau:,} days",
            columns=["Measure", "Arm", "Estimate", "95 % interval", "p"],
            rows=[
                [
                    "Difference, days" if row["measure"] == "difference" else "Ratio",
                    step.arms[row["group"]],
                    number(row["estimate"], digits[row["measure"]]),
                    interval(row["lower"], row["upper"], digits[row["measure"]]),
                    p_value(row["p_value"]),
                ]
                for row in contrasts
            ],
            heads=2,
        ),
    )
