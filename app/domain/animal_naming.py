"""What the count of an Animal Naming Test says about encephalopathy (after Campagna and others, 2017).

Cut-offs and adjustments are the study's settings: they differ by country and are not made up here.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from app.domain.answer import AnswerValue
from app.domain.condition import Condition, all_hold
from app.domain.instrument import Instrument, Item

Grade = Literal["normal", "minimal or grade 1", "grade 2 or worse"]
GRADES: tuple[Grade, ...] = get_args(Grade)


def adjusted_count(item: Item, answers: Mapping[str, AnswerValue]) -> float | None:
    """Return the animals that were named with the points that apply; None where there is no count.

    An adjustment applies where all its conditions hold: without an answer about age or schooling it does not.
    """
    count = answers.get(item.code)
    if not isinstance(count, int | float):
        return None
    return count + sum(each.points for each in item.adjustments if all_hold(each.when, answers))


def grade(item: Item, answers: Mapping[str, AnswerValue]) -> Grade | None:
    """Return the grade of an adjusted count; None where there is no count.

    At least the second cut-off is normal, at least the first minimal or grade 1, fewer grade 2 or worse.
    """
    count = adjusted_count(item, answers)
    if count is None:
        return None
    some, enough = item.cut_offs
    if count >= enough:
        return "normal"
    return "minimal or grade 1" if count >= some else "grade 2 or worse"


def graded_item(condition: Condition, instrument: Instrument) -> Item | None:
    """Return the test whose grade a condition names, in place of a count; None for every other condition.

    The phone tells the two apart as we do (app/web/static/naming.js).
    """
    if condition.value not in GRADES:
        return None
    named = (each for each in instrument.items if each.code == condition.item)
    return next((each for each in named if each.type == "animal-naming"), None)
