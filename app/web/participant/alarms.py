"""What a participant is told to do where answers are alarming: at once on the page, and on those after it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import g

from app.domain.alerts import met, rules_of
from app.domain.answer import AnswerValue
from app.domain.instrument import Instrument
from app.domain.study import AlertRule, Texts
from app.queries import alerts, studies


@dataclass(frozen=True)
class Alarm:
    """The text of a rule. `when`: the conditions under which a page with questions shows it."""

    text: Texts
    when: list[dict[str, Any]]
    sounding: bool


def of_questions(instrument: Instrument, answers: Mapping[str, AnswerValue]) -> list[Alarm]:
    """Return every alarm of a questionnaire, those sounding whose conditions the answers meet."""
    rules = studies.current(g.session, study_id=g.visitor.study_id).study.alerts
    return _alarms(rules_of(rules, instrument.name), met(rules, instrument, answers))


def standing() -> list[Alarm]:
    """Return the alarms that the visitor's answers of the last days sound."""
    rules = alerts.standing(
        g.session, study_id=g.visitor.study_id, participant_id=g.visitor.participant_id, now=g.now
    )
    return _alarms(rules, rules)


def _alarms(rules: Iterable[AlertRule], sounding: tuple[AlertRule, ...]) -> list[Alarm]:
    return [Alarm(rule.text, [asdict(each) for each in rule.when], rule in sounding) for rule in rules]
