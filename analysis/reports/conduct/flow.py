"""The flow of participants, as CONSORT's diagram draws it."""

from collections.abc import Mapping
from functools import partial

from analysis.datasets import StudyData
from analysis.reports.figures.flow import Counted, Flow, flow_figure
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.table import Table
from analysis.reports.words import number

GROUPS = (
    ("had an infusion",),
    ("died", "had a transplant", "withdrew from follow-up", "withdrew from answering"),
    (
        "analysed for transplant-free survival",
        "not analysed (event before day 0)",
        "analysed for survival",
    ),
)
"""The boxes of an arm, by the steps of the dataset."""


def find(data: StudyData) -> Finding:
    """The diagram, and its counts as a table."""
    title = gettext("Flow of participants")
    told = gettext(
        "Deaths, transplants and withdrawals by the cut-off; a participant can stand in several lines."
    )
    counts = _counts(data)
    figure = Figure(
        name="flow",
        title=title,
        caption=told,
        description=f"{_described(data, counts)} {told}",
        table=_table(data, counts),
        drawing=partial(flow_figure, _flow(data, counts)),
    )
    return Finding(figures=(figure,), results={"rows": lines(data.flow)})


def _counts(data: StudyData) -> dict[str, dict[str, int]]:
    """Counts by arm and step; the empty arm holds those before randomisation."""
    found: dict[str, dict[str, int]] = {}
    for row in lines(data.flow):
        if row["N"] or not row["STEP"].startswith("not analysed"):
            found.setdefault(row["ARMCD"], {})[row["STEP"]] = row["N"]
    return found


def _words() -> Mapping[str, str]:
    return {
        "enrolled": gettext("enrolled"),
        "not randomised": gettext("not randomised"),
        "randomised": gettext("randomised"),
        "had an infusion": gettext("had an infusion"),
        "died": gettext("died"),
        "had a transplant": gettext("had a transplant"),
        "withdrew from follow-up": gettext("withdrew from follow-up"),
        "withdrew from answering": gettext("withdrew from answering"),
        "analysed for transplant-free survival": gettext("analysed for transplant-free survival"),
        "not analysed (event before day 0)": gettext("not analysed (event before day 0)"),
        "analysed for survival": gettext("analysed for survival"),
    }


def _flow(data: StudyData, counts: dict[str, dict[str, int]]) -> Flow:
    words = _words()

    def counted(arm: str, step: str) -> Counted:
        return words[step], counts[arm][step]

    arms = [
        (name, counts[arm]["randomised"], _boxes(arm, counts, words))
        for arm, name in data.arms.items()
        if arm in counts
    ]
    return Flow(
        enrolled=counted("", "enrolled"),
        left_out=counted("", "not randomised"),
        randomised=counted("", "randomised"),
        arms=arms,
    )


def _boxes(arm: str, counts: dict[str, dict[str, int]], words: Mapping[str, str]) -> list[list[Counted]]:
    boxes = [[(words[step], counts[arm][step]) for step in group if step in counts[arm]] for group in GROUPS]
    return [box for box in boxes if box]


def _described(data: StudyData, counts: dict[str, dict[str, int]]) -> str:
    arms = ", ".join(
        f"{name} {counts[arm]['randomised']}" for arm, name in data.arms.items() if arm in counts
    )
    before = counts[""]
    return gettext(
        "%(enrolled)s enrolled, %(left_out)s not randomised, %(randomised)s randomised: %(arms)s.",
        enrolled=before["enrolled"],
        left_out=before["not randomised"],
        randomised=before["randomised"],
        arms=arms,
    )


def _table(data: StudyData, counts: dict[str, dict[str, int]]) -> Table:
    words = _words()
    names = {"": gettext("All"), **data.arms}
    return Table(
        caption=gettext("Flow of participants"),
        columns=[gettext("Arm"), gettext("Step"), gettext("Participants")],
        rows=[
            [names[arm], words[step], number(n)] for arm, steps in counts.items() for step, n in steps.items()
        ],
        heads=2,
    )
