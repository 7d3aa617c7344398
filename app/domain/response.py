"""Who answered a questionnaire, on what, and which of the values ever given counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from app.domain.answer import AnswerValue

Respondent = Literal["patient", "proxy", "patient with help"]
RESPONDENTS: tuple[Respondent, ...] = get_args(Respondent)
Mode = Literal["phone", "telephone", "paper", "import"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class GivenAnswer:
    """One value as it was given: when, and under which name it came from a phone."""

    item: str
    value: AnswerValue
    given_at: datetime
    entry_id: str | None = None


def counting(given: Iterable[GivenAnswer], submitted_at: datetime | None) -> dict[str, AnswerValue]:
    """Return the value of each item that counts: the one given last, of several at once the one stored last.

    What was given after the response had been sent never counts; what was given before, on a phone without a
    connection, does, whenever it arrives. `given` is in the order in which the values were stored.
    """
    in_time = until_sent(given, submitted_at)
    return {each.item: each.value for each in sorted(in_time, key=lambda each: each.given_at)}


def until_sent(given: Iterable[GivenAnswer], submitted_at: datetime | None) -> list[GivenAnswer]:
    """Return what was given before the response was sent, all of it while it is a draft."""
    return [each for each in given if submitted_at is None or each.given_at <= submitted_at]
