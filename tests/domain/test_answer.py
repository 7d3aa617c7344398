"""What an item takes, and what it refuses."""

import pytest

from app.domain.answer import DECLINED, AnswerValue, BadAnswer, read_answer, unanswered
from app.domain.instrument import Instrument, Item

INSTRUMENT = Instrument(
    name="two",
    recall_days=14,
    choices={"often": (0, 1, 2, 3, 4)},
    items=(
        Item(code="tired", type="choice", choices="often", may_decline=True),
        Item(code="itch", type="choice", choices="often"),
    ),
    scales=(),
)


@pytest.mark.parametrize(
    ("code", "raw", "value"),
    [
        ("tired", "3", 3),
        ("tired", " 3 ", 3),
        ("tired", "٣", 3),
        ("itch", "०", 0),
        ("tired", "", None),
        ("tired", DECLINED, DECLINED),
    ],
)
def test_taken(code: str, raw: str, value: AnswerValue) -> None:
    assert read_answer(INSTRUMENT, code, raw) == value


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("tired", "5"),
        ("tired", "-1"),
        ("tired", "often"),
        ("itch", DECLINED),
        ("mood", "1"),
        ("tired", "1.0"),
    ],
)
def test_refused(code: str, raw: str) -> None:
    with pytest.raises(BadAnswer) as refusal:
        read_answer(INSTRUMENT, code, raw)
    assert refusal.value.item == code
    assert refusal.value.allowed


def test_unanswered_counts_a_taken_back_answer_and_not_a_declined_one() -> None:
    assert unanswered(INSTRUMENT, {"tired": DECLINED, "itch": None}) == ("itch",)
    assert unanswered(INSTRUMENT, {"itch": 0}) == ("tired",)
