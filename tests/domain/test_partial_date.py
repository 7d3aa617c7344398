"""Dates that are partly known, and dates typed in the digits of any script."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.partial_date import PartialDate, typed_date, typed_number

DIGITS = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
    "full width": "０１２３４５６７８９",
}


def in_script(text: str, digits: str) -> str:
    return text.translate(str.maketrans("0123456789", digits))


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2026", "year", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-03-05", "day", date(2026, 3, 5), date(2026, 3, 5)),
    ],
)
def test_precision_and_range(text: str, precision: str, earliest: date, latest: date) -> None:
    known = PartialDate.parse(text)
    assert (known.precision, known.earliest, known.latest, str(known)) == (precision, earliest, latest, text)


@pytest.mark.parametrize("parts", [(10**20,), (2026, 10**20), (2026, 3, 10**20), (0,), (-1,)])
def test_parts_that_make_no_date(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        PartialDate(*parts)


@given(st.dates(), st.sampled_from(["day", "month", "year"]))
def test_writing_and_reading_change_nothing(day: date, precision: str) -> None:
    known = PartialDate(
        day.year, day.month if precision != "year" else None, day.day if precision == "day" else None
    )
    assert PartialDate.parse(str(known)) == known
    assert known.earliest <= day <= known.latest


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-02-30", "26", "2026-3-5", "", "2026-03-05-01", "yesterday"]
)
def test_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(text)


@pytest.mark.parametrize("digits", DIGITS.values(), ids=list(DIGITS))
def test_boxes_in_any_script(digits: str) -> None:
    boxes = [in_script(box, digits) for box in ("2026", "03", "5")]
    assert typed_date(*boxes) == PartialDate(2026, 3, 5)
    assert typed_number(in_script("1958", digits)) == 1958


def test_boxes_left_empty() -> None:
    assert typed_date("", " ", "") is None
    assert typed_date("2026", "", "") == PartialDate(2026)
    assert typed_date("2026", "4", "") == PartialDate(2026, 4)


@pytest.mark.parametrize(
    "boxes",
    [
        ("", "4", "5"),
        ("2026", "", "5"),
        ("2026", "2", "30"),
        ("2026", "x", ""),
        ("2026", "-1", ""),
        ("1e3", "", ""),
    ],
)
def test_boxes_that_make_no_date(boxes: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError):
        typed_date(*boxes)
