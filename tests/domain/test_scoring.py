"""Scores worked out by hand: half rule, reversal, scales of scales, declined items."""

from pathlib import Path

import pytest

from app.domain.answer import DECLINED, AnswerValue
from app.domain.instrument import Instrument
from app.domain.scoring import scores
from app.formats import study_folder
from tests.fixtures.kinds import instrument
from tests.fixtures.study_folder import WHOLE

DEMO = Path(__file__).parents[2] / "studies" / "demo"
Answers = dict[str, AnswerValue]

# 4 is "always": for these three that is as good as can be, for all others as bad as can be.
GOOD_SIGNS = {"energy", "sleep_well", "everyday"}

# Of each answer its share of the way to the best, and in brackets those of bad signs, turned round:
#   energy    (1 -> 0.75), 3 -> 0.75, (4 -> 0)                mean 0.5
#   body      (2 -> 0.5), (0 -> 1), none                      mean 0.75 of two of three
#   sleep     1 -> 0.25, none                                 0.25, one of two is half
#   feelings  declined, (3 -> 0.25), declined, (1 -> 0.75)    mean 0.5 of two of four, half
#   daily     4 -> 1, (1 -> 0.75), (2 -> 0.5), (3 -> 0.25)    mean 0.625
MIXED: Answers = {
    "tired": 1,
    "energy": 3,
    "lying_down": 4,
    "belly_full": 2,
    "belly_pain": 0,
    "sleep_well": 1,
    "low": DECLINED,
    "upset": 3,
    "worry_liver": DECLINED,
    "worry_future": 1,
    "everyday": 4,
    "people": 1,
    "concentrate": 2,
    "forget": 3,
}
MIXED_SCORES = {"ENERGY": 50, "BODY": 75, "SLEEP": 25, "FEELINGS": 50, "DAILY": 62.5, "TOTAL": 52.5}


@pytest.fixture(scope="module")
def demo() -> Instrument:
    """The demo's questionnaire."""
    return study_folder.read(DEMO).instruments["liver-wellbeing"]


def test_the_best_answers_are_100_and_the_worst_0_on_every_scale(demo: Instrument) -> None:
    best: Answers = {item.code: 4 if item.code in GOOD_SIGNS else 0 for item in demo.items}
    worst: Answers = {item.code: 0 if item.code in GOOD_SIGNS else 4 for item in demo.items}
    assert scores(demo, best) == dict.fromkeys(MIXED_SCORES, 100)
    assert scores(demo, worst) == dict.fromkeys(MIXED_SCORES, 0)


def test_mixed_answers_by_hand(demo: Instrument) -> None:
    assert scores(demo, MIXED) == MIXED_SCORES


@pytest.mark.parametrize(
    ("left_out", "changed"),
    [
        # one of three is less than half; the total is the mean of 50, 25, 50 and 62.5
        (["belly_full"], {"BODY": None, "TOTAL": 46.875}),
        # none of two; the mean of 50, 75, 50 and 62.5
        (["sleep_well"], {"SLEEP": None, "TOTAL": 59.375}),
        # one of four; the mean of 50, 75, 25 and 62.5
        (["upset"], {"FEELINGS": None, "TOTAL": 53.125}),
        # three of five scales are less than the four that a total needs
        (["belly_full", "sleep_well"], {"BODY": None, "SLEEP": None, "TOTAL": None}),
        # (1 -> 0.75) and 3 -> 0.75; the mean of 75, 75, 25, 50 and 62.5
        (["lying_down"], {"ENERGY": 75, "TOTAL": 57.5}),
    ],
)
def test_the_half_rule_by_hand(
    demo: Instrument, left_out: list[str], changed: dict[str, float | None]
) -> None:
    answers = {item: value for item, value in MIXED.items() if item not in left_out}
    assert scores(demo, answers) == MIXED_SCORES | changed
    taken_back: Answers = {**MIXED, **dict.fromkeys(left_out)}
    assert scores(demo, taken_back) == MIXED_SCORES | changed


def test_declined_is_not_answered_and_no_number(demo: Instrument) -> None:
    everything_declined: Answers = {item.code: DECLINED for item in demo.items}
    assert scores(demo, everything_declined) == dict.fromkeys(MIXED_SCORES)
    assert scores(demo, {}) == dict.fromkeys(MIXED_SCORES)


def test_a_scale_of_scales_has_a_range_of_its_own() -> None:
    # tired 1 of 0..2, turned round: 0.5; slept well 2 of 0..2: 1; the mean 0.75 of the way from 1 to 7
    asked = study_folder.read(WHOLE).instruments["rest"]
    assert scores(asked, {"tired": 1, "sleep_well": 2}) == {"ENERGY": 50, "SLEEP": 100, "TOTAL": 5.5}
    assert scores(asked, {"tired": 2}) == {"ENERGY": 0, "SLEEP": None, "TOTAL": 1}


def test_numbers_and_lines_are_members_like_choices() -> None:
    # tired 0 of 0-2 turned round: 1; energy 1: 0.5; pain 3 of 0-10 turned round: 0.7; health 40 of 100: 0.4
    answers: dict[str, AnswerValue] = {"tired": 0, "energy": 1, "pain": 3, "health": 40}
    assert scores(instrument("reversed"), answers)["WELL"] == pytest.approx(65)
    assert scores(instrument("reversed"), {"pain": 2.5, "health": "declined"})["WELL"] is None
    assert scores(instrument("reversed"), {"pain": 2.5, "health": 100})["WELL"] == pytest.approx(87.5)


def test_an_item_that_is_not_asked_counts_as_not_answered() -> None:
    condition = instrument("condition")
    # pain 0 turned round: 1; sleep 1: 1; the worst pain is not asked any more, whatever was said before
    assert scores(condition, {"pain": 0, "worst": 10, "sleep": 1})["COMFORT"] == 100
    assert scores(condition, {"pain": 0, "worst": 10})["COMFORT"] is None
    assert scores(condition, {"pain": 1, "worst": 10})["COMFORT"] == 0
