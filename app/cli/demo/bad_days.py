"""Days on which someone answers as badly as the alerts of the study ask about: a near miss is made one."""

from collections.abc import Mapping
from dataclasses import replace

from app.cli.demo.life import Act, Answered, Life
from app.domain.condition import Condition
from app.domain.study import AlertRule, Study


def with_bad_days(study: Study, lives: list[Life]) -> list[Life]:
    """Return the lives with the questionnaires that miss an alert by no more than a step made to meet it."""
    return [replace(life, acts=tuple(_lived(study, act) for act in life.acts)) for life in lives]


def _lived(study: Study, act: Act) -> Act:
    if not isinstance(act, Answered):
        return act
    for rule in study.alerts:
        if rule.instrument == act.instrument and _nearly(rule, {**act.first, **act.rest}):
            worst = {each.item: str(each.value) for each in rule.when}
            return replace(act, first=_changed(act.first, worst), rest=_changed(act.rest, worst))
    return act


def _nearly(rule: AlertRule, given: Mapping[str, str]) -> bool:
    return all(_near(condition, given.get(condition.item, "")) for condition in rule.when)


def _near(condition: Condition, value: str) -> bool:
    wanted = condition.value
    return (
        condition.operator == "at least"
        and isinstance(wanted, int)
        and value.isdecimal()
        and int(value) >= wanted - 1
    )


def _changed(given: Mapping[str, str], worst: Mapping[str, str]) -> dict[str, str]:
    return {item: worst.get(item, value) for item, value in given.items()}
