"""Why a questionnaire was missed: a closed list, so that reasons can be counted."""

from typing import Literal, get_args

MissedBecause = Literal[
    "too ill", "in hospital", "refused", "not reached", "technical", "staff error", "other"
]
MISSED_BECAUSE: tuple[MissedBecause, ...] = get_args(MissedBecause)
