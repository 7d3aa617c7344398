"""Which alert rules of a study the answers meet, and for how long the participant is told."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from app.domain.answer import AnswerValue
from app.domain.condition import all_hold
from app.domain.study import AlertRule

TOLD_FOR = timedelta(days=7)
"""For so long after an alert was raised the participant's first page says what to do."""


def rules_of(rules: Iterable[AlertRule], instrument: str) -> tuple[AlertRule, ...]:
    """Return the rules that look at the answers of an instrument."""
    return tuple(rule for rule in rules if rule.instrument == instrument)


def met(
    rules: Iterable[AlertRule], instrument: str, answers: Mapping[str, AnswerValue]
) -> tuple[AlertRule, ...]:
    """Return the rules of an instrument of which every condition holds."""
    return tuple(rule for rule in rules_of(rules, instrument) if all_hold(rule.when, answers))


def looked_at(rule: AlertRule, answers: Mapping[str, AnswerValue]) -> dict[str, AnswerValue]:
    """Return the answers that a rule rests on, by item."""
    return {condition.item: answers.get(condition.item) for condition in rule.when}
