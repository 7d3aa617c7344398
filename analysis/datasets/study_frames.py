"""What `load` gives, as data: the study and its frames."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from analysis.datasets.answer_words import AnswerWords
from app.domain.study import Study


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StudyFrames:
    """A study as it stood at a cut-off: the frames described in `analysis.columns`, and the study itself."""

    study: Study
    study_version: int
    cutoff: date
    events: Literal["confirmed", "all"]
    blinded: bool
    masked: bool
    late_deaths: int
    arms: dict[str, str]
    words: AnswerWords
    adsl: pd.DataFrame
    adtte: pd.DataFrame
    adqs: pd.DataFrame
    adho: pd.DataFrame
    adobs: pd.DataFrame
    adrec: pd.DataFrame
    adae: pd.DataFrame
    adbl: pd.DataFrame
    forms: pd.DataFrame
    alerts: pd.DataFrame
    queries: pd.DataFrame
    flow: pd.DataFrame
    checks: pd.DataFrame

    def __repr__(self) -> str:
        """For people: how much there is of what."""
        frames = ("adsl", "adtte", "adqs", "adho", "forms", "checks")
        sizes = ", ".join(f"{name} {len(getattr(self, name))}" for name in frames)
        return f"{self.study.code} until {self.cutoff} ({self.events} events): {sizes}"

    @property
    def reference(self) -> str:
        """The code of the arm that others are held against; of masked arms the last letter."""
        return list(self.arms)[-1] if self.blinded else self.study.reference_arm
