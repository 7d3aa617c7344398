"""The steps of the flow as CONSORT's diagram draws them."""

from analysis.datasets import StudyData
from analysis.reports.plain import lines


def steps(data: StudyData) -> dict[str, list[tuple[str, int]]]:
    """Steps and counts by arm; the empty arm holds those before randomisation."""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in lines(data.flow):
        if row["N"] or not row["STEP"].startswith("not analysed"):
            found.setdefault(row["ARMCD"], []).append((row["STEP"], row["N"]))
    return found
