"""How the study went, whatever its plan estimates: completion, alarming answers, queries, inconsistencies."""

from collections.abc import Callable, Mapping

from analysis.datasets import StudyData
from analysis.reports.conduct import alerts, checks, completion, flow, queries
from analysis.reports.finding import Finding

SECTIONS: Mapping[str, tuple[str, Callable[[StudyData], Finding]]] = {
    "flow": ("Participants", flow.find),
    "completion": ("Completion", completion.find),
    "alerts": ("Alarming answers", alerts.find),
    "queries": ("Queries", queries.find),
    "checks": ("Inconsistencies", checks.find),
}
"""By the key of results.json: the heading, and what is found."""
