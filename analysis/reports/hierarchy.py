"""The hierarchy of a composite: what its parts are called, and what they compare."""

from collections.abc import Mapping

from analysis.estimators import Count, Difference, TimeToEvent
from analysis.reports.language import gettext
from app.domain.analysis_plan import Component

Part = TimeToEvent | Count | Difference

NAMES: Mapping[Component, str] = {
    "death": "Death",
    "transplant": "Transplant",
    "hospital-days": "Nights in hospital",
    "hospital-stays": "Hospital stays",
    "score": "Change of score",
}


def component_words(name: Component) -> str:
    """What a part is called in tables and figures."""
    return {
        "death": gettext("death").capitalize(),
        "transplant": gettext("transplant").capitalize(),
        "hospital-days": gettext("Nights in hospital"),
        "hospital-stays": gettext("Hospital stays"),
        "score": gettext("Change of score"),
    }[name]


LABELS: Mapping[str, Component] = {
    "dead": "death",
    "transplanted": "transplant",
    "nights": "hospital-days",
    "admissions": "hospital-stays",
    "change": "score",
}
"""Components by the columns of `StudyData.compared` that they are called after."""


def part(name: Component, margin: float) -> tuple[Part, str]:
    """What compares two participants, and the Python that makes it; the margin is of the score."""
    every: Mapping[Component, tuple[Part, str]] = {
        "death": (TimeToEvent("days", "dead"), 'TimeToEvent("days", "dead")'),
        "transplant": (
            TimeToEvent("transplant_days", "transplanted"),
            'TimeToEvent("transplant_days", "transplanted")',
        ),
        "hospital-days": (Count("nights", follow_up="days"), 'Count("nights", follow_up="days")'),
        "hospital-stays": (Count("admissions", follow_up="days"), 'Count("admissions", follow_up="days")'),
        "score": (Difference("change", margin), f'Difference("change", {margin:g})'),
    }
    return every[name]
