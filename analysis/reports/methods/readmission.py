"""Which share of discharges is followed by another stay."""

from collections.abc import Sequence
from functools import partial

from analysis.estimators import InputError, Readmission, readmission
from analysis.reports import again
from analysis.reports.contrasts import contrasts, difference_sentences
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import number, out_of, percent, share_limits

SOURCE = (
    "Readmission after each participant's first discharge is a cumulative incidence (Aalen and Johansen"
    " 1978), death competing."
)
USUAL: Sequence[int] = (30, 90)


def find(step: Step) -> Finding:
    """Readmission within the days that the plan names."""
    rows, within = step.observed, step.analysis.within_days or USUAL
    back = readmission(
        *(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D", step.data.stays(step.param)),
        days=list(within),
        group=rows["ARMCD"].astype(str),
    )
    shares = lines(back.to_frame())
    told = _contrasts(step, back, within)
    return Finding(
        sentences=tuple(sentence for _, sentence in told),
        tables=(
            Table(
                caption=gettext("Readmission after the first discharge"),
                columns=[
                    gettext("Arm"),
                    gettext("Within days"),
                    gettext("Discharges"),
                    gettext("Readmitted of those followed"),
                    gettext("Incidence"),
                    gettext("95 %% interval"),
                ],
                rows=[
                    [
                        step.arms[row["group"]],
                        number(row["days"]),
                        number(row["discharges"]),
                        out_of(row["readmitted"], row["complete"]),
                        percent(row["incidence"], 1),
                        share_limits(row["lower"], row["upper"]),
                    ]
                    for row in shares
                ],
                heads=2,
            ),
        ),
        results={"readmission": shares, "contrast": [row for rows_, _ in told for row in rows_]},
        excluded=excluded(step, rows),
        methods=(SOURCE,),
        code=f"{again.rows_of(step, 'adobs')}\n"
        'readmission(rows["USUBJID"], rows["DAYS"], rows["ENDFL"] == "D",'
        f' data.stays("{step.param}"), days={list(within)}, group=rows["ARMCD"])',
    )


def _contrasts(step: Step, back: Readmission, within: Sequence[int]) -> list[tuple[list[Json], str]]:
    told = []
    for days in within:
        try:
            found, why_not = contrasts(step, partial(back.contrast, days=days))
        except InputError as refused:
            found, why_not = [], f"No contrast within {days} days: {refused}."
        shares = [{**row, "estimate": _points(row["estimate"]), **_limits(row)} for row in found]
        what = f"incidences of readmission within {days} days"
        sentence = difference_sentences(step, shares, what=what, unit="percentage points", digits=1)
        told.append(([{"days": days, **row} for row in found], " ".join(sentence) or why_not))
        if why_not and not found:
            break
    return told


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _limits(row: Json) -> Json:
    return {"lower": _points(row["lower"]), "upper": _points(row["upper"])}
