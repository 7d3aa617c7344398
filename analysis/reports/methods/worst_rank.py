"""Scores at the last visit with the dead below all the living, earlier deaths below later ones."""

from analysis.estimators import worst_rank_contrast
from analysis.reports.ended import ended, ends, ends_words
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import interval, limits, number, out_of, p_value, p_words

SOURCE = (
    "Anyone with a score at the last visit fares better than anyone with {ends} before it, and a later"
    " one is better than an earlier one (Lachin 1999): win odds, and Wilcoxon's test with ties."
)


def find(step: Step) -> Finding:
    """Win odds of each arm against the reference."""
    held = ended(step)
    rows = held.rows
    found = worst_rank_contrast(rows["AVAL"], rows["end_day"], rows["ARMCD"], reference=step.reference)
    odds = lines(found.to_frame())
    counts = rows.groupby("ARMCD")["ended"].agg(["size", "sum"]).to_dict("index")
    return Finding(
        sentences=tuple(
            f"Win odds at {held.visit}, {step.arms[row['arm']]} against {step.arms[step.reference]}:"
            f" {number(row['win_odds'], 2)} (95 % interval {interval(row['lower'], row['upper'], 2)}),"
            f" {p_words(row['p_value'])}."
            for row in odds
        ),
        tables=(
            Table(
                caption=gettext("Ranked at %(visit)s", visit=held.visit_words),
                columns=[gettext("Arm"), gettext("With an end (%(how)s), of", how=ends_words(step))],
                rows=[
                    [name, out_of(counts[arm]["sum"], counts[arm]["size"])]
                    for arm, name in step.arms.items()
                    if arm in counts
                ],
            ),
            Table(
                caption=gettext("Win odds against %(arm)s", arm=step.arms[step.reference]),
                columns=[gettext("Arm"), gettext("Win odds"), gettext("95 %% interval"), "p"],
                rows=[
                    [
                        step.arms[row["arm"]],
                        number(row["win_odds"], 2),
                        limits(row["lower"], row["upper"], 2),
                        p_value(row["p_value"]),
                    ]
                    for row in odds
                ],
            ),
        ),
        results={"win_odds": odds},
        excluded=excluded(step, rows, held.left_out),
        methods=(SOURCE.format(ends=ends(step)),),
        code=f"{held.code}\n"
        'worst_rank_contrast(rows["AVAL"], rows["end_day"], rows["ARMCD"],'
        f' reference="{step.reference}")',
    )
