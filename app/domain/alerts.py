"""Which alert rules of a study the answers meet, where an alert stands, and for how long it is told of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.domain.animal_naming import grade, graded_item
from app.domain.answer import AnswerValue
from app.domain.condition import Condition, holds
from app.domain.instrument import Instrument
from app.domain.study import AlertRule, Disposition, Study

FIRST_RETRY = timedelta(minutes=15)
MOST_TRIES = 6
"""After so many, some eight hours after the first, a mail about a late alert has failed for good."""

TOLD_FOR = timedelta(days=7)
"""For so long after an alert was raised the participant's first page says what to do."""

AlertState = Literal["open", "overdue", "escalated", "closed"]
ALERT_STATES: tuple[AlertState, ...] = ("escalated", "overdue", "open", "closed")
"""The most pressing first."""

AlertStepKind = Literal["assigned", "note", "escalated", "disposition"]
ALERT_STEP_KINDS: tuple[AlertStepKind, ...] = ("assigned", "note", "escalated", "disposition")

DEFAULT_DEADLINE = timedelta(hours=24)
DEFAULT_DISPOSITIONS = (
    Disposition(code="no-action", text={"en": "Contacted: no action needed"}),
    Disposition(code="sent-to-care", text={"en": "Contacted: sent to medical care"}),
    Disposition(code="in-care", text={"en": "Already in medical care"}),
    Disposition(code="not-reached", text={"en": "Could not be reached"}, note=True),
    Disposition(code="false-alarm", text={"en": "False alarm"}, note=True),
    Disposition(code="other", text={"en": "Something else"}, note=True),
)
"""Where a study says nothing; pages have words for these codes in every language of the interface."""


@dataclass(frozen=True, kw_only=True)
class AlertStep:
    """One thing that was done about an alert, as it is stored."""

    kind: AlertStepKind
    at: datetime
    by: str
    owner_id: int | None = None
    disposition: str | None = None
    note: str = ""


def rules_of(rules: Iterable[AlertRule], instrument: str) -> tuple[AlertRule, ...]:
    """Return the rules that look at the answers of an instrument."""
    return tuple(rule for rule in rules if rule.instrument == instrument)


def met(
    rules: Iterable[AlertRule], instrument: Instrument, answers: Mapping[str, AnswerValue]
) -> tuple[AlertRule, ...]:
    """Return the rules of an instrument of which every condition holds.

    A condition of a rule may name the grade of an Animal Naming Test: it is held against that, not the count.
    """
    return tuple(
        rule
        for rule in rules_of(rules, instrument.name)
        if all(_holds(condition, instrument, answers) for condition in rule.when)
    )


def _holds(condition: Condition, instrument: Instrument, answers: Mapping[str, AnswerValue]) -> bool:
    item = graded_item(condition, instrument)
    return holds(condition, answers if item is None else {item.code: grade(item, answers)})


def looked_at(
    rule: AlertRule, instrument: Instrument, answers: Mapping[str, AnswerValue]
) -> dict[str, AnswerValue]:
    """Return the answers that a rule rests on, by item: of a grade those too for which points are added."""
    codes: list[str] = []
    for condition in rule.when:
        item = graded_item(condition, instrument)
        codes += [each.item for points in (item.adjustments if item else ()) for each in points.when]
        codes.append(condition.item)
    return {code: answers.get(code) for code in codes}


def rule_of(study: Study, code: str) -> AlertRule | None:
    """Return a rule by its code, or None where the study no longer has it."""
    return next((rule for rule in study.alerts if rule.code == code), None)


def deadline(study: Study, code: str, raised_at: datetime) -> datetime:
    """Return by when an alert of a rule needs a disposition."""
    rule = rule_of(study, code)
    return raised_at + (timedelta(hours=rule.deadline_hours) if rule else DEFAULT_DEADLINE)


def dispositions(study: Study, code: str) -> tuple[Disposition, ...]:
    """Return what an alert of a rule can end with: the rule's list, the study's, or the built-in one."""
    rule = rule_of(study, code)
    return (rule.dispositions if rule else ()) or study.dispositions or DEFAULT_DISPOSITIONS


def alert_state(*, deadline_at: datetime, steps: Iterable[AlertStepKind], now: datetime) -> AlertState:
    """Return where an alert stands; only a disposition closes it, whatever was answered since."""
    done = frozenset(steps)
    if "disposition" in done:
        return "closed"
    if "escalated" in done:
        return "escalated"
    return "overdue" if now >= deadline_at else "open"


def owner_of(steps: Sequence[AlertStep]) -> int | None:
    """Return the account that an alert was given to last; None: whoever has the role that the rule names."""
    return next((step.owner_id for step in reversed(steps) if step.kind == "assigned"), None)


def disposition_of(steps: Sequence[AlertStep]) -> AlertStep | None:
    """Return the disposition that was recorded last, which counts, or None."""
    return next((step for step in reversed(steps) if step.kind == "disposition"), None)


def mail_retry_at(tried_at: datetime, tries: int) -> datetime:
    """Return when to try a mail again: after 15 minutes, then twice as long each time.

    From try to try, not by its age: after a night without a mail server nobody is to wait another night.
    """
    return tried_at + FIRST_RETRY * (1 << (tries - 1))
