"""The grade of an Animal Naming Test: its cut-offs, and the points added for schooling and age."""

import pytest

from app.domain.animal_naming import Grade, adjusted_count, grade
from app.domain.answer import AnswerValue
from tests.fixtures.kinds import instrument

ITEM = instrument("animal-naming").item("animals")


@pytest.mark.parametrize(
    ("answers", "count", "expected"),
    [
        ({"animals": 15}, 15, "normal"),
        ({"animals": 14}, 14, "minimal or grade 1"),
        ({"animals": 10}, 10, "minimal or grade 1"),
        ({"animals": 9}, 9, "grade 2 or worse"),
        ({"animals": 0}, 0, "grade 2 or worse"),
        ({"animals": 13, "schooling": 7}, 15, "normal"),
        ({"animals": 13, "schooling": 8}, 13, "minimal or grade 1"),
        ({"animals": 8, "old": 80}, 8, "grade 2 or worse"),
        ({"animals": 9, "old": 81}, 10.5, "minimal or grade 1"),
        ({"animals": 12, "schooling": 0, "old": 90}, 15.5, "normal"),
        ({"animals": "declined", "old": 90}, None, None),
        ({"animals": None}, None, None),
        ({}, None, None),
    ],
)
def test_a_grade(answers: dict[str, AnswerValue], count: float | None, expected: Grade | None) -> None:
    assert adjusted_count(ITEM, answers) == count
    assert grade(ITEM, answers) == expected
