"""A rule is met when all of its conditions hold; what it raised ends with a disposition alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.alerts import (
    DEFAULT_DISPOSITIONS,
    AlertState,
    AlertStepKind,
    alert_state,
    deadline,
    dispositions,
    looked_at,
    met,
    rules_of,
)
from app.domain.answer import AnswerValue
from app.domain.condition import Condition, Operator
from app.domain.study import Disposition
from tests.fixtures.alarming import REFUSED, SLOW, WORST
from tests.fixtures.kinds import instrument
from tests.fixtures.study import INSTRUMENT, STUDY

RULES = (WORST, REFUSED)
NAMING = instrument("animal-naming")
TABLE = json.loads((Path(__file__).parents[1] / "fixtures" / "conditions.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"itch": 4}, []),
        ({"itch": 4, "sleep": 3}, []),
        ({"itch": 4, "sleep": 4}, ["worst"]),
        ({"itch": 4, "sleep": "declined"}, ["refused"]),
        ({"itch": 4, "sleep": None}, []),
    ],
)
def test_a_rule_is_met_when_all_of_it_holds(answers: dict[str, AnswerValue], expected: list[str]) -> None:
    assert [rule.code for rule in met(RULES, INSTRUMENT, answers)] == expected


def test_a_rule_looks_at_its_own_instrument_only() -> None:
    assert met(RULES, replace(INSTRUMENT, name="rest"), {"itch": 4, "sleep": 4}) == ()
    assert rules_of(RULES, "rest") == ()


def test_what_a_rule_looked_at_is_what_its_conditions_name() -> None:
    assert looked_at(REFUSED, INSTRUMENT, {"itch": 4, "sleep": "declined"}) == {"sleep": "declined"}


@pytest.mark.parametrize(("answers", "operator", "value", "expected"), TABLE["grades"])
def test_a_rule_that_names_a_grade_is_held_against_the_count_with_its_points(
    answers: dict[str, AnswerValue], operator: Operator, value: float | str, *, expected: bool
) -> None:
    rule = replace(SLOW, when=(Condition(item="animals", operator=operator, value=value),))
    assert (met((rule,), NAMING, answers) == (rule,)) is expected


def test_a_grade_rests_on_the_answers_for_which_points_are_added() -> None:
    assert looked_at(SLOW, NAMING, {"old": 85, "animals": 3}) == {"schooling": None, "old": 85, "animals": 3}
    few = replace(SLOW, when=(Condition(item="animals", operator="at most", value=9),))
    assert looked_at(few, NAMING, {"old": 85, "animals": 3}) == {"animals": 3}


def test_a_version_without_the_test_meets_no_rule_about_its_grade() -> None:
    assert met((replace(SLOW, instrument="itch"),), INSTRUMENT, {"animals": 3}) == ()


RAISED = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "hours", "state"),
    [
        ([], 23.9, "open"),
        ([], 24, "overdue"),
        (["assigned", "note"], 24, "overdue"),
        (["escalated"], 24, "escalated"),
        (["escalated", "note"], 99, "escalated"),
        (["escalated", "disposition"], 99, "closed"),
        (["disposition", "note"], 1, "closed"),
    ],
)
def test_where_an_alert_stands(steps: list[AlertStepKind], hours: float, state: AlertState) -> None:
    now = RAISED + timedelta(hours=hours)
    due = deadline(STUDY, "worst", RAISED)
    assert alert_state(deadline_at=due, steps=steps, now=now) == state


def test_a_rule_has_its_own_deadline_and_dispositions_before_the_studys() -> None:
    own, shared = (Disposition(code=code, text={"en": code, "ar": code}) for code in ("rang", "visited"))
    study = replace(
        STUDY, alerts=(replace(WORST, deadline_hours=4, dispositions=(own,)), REFUSED), dispositions=(shared,)
    )
    assert deadline(study, "worst", RAISED) == RAISED + timedelta(hours=4)
    assert dispositions(study, "worst") == (own,)
    assert dispositions(study, "refused") == (shared,)
    assert dispositions(study, "no longer there") == (shared,)
    assert dispositions(STUDY, "worst") == DEFAULT_DISPOSITIONS
