"""Who answered a questionnaire, and on what."""

from typing import Literal, get_args

Respondent = Literal["patient", "proxy", "patient with help"]
RESPONDENTS: tuple[Respondent, ...] = get_args(Respondent)
Mode = Literal["phone", "telephone", "paper", "import"]
MODES: tuple[Mode, ...] = get_args(Mode)
