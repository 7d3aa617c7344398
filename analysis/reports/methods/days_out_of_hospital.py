"""Days alive and out of hospital within a horizon, by arm."""

from analysis.estimators import days_alive_out_of_hospital
from analysis.reports import again
from analysis.reports.contrasts import contrast_table, contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, number

SOURCE = (
    "Days alive and out of hospital are days of the horizon less nights in hospital and days after death;"
    " those censored before the horizon are stood for by who was followed longer (Bang and Tsiatis 2000)."
)


def find(step: Step) -> Finding:
    """Means by arm, and the difference."""
    rows, tau = step.observed, step.analysis.tau_days
    if tau is None:
        raise NotPossible("The plan names no horizon.")
    days = days_alive_out_of_hospital(
        *(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D", step.data.stays(step.param)),
        horizon=tau,
        group=rows["ARMCD"].astype(str),
    )
    found, why_not = contrasts(step, days.contrast)
    means = lines(days.means())
    return Finding(
        sentences=difference_sentences(
            step, found, what="mean days alive and out of hospital", unit="days", digits=1
        )
        or (why_not,),
        tables=(
            Table(
                caption=f"Days alive and out of hospital, of the first {tau:,}",
                columns=["Arm", "Participants", "Followed to the end", "Mean, days", "95 % interval, days"],
                rows=[
                    [
                        step.arms[row["group"]],
                        number(row["n"]),
                        number(row["complete"]),
                        number(row["mean"], 1),
                        interval(row["lower"], row["upper"], 1),
                    ]
                    for row in means
                ],
            ),
            *contrast_table(step, found, caption=f"Contrasts within {tau:,} days", unit="days"),
        ),
        results={"horizon": tau, "means": means, "contrast": found, "days": lines(days.to_frame())},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{again.rows_of(step, 'adobs')}\n"
        'days_alive_out_of_hospital(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D",'
        f' data.stays("{step.param}"), horizon={tau}, group=rows["ARMCD"])',
    )
