"""Direction, dates and numbers as each language has them."""

from datetime import UTC, date, datetime

import pytest

from app import i18n


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("es", "ltr"),
        ("zh-Hans", "ltr"),
        ("hi", "ltr"),
        ("ar", "rtl"),
        ("fa", "rtl"),
        ("he", "rtl"),
    ],
)
def test_the_direction_is_a_fact_of_the_language(language: str, direction: str) -> None:
    assert i18n.direction(language) == direction


def test_a_telephone_number_keeps_its_order_in_arabic() -> None:
    with i18n.speaking("ar"):
        assert i18n.isolated("+20 2") == "\u2066+20 2\u2069"
    with i18n.speaking("es"):
        assert i18n.isolated("+20 2") == "+20 2"


def test_a_day_is_written_as_the_language_writes_it() -> None:
    # authority: CLDR's long date format of each language
    day = date(2026, 3, 5)
    said = {}
    for language in ("es", "zh-Hans", "hi"):
        with i18n.speaking(language):
            said[language] = i18n.format_day(day)
    assert said == {"es": "5 de marzo de 2026", "zh-Hans": "2026年3月5日", "hi": "5 मार्च 2026"}


def test_an_instant_names_its_zone() -> None:
    assert i18n.format_instant(datetime(2026, 3, 5, 14, 7, tzinfo=UTC)).endswith("UTC")


def test_the_language_ends_with_its_block() -> None:
    with i18n.speaking("hi"):
        assert i18n.current() == "hi"
    assert i18n.current() == "en"
