"""What is said of a tumour or another adverse event beside its dates: how serious it was, how it ended."""

from collections.abc import Iterable
from typing import Literal

Criterion = Literal[
    "death", "life-threatening", "hospitalisation", "disability", "congenital-anomaly", "other"
]
CRITERIA: tuple[Criterion, ...] = (
    "death",
    "life-threatening",
    "hospitalisation",
    "disability",
    "congenital-anomaly",
    "other",
)
"""What makes an adverse event serious (ICH E2A, II.B); an event with none of them is not serious."""

Recovery = Literal["recovered", "recovering", "not recovered", "recovered with sequelae", "fatal", "unknown"]
RECOVERIES: tuple[Recovery, ...] = (
    "recovered",
    "recovering",
    "not recovered",
    "recovered with sequelae",
    "fatal",
    "unknown",
)
"""How an adverse event ended (ICH E2B, outcome of the reaction at the time of the last observation)."""


def criteria_text(criteria: Iterable[str]) -> str:
    """Return criteria as one text in the order of the list; ValueError names one that is not in it."""
    given = set(criteria)
    unknown = given - set(CRITERIA)
    if unknown:
        raise ValueError(", ".join(sorted(unknown)))
    return " ".join(each for each in CRITERIA if each in given)
