"""Corrections of answers that were sent: asked for, then accepted or declined by someone else."""

from typing import Literal

CorrectionSource = Literal["participant", "typing"]
CORRECTION_SOURCES: tuple[CorrectionSource, ...] = ("participant", "typing")
"""Who says that an answer was wrong: the participant, or staff who typed another one than was given."""

CorrectionDecision = Literal["accepted", "declined"]
CORRECTION_DECISIONS: tuple[CorrectionDecision, ...] = ("accepted", "declined")

CorrectionState = Literal["open", "accepted", "declined"]
CORRECTION_STATES: tuple[CorrectionState, ...] = ("open", "accepted", "declined")


def correction_state(decision: CorrectionDecision | None) -> CorrectionState:
    """Return where a request stands.

    >>> correction_state(None), correction_state("accepted")
    ('open', 'accepted')
    """
    return "open" if decision is None else decision
