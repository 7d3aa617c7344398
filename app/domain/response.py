"""Who answered a questionnaire, on what, and which of the values ever given counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from app.domain.answer import AnswerValue

Respondent = Literal["patient", "proxy", "patient with help", "staff"]
RESPONDENTS: tuple[Respondent, ...] = get_args(Respondent)
OWN: tuple[Respondent, ...] = ("patient", "patient with help")
"""Whose answers show that the participant is alive."""
STAFF: Respondent = "staff"
"""Who fills in the forms of a visit that participants never see."""
Mode = Literal["phone", "telephone", "paper", "import"]
MODES: tuple[Mode, ...] = get_args(Mode)

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One value as it was given: when, by which name from which phone, and its place in the order there."""

    item: str
    value: AnswerValue
    given_at: datetime
    entry_id: str | None = None
    device: str | None = None
    sequence: int | None = None


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


def placed(new: GivenAnswer, stored: Iterable[GivenAnswer]) -> GivenAnswer:
    """Return a new answer with its time between those of the same item that one phone gave before and after.

    A request may wait on its way, and a phone's clock may be put back: its answers then seem later than they
    were. The order in which the phone was answered on is certain.
    """
    if new.sequence is None:
        return new
    same = [each for each in stored if (each.item, each.device) == (new.item, new.device)]
    before = [each.given_at for each in same if each.sequence is not None and each.sequence < new.sequence]
    after = [each.given_at for each in same if each.sequence is not None and each.sequence > new.sequence]
    given_at = new.given_at
    if before:
        given_at = max(given_at, max(before) + INSTANT)
    if after:
        given_at = min(given_at, min(after) - INSTANT)
    return replace(new, given_at=given_at)
